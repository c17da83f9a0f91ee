package whip_test

import (
	"context"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// stand puts a viewer's eye somewhere.
func (a *audience) stand(t *testing.T, x float64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := a.viewer.SendEye(ctx, protocol.Vector{x, 0, 1.2}); err != nil {
		t.Fatal(err)
	}
}

// near is a condition on a view: that it is from about there.
func near(x float64) func(pack.Strip) bool {
	return func(s pack.Strip) bool { return s.Eye.X > x-0.05 && s.Eye.X < x+0.05 }
}

// until waits for something that the node comes to.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for timeout := time.After(patience); !ok(); {
		select {
		case <-ticker.C:
		case <-timeout:
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// TestViewersShareViews lets three viewers watch with two eyes: two views are
// rendered, each is encoded once. One walks over to the other view and gets its
// frames without a gap; the last one leaves, and the view ends.
func TestViewersShareViews(t *testing.T) {
	const budget = 2
	n := startViews(t, budget, nil)
	a, b, c := watch(t, n.url, ""), watch(t, n.url, ""), watch(t, n.url, "")
	a.stand(t, -0.6)
	b.stand(t, -0.6)
	c.stand(t, 0.6)
	a.next(t, "of the first", near(-0.6))
	b.next(t, "of the second", near(-0.6))
	c.next(t, "of the third", near(0.6))
	until(t, "two viewers at one view, one at the other", func() bool {
		l, r := n.ladders[0].Subscribers(), n.ladders[1].Subscribers()
		return l+r == 3 && l > 0 && r > 0
	})
	if n.views.Open() != budget {
		t.Errorf("%d views for two eyes", n.views.Open())
	}
	encodes := func() (sum uint64) {
		for i := range budget {
			sum += n.views.View(i).Encodes
		}
		return sum
	}
	before, start := encodes(), n.clock.Now()
	a.next(t, "a while later", func(s pack.Strip) bool { return n.clock.Now().Sub(start) > 2*time.Second })
	sets := n.clock.Now().Sub(start).Seconds() * 30
	if got := float64(encodes() - before); got > budget*(sets+2) {
		t.Errorf("%.0f encodes of %.0f frame sets for two views", got, sets)
	}

	// b walks over in steps that the page would send.
	for len(b.strips) > 0 {
		<-b.strips
	}
	b.arrivals()
	for x := -0.6; x < 0.6; x += 0.02 {
		b.stand(t, x)
		b.next(t, "on the way", func(pack.Strip) bool { return true })
	}
	b.stand(t, 0.6)
	b.next(t, "after the walk", near(0.6))
	until(t, "the walker has left its first view", func() bool {
		return n.ladders[0].Subscribers()+n.ladders[1].Subscribers() == 3
	})
	gap, broken := b.arrivals()
	// A key frame is due at once or a second after the last one; in the
	// meantime the old view goes on.
	if gap > time.Second || broken > 0 {
		t.Errorf("the walker's frames came %v apart, %d could not be decoded", gap, broken)
	}

	a.stop()
	until(t, "the view that nobody watches ended", func() bool { return n.views.Open() == 1 })
	c.next(t, "after the first left", near(0.6))
}
