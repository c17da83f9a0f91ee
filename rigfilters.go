package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/multiview"
)

// rigFilters are the chains on what a rig captures: frame sets on their way to
// the renderer, and its voice on its way to the encoder.
type rigFilters struct {
	sets  multiview.Sets // as they are captured
	views *host.Chain[*capture.FrameSet]
	voice *host.Chain[capture.Sound]         // nil: the rig has no microphone
	slot  chan *capture.FrameSet             // the newest that was filtered
	ended chan struct{}                      // closed when no more comes
	why   error                              // set before ended is closed
	seen  atomic.Pointer[models.Observation] // the newest gaze
}

// newRigFilters makes the chains, which are empty. heard takes the voice that was
// filtered; nil: there is none.
func newRigFilters(rig capture.Rig, sets multiview.Sets, heard func(capture.Sound), open filterOpener, log *slog.Logger) (*rigFilters, error) {
	f := &rigFilters{sets: sets, slot: make(chan *capture.FrameSet, 1), ended: make(chan struct{})}
	var err error
	f.views, err = host.NewRGBD(host.Config[*capture.FrameSet]{
		Name: rig.Name + "/view", Out: f.put, Observe: f.observe, Log: log,
		Open: func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error) {
			return open.RGBD(ctx, rig, b, observe)
		},
	}, rig)
	if err == nil && heard != nil {
		f.voice, err = host.NewAudio(host.Config[capture.Sound]{Name: rig.Name + "/microphone", Open: open.Audio, Out: heard, Log: log})
	}
	return f, err
}

// Next implements multiview.Sets.
func (f *rigFilters) Next(ctx context.Context) (*capture.FrameSet, error) {
	select {
	case s := <-f.slot:
		return s, nil
	default:
	}
	select {
	case s := <-f.slot:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-f.ended:
	}
	select {
	case s := <-f.slot:
		return s, nil
	default:
		return nil, f.why
	}
}

// put lets the newest set wait for the renderer.
func (f *rigFilters) put(s *capture.FrameSet) {
	for {
		select {
		case f.slot <- s:
			return
		default:
		}
		select {
		case old := <-f.slot:
			old.Release()
		default:
		}
	}
}

func (f *rigFilters) observe(_ string, o models.Observation) {
	if o.Gaze != nil {
		f.seen.Store(&o)
	}
}

// look is where the rig's person was seen to look last; false: no filter has said.
func (f *rigFilters) look(clock *capture.Clock) (session.Look, bool) {
	o := f.seen.Load()
	if o == nil {
		return session.Look{}, false
	}
	age := clock.Now().Sub(o.Captured)
	return session.Look{
		Eye: o.Gaze.Eye, Direction: o.Gaze.Direction, Confidence: o.Gaze.Confidence, At: time.Now().Add(-age),
	}, true
}

// Run filters until the context or the rig ends.
func (f *rigFilters) Run(ctx context.Context) error {
	parts := newGroup(ctx)
	parts.run(f.views.Run)
	if f.voice != nil {
		parts.run(f.voice.Run)
	}
	parts.run(func(ctx context.Context) error {
		defer close(f.ended)
		for {
			s, err := f.sets.Next(ctx)
			switch {
			case ctx.Err() != nil:
				f.why = ctx.Err()
				return nil
			case err != nil:
				f.why = err
				return over(err)
			}
			f.views.Put(s)
		}
	})
	err := parts.join()
	select {
	case s := <-f.slot:
		s.Release()
	default:
	}
	return err
}

// set makes a chain of a source what a room wants. It does not block.
func (f *rigFilters) set(source session.Source, links []host.Link) {
	switch {
	case source == session.View:
		_ = f.views.Set(links) // the room has checked them
	case source == session.Microphone && f.voice != nil:
		_ = f.voice.Set(links)
	}
}

// late is by how much filters make the rig's voice later.
func (f *rigFilters) late() time.Duration {
	if f.voice == nil {
		return 0
	}
	return f.voice.Stats().Delay
}

// stats are those of the chains.
func (f *rigFilters) stats() []host.Stats {
	list := []host.Stats{f.views.Stats()}
	if f.voice != nil {
		list = append(list, f.voice.Stats())
	}
	return list
}

// links are how the filters fare.
func (f *rigFilters) links() (links []host.LinkStats) {
	for _, s := range f.stats() {
		links = append(links, s.Links...)
	}
	return links
}

// fare is the same as the room wants to know it.
func (f *rigFilters) fare() (list []session.Fare) {
	for _, l := range f.links() {
		list = append(list, session.Fare{ID: l.ID, State: session.FilterState(l.State), Error: l.Error})
	}
	return list
}
