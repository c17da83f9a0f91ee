package face

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// Names of the weights that the networks need, beside onnx.Library.
const (
	DetectorWeights = "blazeface"
	MeshWeights     = "facemesh"
	IrisWeights     = "iris"
)

// net is a network with one picture as its input.
type net struct {
	session *onnx.Session
	in      []float32
	out     map[string][]float32
}

// open loads a network and checks that it is what the code below it takes it for:
// side x side pixels, and outputs of so many elements.
func open(e models.Environment, weights string, side int, outputs map[string]int) (*net, error) {
	s, err := onnx.Open(e, weights, onnx.Options{Finite: true})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", weights, err)
	}
	n := &net{session: s, out: make(map[string][]float32)}
	n.in, err = onnx.Input[float32](s, s.Inputs()[0].Name)
	if err == nil && len(n.in) != 3*side*side {
		err = fmt.Errorf("%w: it takes %v, other than %d x %d pixels", onnx.ErrModel, s.Inputs()[0], side, side)
	}
	for name, size := range outputs {
		if err != nil {
			break
		}
		if n.out[name], err = onnx.Output[float32](s, name); err == nil && len(n.out[name]) != size {
			err = fmt.Errorf("%w: its output %s has %d elements, not %d", onnx.ErrModel, name, len(n.out[name]), size)
		}
	}
	if err != nil {
		s.Close() // the error before counts
		return nil, fmt.Errorf("open %s: %w", weights, err)
	}
	return n, nil
}

func (n *net) close() error { return n.session.Close() }

// sigmoid is the probability of a logit.
func sigmoid(x float32) float64 { return 1 / (1 + math.Exp(-float64(x))) }
