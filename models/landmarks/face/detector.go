package face

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
)

// DetectorSide is the side of the views that a Detector looks at, pixels.
const DetectorSide = 256

// The outputs of BlazeFace: cells of 16 pixels with 2 anchors, and of 32 with 6.
const (
	values     = 16 // an anchor: the box, then six points
	manyScores = "Identity:0"
	fewScores  = "Identity_1:0"
	manyBoxes  = "Identity_2:0"
	fewBoxes   = "Identity_3:0"
)

// Detection is a face in a view, in its pixels.
type Detection struct {
	Score         float64 // 0 to 1
	X, Y          float64 // the middle of its box
	Width, Height float64
	Right, Left   Point // eyes
}

// Point is a place in a view, in its pixels.
type Point struct{ X, Y float64 }

// Detector is BlazeFace. It belongs to one goroutine at a time.
type Detector struct {
	net     *net
	sampler Sampler
}

// OpenDetector loads the network.
func OpenDetector(e models.Environment) (*Detector, error) {
	n, err := open(e, DetectorWeights, DetectorSide, map[string]int{
		manyScores: 512, fewScores: 384, manyBoxes: 512 * values, fewBoxes: 384 * values,
	})
	if err != nil {
		return nil, err
	}
	return &Detector{net: n}, nil
}

// Detect finds the surest face that a view of DetectorSide sees. Its score is 0
// where the network has nothing to say.
func (d *Detector) Detect(p capture.Picture, camera space.Camera, v View) (Detection, error) {
	if err := d.sampler.Sample(d.net.in, p, camera, v, false, Scale{2, -1}); err != nil {
		return Detection{}, err
	}
	if err := d.net.session.Run(); err != nil {
		return Detection{}, fmt.Errorf("detect face: %w", err)
	}
	many := surest(d.net.out[manyScores], d.net.out[manyBoxes], 16, 2)
	few := surest(d.net.out[fewScores], d.net.out[fewBoxes], 32, 6)
	if few.Score > many.Score {
		return few, nil
	}
	return many, nil
}

// surest is the face of the highest score; boxes are given from the middle of a
// cell of so many pixels, row after row, each cell with its anchors.
func surest(scores, boxes []float32, stride, anchors int) Detection {
	best := 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	b := boxes[best*values:][:values]
	row := DetectorSide / stride
	place := best / anchors
	x0, y0 := (float64(place%row)+0.5)*float64(stride)-0.5, (float64(place/row)+0.5)*float64(stride)-0.5
	return Detection{
		Score: sigmoid(scores[best]), X: x0 + float64(b[0]), Y: y0 + float64(b[1]), Width: float64(b[2]), Height: float64(b[3]),
		Right: Point{x0 + float64(b[4]), y0 + float64(b[5])}, Left: Point{x0 + float64(b[6]), y0 + float64(b[7])},
	}
}

// Close unloads the network; twice is fine.
func (d *Detector) Close() error { return d.net.close() }
