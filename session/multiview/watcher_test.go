package multiview_test

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func (s *stage) lastEye() space.Vec3 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[len(s.requests)-1].Eye
}

func look(x, y, z float64) space.Eye {
	return space.Eye{Position: space.Vec3{X: x, Y: y, Z: z}, Confidence: 1}
}

func TestOneViewForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := run(t, nil, func(s *stage) {
			expect := func(what string, x float64) {
				t.Helper()
				pass(2 * time.Second)
				if got := s.lastEye(); math.Abs(got.X-x) > 0.005 {
					t.Errorf("%s: the eye is at %v, want x %v", what, got, x)
				}
			}
			silent, first, second := s.views.Watch(), s.views.Watch(), s.views.Watch()
			expect("nobody looks", 0)
			second.Look(look(0.2, 0, 1))
			expect("the second alone looks", 0.2)
			first.Look(look(-0.2, 0, 1))
			expect("in the middle of both", 0)
			first.Look(look(-0.3, 0, 1))
			expect("the newest eye", -0.05)
			first.Look(look(math.NaN(), 0, 1))
			expect("no number", -0.05)
			first.Leave()
			expect("the first left", 0.2)
			silent.Leave()
			second.Leave()
			second.Leave()
			expect("all left", 0)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWindowsAreAnnouncedBeforeUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := run(t, nil, func(s *stage) {
			early := s.views.Watch()
			<-early.Changed()
			if w := early.Windows(); len(w) != 1 || w[0].ID != 1 {
				t.Errorf("windows %v", w)
			}
			if n := s.rendered.Load(); n > 1 {
				t.Errorf("announced after %d views", n)
			}
			early.Look(look(0.5, 0, 1))
			<-early.Changed()
			if w := early.Windows(); len(w) != 1 || w[0].ID != 2 {
				t.Errorf("windows %v", w)
			}
			s.mu.Lock()
			for _, q := range s.requests {
				if q.Window.ID == 2 {
					t.Error("a view used window 2 before it was announced")
				}
			}
			s.mu.Unlock()
			// Whoever comes later is told of the live ones, once.
			late := s.views.Watch()
			<-late.Changed()
			if w := late.Windows(); len(w) != 2 || w[0].ID != 1 || w[1].ID != 2 {
				t.Errorf("a late viewer is told %v", w)
			}
			if w := late.Windows(); len(w) != 0 {
				t.Errorf("twice: %v", w)
			}
			// Nobody takes them: only the newest are kept.
			for _, x := range []float64{-1, 1, -1, 1} {
				early.Look(look(x, 0, 1))
				pass(100 * time.Millisecond)
			}
			if w := late.Windows(); len(w) == 0 || len(w) > 4 || w[len(w)-1].ID != 6 {
				t.Errorf("kept %v", w)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestEyeIsClamped(t *testing.T) {
	center := capture.DefaultVolume().Center()
	synctest.Test(t, func(t *testing.T) {
		_, err := run(t, nil, func(s *stage) {
			w := s.views.Watch()
			for _, at := range [][3]float64{
				{0, 0, 1.2}, {0.1234567, -0.2, 0.9}, {50, 2, 1}, {0, 0, 900}, {0, 0, -2}, {0, center.Y, 0.01}, {-900, 900, -900}, {0, center.Y, 0},
			} {
				w.Look(look(at[0], at[1], at[2]))
				pass(100 * time.Millisecond)
				got := s.lastEye()
				d := got.Sub(center)
				if d.Norm() < 0.399 || d.Norm() > 3.001 || d.Z < 0.0995 {
					t.Errorf("%v becomes %v, %.3f m from the centre", at, got, d.Norm())
				}
				for _, v := range []float64{got.X, got.Y, got.Z} {
					if math.Abs(v*1000-math.Round(v*1000)) > 1e-6 {
						t.Errorf("%v becomes %v: not on the strip's grid", at, got)
					}
				}
			}
			w.Look(look(0.1, -0.2, 1.25))
			pass(100 * time.Millisecond)
			if got := s.lastEye(); got.Sub(space.Vec3{X: 0.1, Y: -0.2, Z: 1.25}).Norm() > 1e-9 {
				t.Errorf("an eye within the limits becomes %v", got)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}
