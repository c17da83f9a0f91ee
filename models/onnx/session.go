package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/virtualcube/virtualcube/models"
)

// ErrModel is wrapped where a file is no model that can be computed.
var ErrModel = errors.New("model cannot be used")

// ErrClosed is wrapped by what a closed Session returns.
var ErrClosed = errors.New("session is closed")

// Options say how a model is run. The zero value will do for one whose dimensions
// are all fixed.
type Options struct {
	// Shapes gives the sizes of inputs and outputs, by name, where the model leaves
	// dimensions open.
	Shapes map[string][]int64
	// States names outputs that are inputs of the next Run: input by output.
	States map[string]string
	// Finite has Run fail with ErrNotFinite where an output is not finite.
	Finite bool
	// Mixed leaves to the CPU what the provider cannot compute, be it all.
	Mixed bool
	// Threads compute one Run; 0 is 1, which is best where sessions share cores.
	Threads int
	// SHA256 is what the file must have, in hexadecimal digits; "": it is not
	// checked.
	SHA256 string
}

// Session is a model that is loaded, with the memory of its inputs and outputs. It
// belongs to one goroutine at a time.
type Session struct {
	runtime  *ort.DynamicAdvancedSession
	options  Options
	provider models.Provider

	inputs, outputs []port
	// bindings are the inputs and outputs as the runtime takes them: one, or two
	// where states change places, which take turns.
	bindings []*ort.IoBinding
	turn     int
}

// port is one input or output.
type port struct {
	declared Tensor // as the model has it
	tensor   Tensor // with open dimensions resolved
	kind     ort.TensorElementDataType
	state    string     // the name of the other end, of a state
	buffers  [2]*buffer // by turn: two of a state, otherwise twice the same; nil: closed
}

// Open loads the weights of a name with the provider of the environment.
func Open(e models.Environment, weights string, o Options) (*Session, error) {
	if e.Weights == nil {
		return nil, fmt.Errorf("%w: %s: the environment has no weights", ErrModel, weights)
	}
	path, err := e.Weights(weights)
	if err != nil {
		return nil, err
	}
	return OpenFile(e, path, o)
}

// OpenFile loads a file with the provider of the environment, whose weights are
// asked for ONNX Runtime alone.
func OpenFile(e models.Environment, path string, o Options) (*Session, error) {
	if !slices.Contains(models.Providers[:], e.Provider) {
		return nil, fmt.Errorf("%w: %q was asked for, there are %v", ErrProvider, e.Provider, models.Providers)
	}
	if err := checkFile(path, o.SHA256); err != nil {
		return nil, err
	}
	if e.Weights == nil {
		return nil, fmt.Errorf("%w: the environment has no weights", ErrLibrary)
	}
	library, err := e.Weights(Library)
	if err != nil {
		return nil, err
	}
	if err := load(library); err != nil {
		return nil, err
	}
	s := &Session{options: o, provider: e.Provider}
	if err := s.inspect(path); err != nil {
		return nil, err
	}
	if err := s.pairStates(); err != nil {
		return nil, err
	}
	if err := s.allocate(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.open(path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.bind(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// checkFile refuses what need not be given to the runtime.
func checkFile(path, sum string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrModel, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: %s is not a file", ErrModel, path)
	case info.Size() == 0 || info.Size() > maxFile:
		return fmt.Errorf("%w: %s has %d bytes, 1 to %d are possible", ErrModel, path, info.Size(), maxFile)
	case sum == "":
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrModel, err)
	}
	defer file.Close() // it is only read
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("%w: read %s: %w", ErrModel, path, err)
	}
	if has := hex.EncodeToString(hash.Sum(nil)); !strings.EqualFold(has, sum) {
		return fmt.Errorf("%w: %s has the SHA-256 %s, not %s: it is another file, or damaged", ErrModel, path, has, sum)
	}
	return nil
}

// inspect finds out what the model's inputs and outputs are. The binding tells
// only by loading the model a second time, here without optimising it.
func (s *Session) inspect(path string) error {
	plain, err := sessionOptions(models.CPU, Options{})
	if err != nil {
		return err
	}
	err = plain.SetGraphOptimizationLevel(ort.GraphOptimizationLevelDisableAll)
	var inputs, outputs []ort.InputOutputInfo
	if err == nil {
		inputs, outputs, err = ort.GetInputOutputInfoWithOptions(path, plain)
	}
	if err = errors.Join(err, plain.Destroy()); err != nil {
		return fmt.Errorf("%w: %s is no ONNX model, or none that ONNX Runtime %s can compute: %w", ErrModel, path, ort.GetVersion(), err)
	}
	if s.inputs, err = ports(inputs); err == nil {
		s.outputs, err = ports(outputs)
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrModel, path, err)
	}
	return nil
}

func ports(infos []ort.InputOutputInfo) ([]port, error) {
	if len(infos) > maxTensors {
		return nil, fmt.Errorf("it has %d inputs or outputs, at most %d are possible", len(infos), maxTensors)
	}
	made := make([]port, len(infos))
	for i, info := range infos {
		of, known := types[info.DataType]
		if info.OrtValueType != ort.ONNXTypeTensor || !known {
			return nil, fmt.Errorf("%v: only tensors of float32, float16, uint8, int8, int32, int64 and bool are supported", info.String())
		}
		made[i] = port{declared: Tensor{Name: info.Name, Type: of.Type, Shape: slices.Clone(info.Dimensions)}, kind: info.DataType}
	}
	return made, nil
}

// pairStates finds both ends of each state.
func (s *Session) pairStates() error {
	for output, input := range s.options.States {
		from, err := s.output(output)
		if err != nil {
			return err
		}
		to, err := s.input(input)
		if err != nil {
			return err
		}
		if to.state != "" {
			return fmt.Errorf("%w: two outputs, %s and %s, are the state %s", ErrTensor, to.state, output, input)
		}
		from.state, to.state = input, output
	}
	return nil
}

// open loads the model for its provider.
func (s *Session) open(path string) error {
	o, err := sessionOptions(s.provider, s.options)
	if err != nil {
		return err
	}
	s.runtime, err = ort.NewDynamicAdvancedSession(path, nil, nil, o)
	err = errors.Join(err, o.Destroy())
	switch {
	case err == nil:
		return nil
	case s.provider != models.CPU:
		return refused(s.provider, fmt.Errorf("%s: %w", path, err))
	}
	return fmt.Errorf("%w: %s: %w", ErrModel, path, err)
}

// Provider is what computes the model.
func (s *Session) Provider() models.Provider { return s.provider }

// Inputs are what the model takes, in its order, with open dimensions resolved.
func (s *Session) Inputs() []Tensor { return tensors(s.inputs) }

// Outputs are what the model gives, in its order, with open dimensions resolved.
func (s *Session) Outputs() []Tensor { return tensors(s.outputs) }

func tensors(ports []port) []Tensor {
	made := make([]Tensor, len(ports))
	for i, p := range ports {
		made[i] = p.tensor
	}
	return made
}

func find(ports []port, name string) *port {
	if i := slices.IndexFunc(ports, func(p port) bool { return p.declared.Name == name }); i >= 0 {
		return &ports[i]
	}
	return nil
}

func list(ports []port) string {
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = p.declared.String()
	}
	return strings.Join(names, ", ")
}

func (s *Session) input(name string) (*port, error) {
	if p := find(s.inputs, name); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%w: there is no input %q, the model has %s", ErrTensor, name, list(s.inputs))
}

func (s *Session) output(name string) (*port, error) {
	if p := find(s.outputs, name); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%w: there is no output %q, the model has %s", ErrTensor, name, list(s.outputs))
}

// Input is the memory of an input, row after row, zero at first. It stays the same
// until Reshape or Close, and Run leaves its content as it is.
func Input[T Element](s *Session, name string) ([]T, error) {
	p, err := s.input(name)
	if err != nil {
		return nil, err
	}
	return elements[T](p)
}

// Output is the memory of an output, row after row, which Run writes. It stays the
// same until Reshape or Close.
func Output[T Element](s *Session, name string) ([]T, error) {
	p, err := s.output(name)
	if err != nil {
		return nil, err
	}
	return elements[T](p)
}

func elements[T Element](p *port) ([]T, error) {
	switch {
	case p.buffers[0] == nil:
		return nil, ErrClosed
	case p.state != "":
		return nil, fmt.Errorf("%w: %s is a state, which Run passes on", ErrTensor, p.declared.Name)
	case p.declared.Type != typeOf[T]():
		return nil, fmt.Errorf("%w: %v was asked for as %s", ErrTensor, p.declared, typeOf[T]())
	}
	return view[T](p.buffers[0]), nil
}
