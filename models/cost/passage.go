package cost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// How long is waited.
const (
	openPatience  = time.Minute
	framePatience = 5 * time.Second
)

// opens opens a filter of pictures.
type opens func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error)

// passage is a chain of one filter, through which frames go one at a time.
type passage struct {
	chain *host.Chain[*capture.Frame]
	came  chan leaving
	stop  func() // returns after all of the chain
}

// leaving is when a frame came out.
type leaving struct {
	captured capture.Time
	at       time.Time
}

// pass runs a chain of a filter and waits until it works.
func (m *measurement) pass(ctx context.Context, d models.Definition, open opens) (*passage, error) {
	d.Latency = models.MaxLatency // a frame that is late would be no filtered one
	p := &passage{came: make(chan leaving, 4)}
	var err error
	p.chain, err = host.NewVideo(host.Config[*capture.Frame]{
		Name: "cost", Open: open, Log: m.log,
		Out: func(f *capture.Frame) {
			select {
			case p.came <- leaving{f.Captured, time.Now()}:
			default: // nobody waits for it
			}
			f.Release()
		},
	})
	if err != nil {
		return nil, err
	}
	if err := p.chain.Set([]host.Link{{ID: d.Name, Bound: models.Bound{Definition: d, Values: d.Parameters.Defaults()}}}); err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = p.chain.Run(running) // it has no errors of its own
	}()
	p.stop = func() {
		cancel()
		<-ended
	}
	if err := p.ready(ctx, m.loop); err != nil {
		p.stop()
		return nil, fmt.Errorf("run %s: %w", d.Name, err)
	}
	return p, nil
}

// ready gives the chain frames until its filter works.
func (p *passage) ready(ctx context.Context, from *loop) error {
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	ticker := time.NewTicker(idlePace)
	defer ticker.Stop()
	for {
		p.chain.Put(from.next())
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		links := p.chain.Stats().Links
		switch {
		case len(links) == 0:
		case links[0].State == host.Failed:
			return errors.New(links[0].Error)
		case links[0].Frames > 0:
			return nil
		}
	}
}

// frame is how long a frame, which it takes over, takes from coming to leaving.
func (p *passage) frame(ctx context.Context, f *capture.Frame) (time.Duration, error) {
	before := p.chain.Stats().Links[0]
	captured := f.Captured
	timer := time.NewTimer(framePatience)
	defer timer.Stop()
	began := time.Now()
	p.chain.Put(f)
	for {
		select {
		case l := <-p.came:
			if l.captured != captured {
				continue // of before
			}
			if s := p.chain.Stats().Links[0]; s.Late != before.Late || s.Errors != before.Errors {
				return 0, fmt.Errorf("%s failed, or was late by more than %v; %s", s.Filter, models.MaxLatency, s.Error)
			}
			return l.at.Sub(began), nil
		case <-timer.C:
			return 0, fmt.Errorf("%s: a frame did not come out within %v", before.Filter, framePatience)
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}
