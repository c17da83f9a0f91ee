package frameset

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

func TestClockMap(t *testing.T) {
	cases := []struct {
		name    string
		offset  time.Duration
		drift   float64 // ppm
		latency time.Duration
		jitter  time.Duration // exponential, added to the latency
	}{
		{"the node's clock", 0, 0, 0, 0},
		{"far offset", 3 * time.Hour, 0, 5 * time.Millisecond, 2 * time.Millisecond},
		{"fast camera", -20 * time.Minute, -80, 5 * time.Millisecond, 4 * time.Millisecond},
		{"slow camera", time.Minute, 120, 30 * time.Millisecond, 10 * time.Millisecond},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, 4))
			var m ClockMap
			var worst time.Duration
			for k := range 30 * 60 {
				stamp := capture.Time(k) * capture.Time(time.Second) / 30
				truth := stamp.Add(c.offset + time.Duration(float64(stamp)*c.drift*1e-6))
				arrived := truth.Add(c.latency + time.Duration(random.ExpFloat64()*float64(c.jitter)))
				got := m.Observe(stamp, arrived)
				if k > 30*10 {
					worst = max(worst, got.Sub(truth.Add(c.latency)).Abs())
				}
			}
			if limit := 100*time.Nanosecond + c.jitter/5; worst > limit {
				t.Errorf("after 10 s the map is off by %v, want %v at most", worst, limit)
			}
			e := m.Estimate()
			if math.Abs(e.Drift-c.drift) > 10+float64(c.jitter)/1e6*2 {
				t.Errorf("drift %.1f ppm, want %.1f", e.Drift, c.drift)
			}
			if c.offset == 0 && (e.Offset != 0 || e.Drift != 0) {
				t.Errorf("identity became %+v", e)
			}
		})
	}
}

func TestClockMapStartsAnewAfterAJump(t *testing.T) {
	var m ClockMap
	for k := range 300 {
		m.Observe(capture.Time(k*33e6), capture.Time(k*33e6+1e6))
	}
	// The camera was restarted: its clock is at zero again.
	m.Observe(0, 20e9)
	if got := m.Observe(33e6, 20.033e9); got != 20.033e9 {
		t.Errorf("stamp maps to %d, want 20.033e9", got)
	}
	if e := m.Estimate(); e.Windows != 0 || e.Offset != 20*time.Second {
		t.Errorf("estimate %+v", e)
	}
}
