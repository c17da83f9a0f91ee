package frameset

import (
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Estimate is what is known of a camera's clock.
type Estimate struct {
	// Offset is node time minus camera time at the newest stamp, including
	// the smallest latency from stamp to arrival that was seen.
	Offset time.Duration
	// Drift is how much faster the node's clock runs, in parts per million.
	Drift float64
	// Windows is how many windows the estimate rests on; drift is 0 below 4.
	Windows int
}

const (
	clockWindow  = time.Second
	clockWindows = 64   // about a minute of history
	driftWindows = 4    // fewer say nothing about drift
	maxDrift     = 1e-3 // a crystal is off by 1e-4 at most
	clockJump    = time.Second
)

// ClockMap maps the stamps of one camera's clock to the node's. Latency only
// ever adds to the difference between arrival and stamp, so that the smallest
// differences lie on the clock's true line: the map keeps the smallest of each
// second and lays the highest line under all of them (Moon, Skelly, Towsley,
// "Estimation and removal of clock skew from network delay measurements",
// 1999). The zero value is ready; it is not safe for several goroutines.
type ClockMap struct {
	points  [clockWindows]clockPoint // ring of finished windows
	count   int
	next    int
	current clockPoint
	opened  capture.Time // stamp at which the current window began
	running bool
	hull    [clockWindows + 1]clockPoint
	offset  float64 // seconds, at pivot
	drift   float64 // seconds a second
	pivot   capture.Time
}

type clockPoint struct {
	stamp capture.Time
	delta capture.Time // arrival - stamp
}

// Observe takes a stamp and the instant at which it arrived, and returns the
// stamp on the node's clock. A clock that jumps by more than a second starts
// the estimate anew.
func (m *ClockMap) Observe(stamp, arrived capture.Time) capture.Time {
	p := clockPoint{stamp, arrived - stamp}
	if m.running && (p.stamp < m.current.stamp-capture.Time(clockJump) || (p.delta-m.current.delta).Sub(0).Abs() > clockJump) {
		*m = ClockMap{}
	}
	switch {
	case !m.running:
		m.running, m.current, m.opened = true, p, stamp
		m.fit()
	case stamp.Sub(m.opened) >= clockWindow:
		m.points[m.next] = m.current
		m.next = (m.next + 1) % clockWindows
		m.count = min(m.count+1, clockWindows)
		m.current, m.opened = p, stamp
		m.fit()
	case p.delta < m.current.delta:
		m.current = p
		m.fit()
	}
	return m.Map(stamp)
}

// Map returns a stamp on the node's clock.
func (m *ClockMap) Map(stamp capture.Time) capture.Time {
	return stamp + capture.Time(math.Round((m.offset+m.drift*stamp.Sub(m.pivot).Seconds())*1e9))
}

// Estimate returns offset and drift.
func (m *ClockMap) Estimate() Estimate {
	at := m.current.stamp
	return Estimate{Offset: m.Map(at).Sub(at), Drift: m.drift * 1e6, Windows: m.count}
}

// fit lays the line: the edge of the lower convex hull over the mean stamp.
func (m *ClockMap) fit() {
	m.pivot, m.drift = m.current.stamp, 0
	low := m.current.delta
	oldest := (m.next - m.count + clockWindows) % clockWindows
	for i := range m.count {
		low = min(low, m.points[(oldest+i)%clockWindows].delta)
	}
	m.offset = low.Sub(0).Seconds()
	if m.count < driftWindows {
		return
	}
	x := func(p clockPoint) float64 { return p.stamp.Sub(m.pivot).Seconds() }
	y := func(p clockPoint) float64 { return p.delta.Sub(0).Seconds() }
	hull, mean := m.hull[:0], 0.0
	for i := range m.count + 1 {
		p := m.current
		if i < m.count {
			p = m.points[(oldest+i)%clockWindows]
		}
		mean += x(p) / float64(m.count+1)
		for n := len(hull); n >= 2; n = len(hull) {
			a, b := hull[n-2], hull[n-1]
			if (x(b)-x(a))*(y(p)-y(a))-(y(b)-y(a))*(x(p)-x(a)) > 0 {
				break
			}
			hull = hull[:n-1]
		}
		hull = append(hull, p)
	}
	for i := 1; i < len(hull); i++ {
		a, b := hull[i-1], hull[i]
		if x(b) < mean || x(b) <= x(a) {
			continue
		}
		slope := (y(b) - y(a)) / (x(b) - x(a))
		if math.Abs(slope) <= maxDrift {
			m.drift, m.offset = slope, y(a)-slope*x(a)
		}
		return
	}
}
