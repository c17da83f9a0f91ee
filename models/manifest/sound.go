package manifest

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/tensor"
)

// checkSound checks that the section and the tensors fit one another.
func (m *Manifest) checkSound() error {
	in, s := m.input(sound), m.Sound
	switch {
	case in == nil && s == nil:
		return nil
	case in == nil:
		return errors.New("sound: there is no input from sound")
	case s == nil:
		return errors.New("sound: the section is missing, which says rate and block")
	case in.elements() != s.Block:
		return fmt.Errorf("sound: block is %d samples, the input %s has %d", s.Block, in.Name, in.elements())
	case !(math.Abs(s.Scale) >= 1e-6 && math.Abs(s.Scale) <= 1e6):
		return fmt.Errorf("sound: scale: %v, 1e-6 to 1e6 are possible", s.Scale)
	}
	if err := oneOf("sound: join", s.Join, tensor.Last, tensor.Add); err != nil {
		return err
	}
	if err := oneOf("sound: above", s.Above, tensor.Drop, tensor.Keep, tensor.Follow); err != nil {
		return err
	}
	if m.Kind == Classifier {
		_, err := tensor.NewBlocks(s.Rate, s.Block, s.Hop)
		return err
	}
	_, err := m.stream()
	return err
}

// stream is what gives the model its blocks.
func (m *Manifest) stream() (*tensor.Stream, error) {
	s := m.Sound
	return tensor.NewStream(tensor.StreamOptions{
		Rate: s.Rate, Block: s.Block, Hop: s.Hop, Result: m.output(sound).elements(),
		Join: s.Join, Delay: s.Delay, Above: s.Above,
	})
}

// voice is a filter of sound.
type voice struct {
	*model
	in    []float32
	flush func()
	scale float32

	// Of audio-to-audio.
	stream *tensor.Stream
	out    []float32
	fetch  func()
	result []float32
	mix    string // the parameter
	late   time.Duration

	// Of a classifier.
	blocks *tensor.Blocks
	labels *classifier
}

func openSound(m *Manifest, e models.Environment, opened *model) (models.Stage[capture.Sound], error) {
	f := &voice{model: opened, scale: float32(m.Sound.Scale), mix: m.use(mix)}
	var err error
	if f.in, f.flush, err = input(opened.session, &m.input(sound).Shape); err != nil {
		return nil, err
	}
	if m.Kind == Classifier {
		if f.labels, err = newClassifier(m, e, opened); err == nil {
			f.blocks, err = tensor.NewBlocks(m.Sound.Rate, m.Sound.Block, m.Sound.Hop)
		}
		return f, err
	}
	if f.out, f.fetch, err = output(opened.session, &m.output(sound).Shape); err != nil {
		return nil, err
	}
	if f.stream, err = m.stream(); err != nil {
		return nil, err
	}
	f.result = make([]float32, len(f.out))
	d, err := m.description()
	f.late = d.LookAhead
	return f, err
}

// Process runs the model on the blocks that 20 ms of sound fill. What is no sound
// is refused; for the model silence takes its place, so that time goes on.
func (f *voice) Process(in capture.Sound, v models.Values) (capture.Sound, error) {
	samples := in.Samples
	invalid := in.Validate()
	if invalid != nil {
		samples = make([]float32, capture.SoundSamples)
	}
	if f.labels != nil {
		return in, errors.Join(invalid, f.classify(in.Captured, samples, v))
	}
	out, err := f.stream.Process(samples, ratio(v, f.mix, 1), func(block []float32) ([]float32, error) {
		if err := f.compute(block, v); err != nil {
			return nil, err
		}
		f.fetch()
		for i, x := range f.out {
			f.result[i] = x / f.scale
		}
		return f.result, nil
	})
	if err = errors.Join(invalid, err); err != nil {
		return capture.Sound{}, err
	}
	return capture.Sound{Captured: in.Captured.Add(-f.late), Samples: out}, nil
}

// compute runs the model on a block.
func (f *voice) compute(block []float32, v models.Values) error {
	for i, x := range block {
		f.in[i] = x * f.scale
	}
	f.flush()
	return f.run(v)
}

func (f *voice) classify(at capture.Time, samples []float32, v models.Values) error {
	_, err := f.blocks.Add(samples, func(block []float32) error {
		if !f.labels.due(at) {
			return nil
		}
		if err := f.compute(block, v); err != nil {
			return err
		}
		f.labels.observe(at, v)
		return nil
	})
	return err
}
