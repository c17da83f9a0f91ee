package fanout

import (
	"context"
	"time"
)

const (
	// MaxDelay bounds a relay's delay.
	MaxDelay = 500 * time.Millisecond
	// maxLine holds what ScreenLimits let come within MaxDelay.
	maxLine = 1024
	// delayStretch is how much time may pass for a change of sound's delay by one
	// unit: a receiver's jitter buffer stretches speech by a tenth unheard, but
	// takes a jump for a bad network and stays late.
	delayStretch = 10
)

// SetDelay lets sound wait, 0 to MaxDelay, so that it matches a view, or a
// picture so that it matches a voice that filters work on. Order is kept and
// nothing is dropped. That of sound moves there by a tenth of the time that passes,
// that of pictures at once. The node itself, which watches or listens, does not wait.
func (r *Relay) SetDelay(d time.Duration) { r.delay.Store(int64(min(max(d, 0), MaxDelay))) }

// Delay is the one that was set last.
func (r *Relay) Delay() time.Duration { return time.Duration(r.delay.Load()) }

// Waits is how long the newest packet waits, on its way to the delay.
func (r *Relay) Waits() time.Duration { return time.Duration(r.waits.Load()) }

// pace lets packets wait.
func (r *Relay) pace(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	d := delayer{jumps: !r.audio()}
	for {
		var p *packet
		select {
		case p = <-r.line:
		case <-ctx.Done():
			r.drain()
			return
		}
		due := d.due(p.arrived, r.Delay())
		r.waits.Store(int64(due.Sub(p.arrived)))
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		}
		if ctx.Err() == nil {
			r.send(p)
		}
		p.release()
	}
}

// drain frees what waits.
func (r *Relay) drain() {
	for {
		select {
		case p := <-r.line:
			p.release()
		default:
			return
		}
	}
}

// delayer says when packets are due.
type delayer struct {
	jumps   bool // to the delay that is wanted
	begun   bool
	delay   time.Duration
	arrived time.Time // of the last packet
	last    time.Time // when it was due
}

// due moves the delay towards the one that is wanted.
func (d *delayer) due(arrived time.Time, want time.Duration) time.Time {
	step := arrived.Sub(d.arrived) / delayStretch
	switch {
	case !d.begun || d.jumps:
		d.begun, d.delay = true, want
	case want > d.delay:
		d.delay = min(want, d.delay+step)
	default:
		d.delay = max(want, d.delay-step)
	}
	due := arrived.Add(d.delay)
	if due.Before(d.last) {
		due = d.last
	}
	d.arrived, d.last = arrived, due
	return due
}
