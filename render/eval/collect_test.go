package eval

import (
	"context"
	"errors"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// script is a source that hands on frames of (camera, capture instant).
type script struct {
	rig    capture.Rig
	frames [][2]int // camera, milliseconds
	repeat bool
	err    error
	made   int
	freed  int
}

func (s *script) Rig() capture.Rig { return s.rig }
func (s *script) Close() error     { return nil }

func (s *script) Run(ctx context.Context, sink capture.Sink) error {
	for ctx.Err() == nil {
		for _, f := range s.frames {
			if ctx.Err() != nil {
				return nil
			}
			frame := capture.NewFrame(func(*capture.Frame) { s.freed++ })
			frame.Camera, frame.Captured = f[0], capture.Time(f[1])*1e6
			s.made++
			sink.Frame(frame)
		}
		if !s.repeat {
			return s.err
		}
	}
	return nil
}

func TestCollect(t *testing.T) {
	broken := errors.New("broken")
	cases := []struct {
		name   string
		source script
		want   int
		sets   [][2]bool // cameras present, a set
		err    error
	}{
		{"in order", script{frames: [][2]int{{0, 100}, {1, 101}, {0, 133}, {1, 134}, {0, 166}}}, 2, [][2]bool{{true, true}, {true, true}}, nil},
		{"of different instants", script{frames: [][2]int{{0, 100}, {1, 140}, {0, 141}}}, 1, [][2]bool{{true, true}}, nil},
		{"ends early", script{frames: [][2]int{{0, 100}, {1, 100}, {0, 133}}}, 3, [][2]bool{{true, true}}, nil},
		{"ends with one camera", script{frames: [][2]int{{1, 100}}}, 1, [][2]bool{{false, true}}, nil},
		{"one camera is dead", script{frames: [][2]int{{0, 100}}, repeat: true}, 1, [][2]bool{{true, false}}, nil},
		{"nothing", script{}, 1, nil, ErrNoFrames},
		{"breaks", script{frames: [][2]int{{0, 100}}, err: broken}, 1, nil, broken},
		{"breaks after enough", script{frames: [][2]int{{0, 100}, {1, 100}}, err: broken}, 1, [][2]bool{{true, true}}, nil},
		{"foreign camera", script{frames: [][2]int{{7, 100}}}, 1, nil, ErrNoFrames},
	}
	for _, c := range cases {
		c.source.rig = ballRig()
		sets, err := Collect(t.Context(), &c.source, c.want)
		if !errors.Is(err, c.err) || len(sets) != len(c.sets) {
			t.Errorf("%s: %d sets, error %v", c.name, len(sets), err)
			continue
		}
		for i, s := range sets {
			if got := [2]bool{s.Frames[0] != nil, s.Frames[1] != nil}; got != c.sets[i] {
				t.Errorf("%s: set %d has cameras %v, want %v", c.name, i, got, c.sets[i])
			}
			s.Release()
		}
		if c.source.freed != c.source.made {
			t.Errorf("%s: %d of %d frames released", c.name, c.source.freed, c.source.made)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Collect(ctx, &script{rig: ballRig(), repeat: true}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error of an ended context is %v", err)
	}
}
