package fanout

import (
	"time"

	"github.com/pion/rtcp"
)

const (
	// deliveryTicks of steerInterval are over what delivery is measured.
	deliveryTicks = 20
	// lagTicks is how old a packet is that is expected to be reported: what was
	// sent since may be on its way, or the report.
	lagTicks = 5
	// deliveredShare of the packets is the least that arrives on a link that
	// holds what is sent. It leaves room for a round trip that becomes half a
	// second longer at once, as where a phone leaves the house.
	deliveredShare = 0.6
	// wholeShare of the packets arrives where nothing is in the way of what is sent.
	wholeShare = 0.98
	// shortTicks in a row below it are taken seriously.
	shortTicks = 3
	// cutTicks in a row in which nothing arrives are a cut.
	cutTicks = 10
	// deliveryMargin leaves room for the queue to empty.
	deliveryMargin = 0.85
	// deliveryGrowth a second is that of the bound, once everything arrives.
	deliveryGrowth = 1.08
)

// delivery bounds the congestion controller's estimate by what arrives. The
// controller knows the last 250 packets only: behind a queue that is longer
// than that, every report comes too late for it, and its estimate stands still
// while next to nothing arrives. Where nothing at all arrives for a second the
// link is cut, and the bound becomes what it was before; what is seen until it
// has been mended for a while counts for nothing.
type delivery struct {
	passed           [deliveryTicks + lagTicks]totals // in the last ticks; a ring
	at, ticks, short int
	silent           int // ticks in a row in which something was sent and nothing arrived
	last             totals
	bound            float64   // bits a second; 0: none
	before           float64   // the bound when too little began to arrive
	when             time.Time // of the bound
}

// totals are packets and bytes that were sent, and packets that the peer has
// reported.
type totals struct{ packets, bytes, arrived uint64 }

// arrivals adds up what the reports of one peer say has come.
type arrivals struct {
	begun bool
	next  uint16 // transport-wide sequence number that the next report begins with
	lost  uint64 // packets that the reports say have not come
}

// add returns how many packets a report says have come. What lies between it
// and the report before is taken for come: that report was lost on its way.
func (a *arrivals) add(p *rtcp.TransportLayerCC) uint64 {
	came := uint64(len(p.RecvDeltas)) // one a packet
	if missed := p.BaseSequenceNumber - a.next; a.begun && missed < 1<<15 {
		came += uint64(missed)
	}
	a.lost += uint64(max(0, int(p.PacketStatusCount)-len(p.RecvDeltas)))
	a.begun, a.next = true, p.BaseSequenceNumber+p.PacketStatusCount
	return came
}

// tick takes the totals, once a steerInterval: of packets and bytes sent, and
// of packets that the peer has reported.
func (d *delivery) tick(now time.Time, packets, bytes, arrived uint64) {
	t := totals{packets - d.last.packets, bytes - d.last.bytes, arrived - d.last.arrived}
	d.last = totals{packets, bytes, arrived}
	d.passed[d.at] = t
	d.at = (d.at + 1) % len(d.passed)
	if d.ticks++; arrived == 0 || d.cut(t) {
		d.ticks = 0 // a peer that does not report, or has not yet; or a cut
	}
	if d.ticks < len(d.passed) {
		return
	}
	if d.bound > 0 {
		d.bound *= 1 + (deliveryGrowth-1)*now.Sub(d.when).Seconds()
	}
	d.when = now
	sent, size, came := d.sums()
	if sent < deliveryTicks || float64(came) >= deliveredShare*float64(sent) {
		d.short = 0
		return
	}
	if d.short == 0 {
		d.before = d.bound
	}
	if d.short++; d.short < shortTicks {
		return
	}
	const window = deliveryTicks * float64(steerInterval) / float64(time.Second) // s
	rate := 8 * float64(size) * float64(came) / float64(sent) / window
	d.bound = max(1, deliveryMargin*rate)
}

// cut takes one tick and says whether the link is cut, which teaches nothing of
// what it holds.
func (d *delivery) cut(t totals) bool {
	switch {
	case t.arrived > 0:
		d.silent = 0
	case t.packets > 0:
		d.silent++
	}
	if d.silent < cutTicks {
		return false
	}
	if d.short > 0 {
		d.bound, d.short = d.before, 0
	}
	return true
}

// sums adds up what has arrived in a window, and what was sent in it or lagTicks
// before, whichever is less: who begins to send is not reported yet, and who
// stops is not to have lost anything.
func (d *delivery) sums() (sent, size, came uint64) {
	var now, before totals
	for age := range d.passed {
		t := d.passed[(d.at-1-age+2*len(d.passed))%len(d.passed)]
		if age < deliveryTicks {
			now = totals{now.packets + t.packets, now.bytes + t.bytes, now.arrived + t.arrived}
		}
		if age >= lagTicks {
			before.packets, before.bytes = before.packets+t.packets, before.bytes+t.bytes
		}
	}
	if before.packets < now.packets {
		return before.packets, before.bytes, now.arrived
	}
	return now.packets, now.bytes, now.arrived
}

// whole says that all that was sent in the window has arrived: the link holds it,
// whatever the congestion controller takes a busy receiver's reports for.
func (d *delivery) whole() bool {
	if d.ticks < len(d.passed) || d.short > 0 {
		return false
	}
	sent, _, came := d.sums()
	return sent >= deliveryTicks && float64(came) >= wholeShare*float64(sent)
}

// limit returns the estimate within the bound.
func (d *delivery) limit(estimate int) int {
	if d.bound > 0 && float64(estimate) > d.bound {
		return int(d.bound)
	}
	return estimate
}
