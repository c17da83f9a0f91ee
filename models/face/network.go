package face

import (
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// Names of the weights that Open needs.
const (
	Detector = "blazeface"
	Mesh     = "facemesh"
	Irises   = "iris"
	Library  = onnx.Library
)

// network is a model with one square picture as its input.
type network struct {
	session *onnx.Session
	side    int
	in      []float32
	out     map[string][]float32
}

// openNetwork loads a model and checks its sizes: of each output by name.
func openNetwork(e models.Environment, weights string, side int, outputs map[string]int) (*network, error) {
	s, err := onnx.Open(e, weights, onnx.Options{Finite: true})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", weights, err)
	}
	n := &network{session: s, side: side, out: make(map[string][]float32)}
	n.in, err = onnx.Input[float32](s, s.Inputs()[0].Name)
	if err == nil && len(n.in) != 3*side*side {
		err = fmt.Errorf("it takes %v, not %d x %d pixels", s.Inputs()[0], side, side)
	}
	for name, size := range outputs {
		if err != nil {
			break
		}
		if n.out[name], err = onnx.Output[float32](s, name); err == nil && len(n.out[name]) != size {
			err = fmt.Errorf("%s has %d numbers, not %d", name, len(n.out[name]), size)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", weights, err), s.Close())
	}
	return n, nil
}

func (n *network) run() error { return n.session.Run() }
