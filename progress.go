package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	// progressAfter is how long a step is before it shows progress.
	progressAfter = time.Second
	// progressEvery is how often it is written where nobody sees a bar move.
	progressEvery = 5 * time.Second
)

// newProgress returns a function that shows how far a long step is: as a bar
// on a terminal, and otherwise as a line every few seconds and at the end. It
// may be called from several goroutines. A step that is done within a second
// shows nothing.
func newProgress(w *console, step string) func(done, total int) {
	p := &progress{w: w, step: step}
	return p.show
}

// progress is one long step.
type progress struct {
	w    *console
	step string

	mu            sync.Mutex // guards all below
	started, last time.Time
	bar           *progressbar.ProgressBar
}

func (p *progress) show(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.started.IsZero() {
		p.started = now
	}
	switch {
	case now.Sub(p.started) < progressAfter:
	case p.w.terminal:
		if p.bar == nil && done < total {
			p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.w.line()), progressbar.OptionSetDescription(p.step),
				progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
		}
		if p.bar != nil {
			_ = p.bar.Set(done) // a terminal that cannot be written to hides no result
		}
	case done >= total || now.Sub(p.last) >= progressEvery:
		p.last = now
		fmt.Fprintf(p.w, "%s: %d of %d, %.0f s\n", p.step, done, total, now.Sub(p.started).Seconds())
	}
	if done >= total {
		p.started, p.last, p.bar = time.Time{}, time.Time{}, nil
	}
}
