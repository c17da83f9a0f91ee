package fanout

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// Link is the way to one peer that has several outlets. It shares what the
// congestion controller allows among them:
//
//  1. sound gets what it takes;
//  2. every view gets the floor of its ladder;
//  3. relayed videos get what they take: they cannot be made smaller here, so
//     that what does not fit is left out, the greatest first: its upper temporal
//     layers, then all of it (see yields);
//  4. the views share the rest equally. One that takes less leaves it unused.
//
// Run keeps it up to date.
type Link struct {
	estimator Estimator
	arrived   atomic.Uint64 // packets that the peer has reported
	share     atomic.Int64  // of each view, bits a second

	mu      sync.Mutex // guards all below, held for a few instructions
	outlets []*Outlet
	reports arrivals
	state   LinkStats

	// Run's.
	delivery delivery
	meters   map[*Outlet]*meter
	yields   yields
	losses   losses
}

// LinkStats is how a link is used, in bits a second.
type LinkStats struct {
	Estimate int // of the congestion controller, bounded by what arrives
	Audio    int // sent lately, as are Relayed and Views
	Relayed  int
	Views    int
	Share    int // what each view may take
	// Loss is the share of the packets that was lost of late between the node and
	// the peer, 0 to 1. What a relay's publisher has lost before counts here for
	// nothing, other than in the peer's own reports. Negative: the peer does not
	// say.
	Loss float64
}

// NewLink makes a link without outlets.
func NewLink(estimator Estimator) *Link {
	l := &Link{estimator: estimator, meters: make(map[*Outlet]*meter)}
	l.state.Loss = -1
	l.share.Store(int64(estimator.GetTargetBitrate()))
	return l
}

// NewOutlet adds an outlet, which is then to be added to the peer connection.
func (l *Link) NewOutlet(kind Kind, id, streamID string) *Outlet {
	o := newOutlet(kind, id, streamID, l)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outlets = append(slices.Clip(l.outlets), o)
	return o
}

// Subscribe makes a subscriber of a ladder for one of the link's outlets.
func (l *Link) Subscribe(ladder *Ladder) *Subscriber { return ladder.Subscribe("", share{l}) }

// share is a view's part of a link.
type share struct{ link *Link }

// GetTargetBitrate implements Estimator.
func (s share) GetTargetBitrate() int { return int(s.link.share.Load()) }

// report takes congestion feedback, which comes to any of the outlets.
func (l *Link) report(p *rtcp.TransportLayerCC) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.arrived.Add(l.reports.add(p))
}

// Snapshot returns how the link is used.
func (l *Link) Snapshot() LinkStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// Run shares the link until the context ends.
func (l *Link) Run(ctx context.Context) {
	ticker := time.NewTicker(steerInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			l.tick(time.Now())
		case <-ctx.Done():
			return
		}
	}
}

func (l *Link) tick(now time.Time) {
	l.mu.Lock()
	outlets := l.outlets // only ever replaced
	l.mu.Unlock()
	var state LinkStats
	var packets, bytes uint64
	views, floors := 0, 0
	for _, o := range outlets {
		sent := o.total.read()
		packets, bytes = packets+sent.Packets, bytes+sent.Bytes
		m := l.meters[o]
		if m == nil {
			m = new(meter)
			l.meters[o] = m
		}
		rate, _ := m.read(now, sent.Bytes)
		switch s := o.current().source.(type) {
		case *Subscriber:
			ladder, _ := s.standing()
			views, floors = views+1, floors+ladder.Bitrate().Floor
			state.Views += int(rate)
		case *Relay:
			if o.kind == Video {
				state.Relayed += int(rate)
			} else {
				state.Audio += int(rate)
			}
		}
	}
	l.delivery.tick(now, packets, bytes, l.arrived.Load())
	state.Estimate = l.delivery.limit(l.estimator.GetTargetBitrate())
	// What relays may take, and what they take of it.
	room := max(0, state.Estimate-state.Audio-floors)
	state.Share = max(0, state.Estimate-state.Audio-min(state.Relayed, room)) / max(1, views)
	l.share.Store(int64(state.Share))
	l.mu.Lock()
	state.Loss = l.losses.tick(l.arrived.Load(), l.reports.lost)
	l.state = state
	l.mu.Unlock()
	holds := l.delivery.whole() && state.Loss < 1-wholeShare
	l.yields.decide(now, use{may: room, take: state.Relayed, holds: holds}, outlets, func(o *Outlet) int { return int(l.meters[o].rate) })
}

// lossTicks of steerInterval are over what loss is measured.
const lossTicks = 20

// losses measures the loss of the last lossTicks.
type losses struct {
	past [lossTicks]struct{ arrived, lost uint64 } // totals; a ring
	at   int
}

// tick takes the totals and returns the share that was lost; -1 where nothing
// was ever reported.
func (l *losses) tick(arrived, lost uint64) float64 {
	before := l.past[l.at]
	l.past[l.at].arrived, l.past[l.at].lost = arrived, lost
	l.at = (l.at + 1) % lossTicks
	if arrived+lost == 0 {
		return -1
	}
	gone, came := lost-before.lost, arrived-before.arrived
	return float64(gone) / float64(max(1, gone+came))
}
