package segment

import (
	"fmt"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// Names of the weights that Open needs.
const (
	Weights = "selfie"
	Library = onnx.Library
)

// Selfie is MediaPipe's selfie segmentation, a Net.
type Selfie struct {
	session *onnx.Session
	in, out []float32
}

// Open loads the network.
func Open(e models.Environment) (*Selfie, error) {
	s, err := onnx.Open(e, Weights, onnx.Options{Finite: true})
	if err != nil {
		return nil, fmt.Errorf("open network of persons: %w", err)
	}
	n := &Selfie{session: s}
	inputs, outputs := s.Inputs(), s.Outputs()
	if n.in, err = onnx.Input[float32](s, inputs[0].Name); err == nil {
		n.out, err = onnx.Output[float32](s, outputs[0].Name)
	}
	if err == nil && (len(n.in) != 3*Side*Side || len(n.out) != Side*Side) {
		err = fmt.Errorf("it takes %v and gives %v, other than %d x %d pixels", inputs[0], outputs[0], Side, Side)
	}
	if err != nil {
		s.Close() // the error before counts
		return nil, fmt.Errorf("open network of persons: %w", err)
	}
	return n, nil
}

// Input is what Run reads.
func (n *Selfie) Input() []float32 { return n.in }

// Run finds persons.
func (n *Selfie) Run() ([]float32, error) { return n.out, n.session.Run() }

// Close unloads it; twice is fine.
func (n *Selfie) Close() error { return n.session.Close() }
