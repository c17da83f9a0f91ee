package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressEvery is how often progress is written where nobody sees a bar move.
const progressEvery = 5 * time.Second

// newProgress returns a function that shows how far a long step is: as a bar
// on a terminal, and otherwise as a line every few seconds and at the end. It
// may be called from several goroutines. A step that is done at its first call
// was not long and shows nothing.
func newProgress(w *console, step string) func(done, total int) {
	var mu sync.Mutex
	if w.terminal {
		var bar *progressbar.ProgressBar
		return func(done, total int) {
			mu.Lock()
			defer mu.Unlock()
			if bar == nil && done < total {
				bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w.line()), progressbar.OptionSetDescription(step),
					progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
			}
			if bar != nil {
				_ = bar.Set(done) // a terminal that cannot be written to hides no result
			}
		}
	}
	var started, last time.Time
	return func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		switch {
		case started.IsZero() && done >= total:
			return
		case started.IsZero():
			started = now
		case done < total && now.Sub(last) < progressEvery:
			return
		case last.IsZero() && done >= total:
			return
		}
		last = now
		fmt.Fprintf(w, "%s: %d of %d, %.0f s\n", step, done, total, now.Sub(started).Seconds())
		if done >= total {
			started, last = time.Time{}, time.Time{}
		}
	}
}
