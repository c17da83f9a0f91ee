package fanout

import (
	"context"
	"time"
)

// lostPicture implements Source: requests are gathered.
func (r *Relay) lostPicture() {
	if r.audio() {
		return
	}
	r.mu.Lock()
	r.stats.KeyRequests++
	r.mu.Unlock()
	select {
	case r.wanted <- struct{}{}:
	default:
	}
}

// ask asks the publisher for key frames, once an interval at most.
func (r *Relay) ask(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		select {
		case <-r.wanted:
		case <-ctx.Done():
			return
		}
		r.config.RequestKey()
		r.mu.Lock()
		r.stats.KeysAsked++
		r.mu.Unlock()
		pause.Reset(r.config.KeyInterval)
	}
}
