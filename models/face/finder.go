package face

import (
	"errors"

	"github.com/virtualcube/virtualcube/models"
)

// Names of the weights that Open needs, beside onnx.Library.
const (
	DetectorWeights = "blazeface"
	MeshWeights     = "facemesh"
	IrisWeights     = "iris"
)

// Finder is the networks. It belongs to one goroutine at a time.
type Finder struct {
	detector, mesh, iris *network
}

// Open loads the networks.
func Open(e models.Environment) (*Finder, error) {
	f := &Finder{}
	for _, n := range []struct {
		to      **network
		weights string
		side    int
		outputs map[string]int
	}{
		{&f.detector, DetectorWeights, detectorSide, map[string]int{
			manyScores: manyAnchors, fewScores: fewAnchors, manyBoxes: manyAnchors * values, fewBoxes: fewAnchors * values,
		}},
		{&f.mesh, MeshWeights, meshSide, map[string]int{meshFlag: 1, meshPoints: 3 * Points}},
		{&f.iris, IrisWeights, irisSide, map[string]int{irisPoints: 3 * (contour + 1 + rim)}},
	} {
		var err error
		if *n.to, err = openNetwork(e, n.weights, n.side, n.outputs); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// Close unloads them; twice is fine.
func (f *Finder) Close() error {
	return errors.Join(f.detector.close(), f.mesh.close(), f.iris.close())
}
