package rtc

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
)

// retry is how long a participant who could not take windows is left alone.
const retry = time.Second

// maxWindows bounds those that wait: two of each of two views are in use.
const maxWindows = 4

// View is the views of one cube as one participant watches them. Who made it
// moves the watcher's eye.
type View struct {
	Ladders []*fanout.Ladder // one a view
	Watcher *multiview.Watcher
	// Windows tells the participant, reliably, of framing windows before a
	// frame uses them; false is that it cannot now, and is asked again within a
	// second. It must not block.
	Windows func([]space.Window) bool
}

// follower lets a participant go from view to view.
type follower struct {
	view       *View
	subscriber *fanout.Subscriber
	log        *slog.Logger
	left       chan struct{} // closed when it is wanted no longer
	waiting    []space.Window
}

func newFollower(v *View, link *fanout.Link, log *slog.Logger) *follower {
	return &follower{view: v, subscriber: link.Subscribe(v.Ladders[v.Watcher.View()]), log: log, left: make(chan struct{})}
}

func (f *follower) run(ctx context.Context) {
	defer f.view.Watcher.Leave()
	ticker := time.NewTicker(retry)
	defer ticker.Stop()
	f.follow()
	for {
		select {
		case <-f.left:
			return
		case <-ctx.Done():
			return
		case <-f.view.Watcher.Changed():
			f.follow()
		case <-ticker.C:
			f.follow()
		case <-f.subscriber.Came():
			f.view.Watcher.Arrived(slices.Index(f.view.Ladders, f.subscriber.At()))
		}
	}
}

// follow tells the participant of the windows that it may meet, and then lets
// it go to the view that it belongs to.
func (f *follower) follow() {
	w := f.view.Watcher
	at := w.View()
	f.waiting = append(f.waiting, w.Windows()...)
	if n := len(f.waiting) - maxWindows; n > 0 {
		f.waiting = slices.Delete(f.waiting, 0, n)
	}
	if len(f.waiting) > 0 {
		if !f.view.Windows(slices.Clone(f.waiting)) {
			return
		}
		f.waiting = f.waiting[:0]
	}
	if err := f.subscriber.Move(f.view.Ladders[at]); err != nil {
		f.log.Warn("participant stays at its view", "error", err)
	}
}
