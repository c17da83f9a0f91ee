package multiview_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/view"
)

var layout = pack.Layout{Width: 128, Height: 128}

// packed is a view with a strip, as the half size needs it.
func packed(t *testing.T) capture.Picture {
	p := layout.NewFrame()
	if err := layout.DrawStrip(p.Planes[0], p.Strides[0], pack.Strip{Near: 0.8, Far: 1.6, Window: 1}); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestHalfSize says that a rung is encoded while somebody watches it, that its
// encoder ends with its audience, but not at once, and that a view is counted
// once.
func TestHalfSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := run(t, func(s *stage) { s.size, s.picture = 2, packed(t) }, func(s *stage) {
			pass(time.Second)
			if of := s.packets(); len(of[0]) < 25 || len(of[1]) != 0 {
				t.Errorf("full size alone is watched: %d and %d pictures", len(of[0]), len(of[1]))
			}
			s.audience(true, true)
			pass(time.Second)
			of := s.packets()
			if len(of[0]) < 25 || len(of[1]) < 25 || !slices.Equal(stamps(of[0]), stamps(of[1])) {
				t.Errorf("both sizes are watched: %d and %d pictures", len(of[0]), len(of[1]))
			}
			s.audience(false, true)
			pass(time.Second)
			if of := s.packets(); len(of[0]) != 0 || len(of[1]) < 25 || s.ended() != 0 {
				t.Errorf("half size alone is watched: %d and %d pictures, %d encoders closed", len(of[0]), len(of[1]), s.ended())
			}
			pass(2 * time.Second)
			if n := s.ended(); n != 1 {
				t.Errorf("two seconds after the last viewer left the full size, %d encoders are closed", n)
			}
			s.audience(true, false)
			pass(500 * time.Millisecond)
			s.audience(false, true)
			pass(500 * time.Millisecond)
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"128x256@1000000", "64x224@500000", "128x256@1000000"}
		if !slices.Equal(s.encoders, want) || s.closed != 3 {
			t.Errorf("encoders %v, want %v; %d closed", s.encoders, want, s.closed)
		}
		stats := s.views.Snapshot()
		if r := stats.Rungs; stats.Encodes >= r[0].Pictures+r[1].Pictures || stats.Encodes > stats.Views || r[1].Target != 500_000 || r[1].Time < time.Duration(r[1].Pictures)*s.encodeTime {
			t.Errorf("stats %+v", stats)
		}
		if stats.Drops[view.DropEncode] != 0 {
			t.Errorf("drops %v", stats.Drops)
		}
	})
}

// ended is how many encoders are closed.
func (s *stage) ended() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

func stamps(packets []packet) (at []uint32) {
	for _, p := range packets {
		at = append(at, p.timestamp)
	}
	return at
}

// TestKeyComesFirst says that the rung that a key frame is due for is encoded
// before the other.
func TestKeyComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := run(t, func(s *stage) { s.size, s.picture, s.halves = 2, packed(t), true }, func(s *stage) {
			pass(time.Second)
			s.packets()
			s.mu.Lock()
			s.key[1] = true
			s.mu.Unlock()
			pass(100 * time.Millisecond)
			s.mu.Lock()
			defer s.mu.Unlock()
			for i, p := range s.sent {
				if p.key && i > 0 && s.sent[i-1].timestamp == p.timestamp {
					t.Errorf("picture %+v comes after %+v", p, s.sent[i-1])
				}
			}
			if !slices.ContainsFunc(s.sent, func(p packet) bool { return p.key && p.rung == 1 }) {
				t.Errorf("no key frame in %+v", s.sent)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
