package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/virtualcube/virtualcube/models"
)

// allocate makes the memory of every input and output.
func (s *Session) allocate() error {
	for name := range s.options.Shapes {
		if find(s.inputs, name) == nil && find(s.outputs, name) == nil {
			return fmt.Errorf("%w: a shape was given for %q, the model has the inputs %s and the outputs %s", ErrTensor, name, list(s.inputs), list(s.outputs))
		}
	}
	for _, ports := range [][]port{s.inputs, s.outputs} {
		for i := range ports {
			p := &ports[i]
			var err error
			if p.tensor, err = p.declared.resolved(s.options.Shapes[p.declared.Name]); err != nil {
				return err
			}
			if p.buffers[0], err = newBuffer(p.tensor, p.kind); err != nil {
				return err
			}
			p.buffers[1] = p.buffers[0]
		}
	}
	for i := range s.outputs {
		from := &s.outputs[i]
		if from.state == "" {
			continue
		}
		to := find(s.inputs, from.state)
		if a, b := from.tensor, to.tensor; a.Type != b.Type || !slices.Equal(a.Shape, b.Shape) || len(a.Shape) == 0 {
			return fmt.Errorf("%w: %v cannot be the state %v: type and shape must be the same, and no scalar's", ErrTensor, a, b)
		}
		from.buffers[1], to.buffers[1] = to.buffers[0], from.buffers[0]
	}
	return nil
}

// bind tells the runtime where the memory is, for each turn.
func (s *Session) bind() error {
	turns := 1
	if len(s.options.States) > 0 {
		turns = 2
	}
	for turn := range turns {
		b, err := s.runtime.CreateIoBinding()
		if err != nil {
			return fmt.Errorf("bind tensors: %w", err)
		}
		s.bindings = append(s.bindings, b)
		for _, p := range s.inputs {
			if err := b.BindInput(p.declared.Name, p.buffers[turn].value); err != nil {
				return fmt.Errorf("bind input %s: %w", p.declared.Name, err)
			}
		}
		for _, p := range s.outputs {
			if err := b.BindOutput(p.declared.Name, p.buffers[turn].value); err != nil {
				return fmt.Errorf("bind output %s: %w", p.declared.Name, err)
			}
		}
	}
	return nil
}

// Run computes the outputs of what the inputs hold. It is not interrupted. Where
// it fails, the outputs are undefined, and states begin anew.
func (s *Session) Run() error {
	if s.runtime == nil {
		return fmt.Errorf("run model: %w", ErrClosed)
	}
	if err := s.present(); err != nil {
		return err
	}
	if err := s.runtime.RunWithBinding(s.bindings[s.turn]); err != nil {
		s.Reset()
		return fmt.Errorf("run model: %w", err)
	}
	for i := range s.outputs {
		b := s.outputs[i].buffers[s.turn]
		if b.fetch != nil {
			b.fetch()
		}
		if s.options.Finite {
			if err := b.finite(s.outputs[i].declared.Name); err != nil {
				s.Reset()
				return fmt.Errorf("run model: %w", err)
			}
		}
	}
	s.turn = (s.turn + 1) % len(s.bindings)
	return nil
}

// present has the runtime see what the inputs hold: scalars that have changed,
// and, where it has memory of its own, all, which binding copies.
func (s *Session) present() error {
	for i := range s.inputs {
		p := &s.inputs[i]
		b := p.buffers[s.turn]
		changed := b.held != nil && !bytes.Equal(b.held, b.data)
		if changed {
			if err := b.setScalar(); err != nil {
				return fmt.Errorf("set input %s: %w", p.declared.Name, err)
			}
		}
		if !changed && s.provider == models.CPU {
			continue
		}
		for turn, binding := range s.bindings {
			if turn != s.turn && !changed {
				continue
			}
			if err := binding.BindInput(p.declared.Name, p.buffers[turn].value); err != nil {
				return fmt.Errorf("bind input %s: %w", p.declared.Name, err)
			}
		}
	}
	return nil
}

// Reset has the states begin anew, with zeros.
func (s *Session) Reset() {
	for _, ports := range [][]port{s.inputs, s.outputs} {
		for _, p := range ports {
			if p.state != "" && p.buffers[0] != nil {
				clear(p.buffers[0].data)
			}
		}
	}
	s.turn = 0
}

// Reshape gives other sizes to inputs and outputs whose dimensions the model
// leaves open. Their memory is made anew and zero, states too; on an error the
// session is closed.
func (s *Session) Reshape(shapes map[string][]int64) error {
	if s.runtime == nil {
		return fmt.Errorf("reshape model: %w", ErrClosed)
	}
	err := s.release()
	s.options.Shapes, s.turn = shapes, 0
	if err == nil {
		err = s.allocate()
	}
	if err == nil {
		err = s.bind()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("reshape model: %w", err), s.Close())
	}
	return nil
}

// release gives the memory back.
func (s *Session) release() error {
	var errs []error
	for _, b := range s.bindings {
		errs = append(errs, b.Destroy())
	}
	s.bindings = nil
	for _, ports := range [][]port{s.inputs, s.outputs} {
		for i := range ports {
			if b := ports[i].buffers[0]; b != nil { // those of states are each at one end
				errs = append(errs, b.close())
				ports[i].buffers = [2]*buffer{}
			}
		}
	}
	return errors.Join(errs...)
}

// Close frees the model. Slices that Input and Output returned are no longer read
// or written. Closing again does nothing.
func (s *Session) Close() error {
	err := s.release()
	if s.runtime != nil {
		err = errors.Join(err, s.runtime.Destroy())
		s.runtime = nil
	}
	if err != nil {
		return fmt.Errorf("close model: %w", err)
	}
	return nil
}
