package fanout

import (
	"fmt"
	"testing"
	"time"
)

// TestCutLinkTeachesNothing says that a link over which nothing came for a
// while is trusted with what it was trusted with before.
func TestCutLinkTeachesNothing(t *testing.T) {
	const estimate = 3_000_000
	var d delivery
	now := time.Now()
	var packets, bytes, arrived uint64
	run := func(ticks int, share float64) {
		for range ticks {
			now = now.Add(steerInterval)
			packets, bytes = packets+20, bytes+20*1000 // 1.6 Mbit/s
			arrived += uint64(20 * share)
			d.tick(now, packets, bytes, arrived)
		}
	}
	run(30, 1)
	run(200, 0)
	if got := d.limit(estimate); got != estimate {
		t.Errorf("while it is cut: %d bit/s", got)
	}
	run(30, 1)
	if got := d.limit(estimate); got != estimate {
		t.Errorf("after the cut: %d bit/s", got)
	}
	run(30, 0.3)
	bound := d.limit(estimate)
	if bound > 600_000 {
		t.Errorf("where three of ten arrive: %d bit/s", bound)
	}
	run(200, 0)
	run(30, 1)
	if got := d.limit(estimate); got < bound/2 || got > 10*bound {
		t.Errorf("after a cut of a narrow link: %d bit/s", got)
	}
}

// road sends 20 packets a tick, of which a share arrives, and is reported so
// many ticks later.
type road struct {
	d                       delivery
	now                     time.Time
	sent                    []uint64 // in each tick, that will arrive
	packets, bytes, arrived uint64
	lag, reported           int // ticks
}

func (r *road) run(ticks int, packets uint64, share float64) {
	for range ticks {
		r.now = r.now.Add(steerInterval)
		r.packets, r.bytes = r.packets+packets, r.bytes+packets*1000
		r.sent = append(r.sent, uint64(float64(packets)*share))
		for ; r.reported < len(r.sent)-r.lag; r.reported++ {
			r.arrived += r.sent[r.reported]
		}
		r.d.tick(r.now, r.packets, r.bytes, r.arrived)
	}
}

// TestLongWayIsNotNarrow says that a link is trusted as before whose way
// becomes longer by half a second, on which some are lost, over which nothing
// was sent for a while, or which was cut, however long.
func TestLongWayIsNotNarrow(t *testing.T) {
	const estimate = 3_000_000
	change := map[string]func(*road){
		"a longer way":         func(r *road) { r.lag = 5 },
		"a longer way, losses": func(r *road) { r.lag = 5; r.run(100, 20, 0.9) },
		"silence":              func(r *road) { r.run(70, 0, 1); r.lag = 3 },
	}
	for ticks := range 40 {
		change[fmt.Sprintf("a cut of %v", time.Duration(cutTicks+ticks)*steerInterval)] = func(r *road) { r.run(cutTicks+ticks, 20, 0) }
	}
	for name, change := range change {
		t.Run(name, func(t *testing.T) {
			r := &road{lag: 1}
			r.run(50, 20, 1)
			change(r)
			for tick := range 100 {
				r.run(1, 20, 1)
				if got := r.d.limit(estimate); got != estimate {
					t.Fatalf("after %v it is taken for %d bit/s", time.Duration(tick)*steerInterval, got)
				}
			}
		})
	}
}
