package face

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// network is a model whose one input is a square picture.
type network struct {
	session *onnx.Session
	side    int // pixels
	sampler sampler
	in      []float32
	out     map[string][]float32
}

// openNetwork loads a model and checks that it is what the code that uses it takes it
// for: of side x side pixels, and outputs of so many elements.
func openNetwork(e models.Environment, weights string, side int, outputs map[string]int) (*network, error) {
	s, err := onnx.Open(e, weights, onnx.Options{Finite: true})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", weights, err)
	}
	n := &network{session: s, side: side, out: make(map[string][]float32)}
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

// look runs the network on what a camera's picture shows within a square, and returns
// what it was shown. mirrored swaps left and right.
func (n *network) look(p capture.Picture, c space.Camera, s Square, mirrored bool, levels scale) (view, error) {
	v := s.view(n.side)
	if err := n.sampler.sample(n.in, p, c, v, mirrored, levels); err != nil {
		return v, err
	}
	return v, n.session.Run()
}

// close unloads the network; twice is fine, as is a network that never was.
func (n *network) close() error {
	if n == nil {
		return nil
	}
	return n.session.Close()
}
