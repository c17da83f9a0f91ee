package batch

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/host"
)

// unwritten is how many results wait for the writer of a live run, some seconds
// of them. When more come they are dropped, and a note says so.
const unwritten = 256

// Live is Run at the pace of the recording, by package host, as in a room: what a
// filter is late for becomes what its description says, and newer pictures
// replace those that wait.
func Live(ctx context.Context, from *clip.Clip, chain []models.Bound, to clip.Writer, o Options) (Report, error) {
	r, err := lay(from, chain, to, o)
	if err != nil {
		return Report{}, err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	l := &live{run: r, results: make(chan func() error, unwritten), begin: make(chan struct{})}
	var players []player
	for _, lane := range r.lanes {
		players = append(players, newPlayer(l, lane, from))
	}
	opening := time.Now()
	l.play(ctx, fail, players)
	report := r.report(l.began.Sub(opening), time.Since(l.began))
	for _, p := range players {
		p.amend(&report)
	}
	report.note(ctx, from)
	if n := l.dropped.Load(); n > 0 {
		report.Notes = append(report.Notes, fmt.Sprintf("%d results were dropped: writing them takes longer than they play", n))
	}
	return report, context.Cause(ctx)
}

// live is one live run.
type live struct {
	*run
	results chan func() error // writes a result; full: see unwritten
	dropped atomic.Int64
	waiting sync.WaitGroup // streams whose filters are not open
	begin   chan struct{}  // closed when all are
	began   time.Time      // when; written before
}

// play plays all streams from one instant on, and writes what comes out.
func (l *live) play(ctx context.Context, fail func(error), players []player) {
	var writing, playing sync.WaitGroup
	writing.Go(func() {
		for put := range l.results {
			if err := put(); err != nil {
				fail(err)
			}
		}
	})
	l.waiting.Add(len(players))
	for _, p := range players {
		playing.Go(func() {
			if err := p.play(ctx); err != nil {
				fail(err)
			}
		})
	}
	l.waiting.Wait()
	l.began = time.Now()
	close(l.begin)
	playing.Wait()
	close(l.results)
	writing.Wait()
}

// player is a stream of any kind at its pace.
type player interface {
	play(context.Context) error
	amend(*Report)
}

// newPlayer takes the stream of a lane.
func newPlayer(l *live, of lane, from *clip.Clip) player {
	switch s := of.(type) {
	case *stream[capture.Sound]:
		return &playing[capture.Sound]{live: l, stream: s, make: host.NewAudio}
	case *stream[*capture.Frame]:
		return &playing[*capture.Frame]{live: l, stream: s, make: host.NewVideo}
	case *stream[*capture.FrameSet]:
		return &playing[*capture.FrameSet]{live: l, stream: s, make: func(c host.Config[*capture.FrameSet]) (*host.Chain[*capture.FrameSet], error) {
			return host.NewRGBD(c, *from.Info.Rig)
		}}
	}
	panic(fmt.Sprintf("batch: a lane of %T", of))
}
