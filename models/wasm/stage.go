package wasm

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tetratelabs/wazero/api"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/parameter"
)

const (
	soundBytes = 4 * capture.SoundSamples

	maxMessage = 256 // bytes of what a module says is wrong
)

// stage is an open filter.
type stage struct {
	*instance
	program       *program
	observe       func(models.Observation)
	input, output uint32    // addresses of soundBytes each
	sent          []float64 // the values of the parameters, as the module has them
}

func (p *program) open(ctx context.Context, e models.Environment, v models.Values) (models.Stage[capture.Sound], error) {
	i, err := p.start(ctx, e.Log)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", p.description.Name, err)
	}
	s := &stage{instance: i, program: p, observe: e.Observe, sent: make([]float64, len(p.parameters))}
	for j := range s.sent {
		s.sent[j] = math.NaN() // differs from every value
	}
	if err := s.prepare(ctx, v); err != nil {
		s.close()
		return nil, fmt.Errorf("open %s: %w", p.description.Name, err)
	}
	return s, nil
}

func (s *stage) prepare(ctx context.Context, v models.Values) error {
	ctx, cancel := s.within(ctx, s.program.limits.Open)
	defer cancel()
	if err := s.send(ctx, v); err != nil {
		return err
	}
	if err := s.ask(ctx, "vc_open", api.EncodeU32(capture.SampleRate)); err != nil {
		return err
	}
	var err error
	if s.input, err = s.buffer(ctx); err != nil {
		return err
	}
	if s.output, err = s.buffer(ctx); err != nil {
		return err
	}
	if max(s.input, s.output)-min(s.input, s.output) < soundBytes {
		return fmt.Errorf("vc_buffer: the buffers at addresses %d and %d overlap", s.input, s.output)
	}
	return nil
}

func (s *stage) buffer(ctx context.Context) (uint32, error) {
	at, err := s.call(ctx, "vc_buffer", soundBytes)
	if err != nil {
		return 0, err
	}
	if size := s.module.Memory().Size(); at == 0 || at%4 != 0 || uint64(at)+soundBytes > uint64(size) {
		return 0, fmt.Errorf("vc_buffer: address %d has no room for %d bytes, or is no multiple of 4", at, soundBytes)
	}
	return at, nil
}

// ask calls a function that returns 0, or a text that says what is wrong.
func (s *stage) ask(ctx context.Context, name string, arguments ...uint64) error {
	at, err := s.call(ctx, name, arguments...)
	if err != nil || at == 0 {
		return err
	}
	message, err := s.text(at, maxMessage)
	if err != nil {
		return s.died(ctx, name, err)
	}
	return fmt.Errorf("%s: the module says %q", name, message)
}

// send gives the module the values that it does not have.
func (s *stage) send(ctx context.Context, v models.Values) error {
	for i, p := range s.program.parameters {
		value, err := number(p, v.Get(p.Name))
		if err != nil {
			return err
		}
		if value == s.sent[i] {
			continue
		}
		if _, err := s.call(ctx, "vc_parameter", api.EncodeU32(uint32(i)), api.EncodeF64(value)); err != nil {
			return err
		}
		s.sent[i] = value
	}
	return nil
}

// number is a value as a module takes it.
func number(p parameter.Parameter, value any) (float64, error) {
	switch v := value.(type) {
	case float64:
		return v, nil
	case int:
		return float64(v), nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case string:
		for i, choice := range p.Choices {
			if choice == v {
				return float64(i), nil
			}
		}
	}
	return 0, fmt.Errorf("parameter %s: %#v is none of its values", p.Name, value)
}

// Process filters one stretch. It takes no context, as no filter does: the limit
// of time is its end.
func (s *stage) Process(in capture.Sound, v models.Values) (capture.Sound, error) {
	out, err := s.process(in, v)
	if err != nil {
		return capture.Sound{}, fmt.Errorf("%s: %w", s.program.description.Name, err)
	}
	return out, nil
}

func (s *stage) process(in capture.Sound, v models.Values) (capture.Sound, error) {
	if s.dead != nil {
		return in, s.dead
	}
	if len(in.Samples) != capture.SoundSamples {
		return in, fmt.Errorf("it is given %d samples, %d make a stretch", len(in.Samples), capture.SoundSamples)
	}
	ctx, cancel := s.within(context.Background(), s.program.limits.Call)
	defer cancel()
	if err := s.send(ctx, v); err != nil {
		return in, err
	}
	if err := s.write(in.Samples); err != nil {
		return in, err
	}
	s.voice = math.NaN()
	if err := s.ask(ctx, "vc_process", api.EncodeU32(s.input), api.EncodeU32(s.output), capture.SoundSamples); err != nil {
		return in, err
	}
	if s.observe != nil && !math.IsNaN(s.voice) {
		s.observe(models.Observation{Captured: in.Captured, Voice: &models.Voice{Probability: s.voice, Speaks: s.voice >= 0.5}})
	}
	if s.program.description.Observes {
		return in, nil
	}
	samples, err := s.read()
	return capture.Sound{Captured: in.Captured.Add(-s.program.description.LookAhead), Samples: samples}, err
}

// write puts samples where the module reads them. None that is no sound reaches
// the module, which might never recover from a NaN.
func (s *stage) write(samples []float32) error {
	b, _ := s.module.Memory().Read(s.input, soundBytes) // buffer has looked, and memory never shrinks
	for i, x := range samples {
		if !(x >= -1 && x <= 1) {
			return fmt.Errorf("sample %d that it is given is %v, outside -1 to 1", i, x)
		}
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(x))
	}
	return nil
}

// read takes the samples that the module made.
func (s *stage) read() ([]float32, error) {
	b, _ := s.module.Memory().Read(s.output, soundBytes)
	samples := make([]float32, capture.SoundSamples)
	for i := range samples {
		x := math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if !(x >= -1 && x <= 1) {
			return nil, fmt.Errorf("sample %d that it made is %v, outside -1 to 1", i, x)
		}
		samples[i] = x
	}
	return samples, nil
}

// Close frees the memory.
func (s *stage) Close() error {
	s.close()
	return nil
}
