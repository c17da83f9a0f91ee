package multiview_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
)

func TestThreeViewersTwoEyes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := runHall(t, 2, nil, func(h *hall) {
			a, b, c := h.come(-0.6), h.come(-0.55), h.come(0.6)
			all := []*guest{a, b, c}
			settle := func() {
				for range 50 {
					pass(20 * time.Millisecond)
					for _, g := range all {
						g.follow()
					}
				}
				h.take()
				pass(3 * time.Second)
			}
			settle()
			if a.at != b.at || a.at == c.at || h.views.Open() != 2 {
				t.Fatalf("views %d, %d and %d, %d are open", a.at, b.at, c.at, h.views.Open())
			}
			by := h.take()
			if n, m := len(by[a.at]), len(by[c.at]); n < 95 || n > 101 || m < 95 || m > 101 {
				t.Errorf("in 100 periods %d and %d views were rendered", n, m)
			}
			for i, q := range by[a.at][:90] {
				if o := by[c.at][i]; q.Sequence != o.Sequence || q.Window.ID == o.Window.ID {
					t.Fatalf("frame set %d: sequences %d and %d, windows %d and %d", i, q.Sequence, o.Sequence, q.Window.ID, o.Window.ID)
				}
				if math.Abs(q.Eye.X+0.575) > 0.0015 {
					t.Fatalf("the shared view is from %v, not from the middle", q.Eye)
				}
			}
			// b walks over to c. The view that it leaves goes on for a.
			for x := -0.55; x < 0.6; x += 0.01 {
				b.look(x)
				pass(30 * time.Millisecond)
				b.follow()
			}
			settle()
			if b.at != c.at || a.at == c.at || h.views.Open() != 2 {
				t.Errorf("after the walk views %d, %d and %d, %d are open", a.at, b.at, c.at, h.views.Open())
			}
			known := map[uint16]bool{}
			for _, w := range b.told {
				known[w.ID] = true
			}
			for _, q := range h.take()[b.at] {
				if !known[q.Window.ID] {
					t.Fatalf("b gets window %d and was told of %v", q.Window.ID, b.told)
				}
			}
			// a leaves, and its view with it.
			left := a.at
			a.leave()
			all = all[1:]
			settle()
			if by := h.take(); h.views.Open() != 1 || len(by[left]) != 0 || h.closed != 1 {
				t.Errorf("a has left: %d views are open, %d were rendered of the one that it left, %d encoders closed", h.views.Open(), len(by[left]), h.closed)
			}
			b.leave()
			c.leave()
			all = nil
			settle()
			if by := h.take(); len(by) != 0 || h.views.Open() != 1 {
				t.Errorf("nobody is left: %v were rendered, %d are open", by, h.views.Open())
			}
			h.come(0)
			pass(200 * time.Millisecond)
			if by := h.take(); len(by) != 1 {
				t.Errorf("somebody came back: %v", by)
			}
		})
		if err != nil {
			t.Error(err)
		}
		if h.opened > 3 {
			t.Errorf("%d encoders for two views", h.opened)
		}
	})
}

// TestMoverKeepsItsView lets a viewer who is sent elsewhere take its time: the
// view that it leaves goes on until it says that it has arrived.
func TestMoverKeepsItsView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := runHall(t, 3, nil, func(h *hall) {
			a, b := h.come(-0.5), h.come(0.5)
			pass(100 * time.Millisecond)
			a.follow()
			b.follow()
			pass(100 * time.Millisecond)
			a.look(0.5)
			pass(time.Second)
			if a.View() != b.View() {
				t.Fatalf("views %d and %d for one eye", a.View(), b.View())
			}
			mover := a
			if a.View() == a.at {
				mover = b
			}
			from := mover.at
			h.take()
			pass(time.Second)
			if n := len(h.take()[from]); n < 30 || h.views.Open() != 2 {
				t.Errorf("the view where the viewer waits was rendered %d times, %d are open", n, h.views.Open())
			}
			mover.follow()
			pass(100 * time.Millisecond)
			h.take()
			pass(time.Second)
			if n := len(h.take()[from]); n != 0 || h.views.Open() != 1 {
				t.Errorf("the view that the viewer left was rendered %d times, %d are open", n, h.views.Open())
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestSlowViewsTakeTurns(t *testing.T) {
	for _, took := range []time.Duration{20 * time.Millisecond, 45 * time.Millisecond, 130 * time.Millisecond} {
		t.Run(took.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := runHall(t, 3, func(h *hall) { h.renderTime = took }, func(h *hall) {
					all := []*guest{h.come(-0.8), h.come(0), h.come(0.8)}
					for range 10 {
						pass(200 * time.Millisecond)
						for _, g := range all {
							g.follow()
						}
					}
					h.take()
					pass(20 * time.Second)
					by, sum := h.take(), 0
					for i := range 3 {
						sum += len(by[i])
					}
					for i := range 3 {
						if n := len(by[i]); n < sum/3-2 || n > sum/3+2 {
							t.Errorf("view %d was rendered %d of %d times", i, n, sum)
						}
						for k, q := range by[i][1:] {
							if q.Sequence == by[i][k].Sequence {
								t.Fatalf("view %d was rendered twice of one frame set", i)
							}
						}
					}
					if least := int(19 * time.Second / took); sum < least-20*int(time.Second/(3*took)+1) {
						t.Errorf("%d views in 20 s of %v each", sum, took)
					}
				})
				if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestSilentViewersShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := runHall(t, 2, nil, func(h *hall) {
			silent := &guest{Watcher: h.views.Watch(), h: h}
			h.rows[0].add(1)
			pass(time.Second)
			if by := h.take(); len(by) != 1 || by[0][5].Eye.Sub(space.Vec3{Z: 1.2}).Norm() > 0.001 {
				t.Errorf("who sends no eye sees %v", by)
			}
			a, b := h.come(-0.7), h.come(0.7)
			for range 20 {
				pass(50 * time.Millisecond)
				silent.follow()
				a.follow()
				b.follow()
			}
			if a.at == b.at {
				t.Fatal("one view for both")
			}
			first, second := a, b
			if silent.at != a.at {
				first, second = b, a
			}
			first.leave()
			pass(time.Second)
			silent.follow()
			pass(time.Second)
			if silent.at != second.at || h.views.Open() != 1 {
				t.Errorf("the silent viewer is at view %d, the other at %d, %d are open", silent.at, second.at, h.views.Open())
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestSecondEncoderFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("no memory")
		_, err := runHall(t, 2, func(h *hall) {
			h.openErr = func(n int) error {
				if n == 2 {
					return broken
				}
				return nil
			}
		}, func(h *hall) {
			a, b := h.come(-0.7), h.come(0.7)
			for range 20 {
				pass(50 * time.Millisecond)
				a.follow()
				b.follow()
			}
		})
		if !errors.Is(err, broken) || !strings.Contains(fmt.Sprint(err), "cube") {
			t.Errorf("error %v", err)
		}
	})
}

func TestWindowIDsAreReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := runHall(t, 2, nil, func(h *hall) {
			still, busy := h.come(-0.7), h.come(0.7)
			for range 10 {
				pass(50 * time.Millisecond)
				still.follow()
				busy.follow()
			}
			h.take()
			pass(100 * time.Millisecond)
			held := h.take()[still.at][0].Window.ID
			for n := range 1100 {
				busy.look([]float64{-0.01, 0.01}[n%2])
				pass(period)
			}
			pass(100 * time.Millisecond)
			by := h.take()
			seen := map[uint16]bool{}
			for _, q := range by[busy.at] {
				if seen[q.Window.ID] = true; q.Window.ID == held || q.Window.ID == 0 || q.Window.ID > 1023 {
					t.Fatalf("window id %d, the other view uses %d", q.Window.ID, held)
				}
			}
			if len(seen) < 1000 || len(by[still.at]) == 0 {
				t.Errorf("%d window ids", len(seen))
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}
