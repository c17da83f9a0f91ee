package fanout

import (
	"time"

	"github.com/pion/rtcp"
)

const (
	// deliveryTicks of steerInterval are over what delivery is measured.
	deliveryTicks = 10
	// deliveredShare of the packets is the least that arrives on a link that
	// holds what is sent. It leaves room for a round trip of 400 ms.
	deliveredShare = 0.6
	// shortTicks in a row below it are taken seriously.
	shortTicks = 3
	// deliveryMargin leaves room for the queue to empty.
	deliveryMargin = 0.85
	// deliveryGrowth a second is that of the bound, once everything arrives.
	deliveryGrowth = 1.08
)

// delivery bounds the congestion controller's estimate by what arrives. The
// controller knows the last 250 packets only: behind a queue that is longer
// than that, every report comes too late for it, and its estimate stands still
// while next to nothing arrives. Where nothing at all arrives for a second the
// link is cut, and the bound becomes what it was before.
type delivery struct {
	packets, bytes, arrived [deliveryTicks]uint64 // of the last ticks; a ring
	at, ticks, short        int
	last                    struct{ packets, bytes, arrived uint64 } // totals
	bound                   float64                                  // bits a second; 0: none
	before                  float64                                  // the bound when too little began to arrive
	when                    time.Time                                // of the bound
}

// arrivals adds up what the reports of one peer say has come.
type arrivals struct {
	begun bool
	next  uint16 // transport-wide sequence number that the next report begins with
}

// add returns how many packets a report says have come. What lies between it
// and the report before is taken for come: that report was lost on its way.
func (a *arrivals) add(p *rtcp.TransportLayerCC) uint64 {
	came := uint64(len(p.RecvDeltas)) // one a packet
	if missed := p.BaseSequenceNumber - a.next; a.begun && missed < 1<<15 {
		came += uint64(missed)
	}
	a.begun, a.next = true, p.BaseSequenceNumber+p.PacketStatusCount
	return came
}

// tick takes the totals, once a steerInterval: of packets and bytes sent, and
// of packets that the peer has reported.
func (d *delivery) tick(now time.Time, packets, bytes, arrived uint64) {
	d.packets[d.at], d.bytes[d.at], d.arrived[d.at] = packets-d.last.packets, bytes-d.last.bytes, arrived-d.last.arrived
	d.last.packets, d.last.bytes, d.last.arrived = packets, bytes, arrived
	d.at = (d.at + 1) % deliveryTicks
	if d.ticks++; arrived == 0 {
		d.ticks = 0 // a peer that does not report, or has not yet
	}
	if d.ticks < deliveryTicks {
		return
	}
	var sent, size, came uint64
	for i := range deliveryTicks {
		sent, size, came = sent+d.packets[i], size+d.bytes[i], came+d.arrived[i]
	}
	if d.bound > 0 {
		d.bound *= 1 + (deliveryGrowth-1)*now.Sub(d.when).Seconds()
	}
	d.when = now
	if came == 0 && sent >= deliveryTicks && d.short > 0 {
		// The link is cut, not narrow: that teaches nothing of what it holds.
		d.bound, d.ticks, d.short = d.before, 0, 0
		return
	}
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

// limit returns the estimate within the bound.
func (d *delivery) limit(estimate int) int {
	if d.bound > 0 && float64(estimate) > d.bound {
		return int(d.bound)
	}
	return estimate
}
