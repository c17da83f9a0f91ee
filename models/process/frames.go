package process

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// pictures is the stage of a video filter.
type pictures struct{ exchange }

// Process implements models.Stage.
func (p *pictures) Process(in *capture.Frame, v models.Values) (*capture.Frame, error) {
	one := [1]*capture.Frame{in}
	how, out, _, err := p.ask(one[:], batch{}, v)
	switch {
	case err != nil:
		return nil, err
	case how == nothing:
		return nil, nil
	case how == same:
		return in.Retain(), nil
	}
	return out[0], nil
}

// sets is the stage of an rgbd filter.
type sets struct{ exchange }

// Process implements models.Stage.
func (s *sets) Process(in *capture.FrameSet, v models.Values) (*capture.FrameSet, error) {
	how, out, b, err := s.ask(in.Frames, batch{sequence: in.Sequence, closed: in.Closed, captured: in.Captured, emitted: in.Emitted}, v)
	switch {
	case err != nil:
		return nil, err
	case how == nothing:
		return nil, nil
	case how == same:
		return in.Retain(), nil
	}
	set := capture.NewFrameSet(b.sequence, b.closed, out)
	set.Captured, set.Emitted = b.captured, b.emitted
	return set, nil
}
