package whip_test

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/render/pack"
)

// TestManyViewers says that a view is encoded once for all, and that joins are
// gathered: one key frame a second at most.
func TestManyViewers(t *testing.T) {
	n := startNode(t, nil)
	a, b := watch(t, n.url, ""), watch(t, n.url, "")
	whatever := func(pack.Strip) bool { return true }
	a.next(t, "for the first", whatever)
	b.next(t, "for the second", whatever)

	before, encodes, start := n.ladders[0].Snapshot(), n.views.Snapshot().Encodes, time.Now()
	const joins = 20
	var parts sync.WaitGroup
	for range joins {
		f := newForeign(t, webrtc.NetworkTypeUDP4)
		parts.Go(func() {
			f.watch(n.url)
			f.packets(5)
		})
	}
	parts.Wait()
	after, took := n.ladders[0].Snapshot(), time.Since(start)
	if keys := after.Keys - before.Keys; float64(keys) > math.Ceil(took.Seconds())+1 {
		t.Errorf("%d joins in %v cause %d key frames", joins, took, keys)
	}
	if after.Joined-before.Joined != joins || after.Subscribers != joins+2 {
		t.Errorf("stats %+v", after)
	}

	stats := n.views.Snapshot()
	elapsed := n.clock.Now().Milliseconds() - 1000 // the clock starts at one second
	if limit := uint64(elapsed*30/1000 + 2); stats.Encodes > limit || stats.Encodes > stats.Views {
		t.Errorf("%d encodes of %d views within %d ms for %d viewers", stats.Encodes, stats.Views, elapsed, joins+2)
	}
	// The first two get every frame; as many as two queues hold may be on
	// their way.
	const queued = 2 * (8 + 1)
	sent := n.ladders[0].Snapshot()
	if got, want := sent.Frames+sent.Dropped-before.Frames, 2*(stats.Encodes-encodes); got+queued < want {
		t.Errorf("%d frames were sent for %d encodes: not to everybody", got, want/2)
	}
	a.next(t, "after all joined", whatever)
}
