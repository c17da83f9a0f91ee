package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/host"
)

const (
	// readyEvery is how often is looked whether all filters are open.
	readyEvery = 20 * time.Millisecond
	// settling is for how long more results are waited for after the end.
	settling = 300 * time.Millisecond
)

// playing is a stream that goes through a chain of the host at its pace.
type playing[T any] struct {
	live   *live
	stream *stream[T]
	make   func(host.Config[T]) (*host.Chain[T], error)

	chain    *host.Chain[T]
	accounts map[string]*account // by the link's id
	stats    host.Stats          // at the end
	limit    atomic.Int64        // instant of the last frame, once it is known
}

// play opens the filters, waits for the other streams and plays.
func (p *playing[T]) play(ctx context.Context) (err error) {
	ready := sync.OnceFunc(p.live.waiting.Done)
	defer ready()
	defer p.stream.forget()
	links := p.links()
	p.chain, err = p.make(host.Config[T]{
		Name: string(p.stream.kind), Log: slog.New(slog.DiscardHandler), Open: p.open, Out: p.out, Observe: p.observe,
	})
	if err == nil {
		err = p.chain.Set(links)
	}
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	var chain sync.WaitGroup
	chain.Go(func() { _ = p.chain.Run(running) }) // it returns nil
	defer chain.Wait()
	defer stop()
	if err := p.opened(ctx, len(links)); err != nil {
		return err
	}
	ready()
	select {
	case <-p.live.begin:
	case <-ctx.Done():
		return nil
	}
	err = p.feed(ctx)
	p.stats = p.chain.Stats()
	return err
}

// links are the filters of the stream's kind.
func (p *playing[T]) links() (links []host.Link) {
	p.accounts = make(map[string]*account)
	for _, a := range p.live.accounts {
		if a.Kind != p.stream.kind {
			continue
		}
		id := strconv.Itoa(len(links))
		p.accounts[id] = a
		p.stream.ahead += a.LookAhead
		links = append(links, host.Link{ID: id, Bound: a.Bound})
	}
	return links
}

func (p *playing[T]) open(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[T], error) {
	return p.stream.medium.open(ctx, b, observe)
}

func (p *playing[T]) observe(link string, o models.Observation) {
	a := p.accounts[link]
	a.observed()
	if p.live.options.Observe != nil {
		p.live.options.Observe(a.Name, o)
	}
}

// out hands a result to the writer.
func (p *playing[T]) out(x T) {
	s := p.stream
	at := s.medium.Captured(x)
	write := func() error {
		defer s.medium.Release(x)
		end := capture.Time(p.limit.Load())
		if s.kind != models.KindAudio && (at <= s.stamp || end > 0 && at > end) {
			return nil
		}
		s.stamp = at
		s.done++
		return s.put(x)
	}
	select {
	case p.live.results <- write:
	default:
		p.live.dropped.Add(1)
		s.medium.Release(x)
	}
}

// opened waits until all filters are.
func (p *playing[T]) opened(ctx context.Context, want int) error {
	ticker := time.NewTicker(readyEvery)
	defer ticker.Stop()
	for {
		running := 0
		for _, s := range p.chain.Stats().Links {
			if s.Error != "" {
				return fmt.Errorf("open %s: %s", s.Filter, s.Error)
			}
			if s.State == host.Running {
				running++
			}
		}
		if running == want {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// feed gives the chain every frame when it is due, and waits for what is still to
// come out.
func (p *playing[T]) feed(ctx context.Context) error {
	s := p.stream
	timer := time.NewTimer(0)
	defer timer.Stop()
	wait := func(until time.Time) bool {
		timer.Reset(time.Until(until))
		select {
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for ctx.Err() == nil {
		in, err := s.supply.next(false)
		if errors.Is(err, io.EOF) {
			wait(time.Now().Add(p.chain.Stats().Delay + settling))
			return nil
		}
		if err != nil {
			return err
		}
		if s.ended {
			p.limit.Store(int64(s.end))
		}
		at := s.medium.Captured(in)
		if !wait(p.live.began.Add(at.Sub(clip.Start))) {
			s.medium.Release(in)
			return nil
		}
		p.chain.Put(in)
		if p.live.options.Progress != nil {
			p.live.options.Progress(at.Sub(clip.Start))
		}
	}
	return nil
}

// amend completes the report by what the host counted.
func (p *playing[T]) amend(r *Report) {
	defer r.shares()
	for _, l := range p.stats.Links {
		for i := range r.Filters {
			f := &r.Filters[i]
			if p.accounts[l.ID] != p.live.accounts[i] {
				continue
			}
			f.Frames, f.Late, f.Errors, f.Restarts = int(l.Frames), int(l.Late), int(l.Errors), l.Restarts
			f.MeanMS, f.MaxMS, f.FirstError = ms(l.Mean()), ms(l.Longest), l.Error
		}
	}
	if n := p.stats.Overrun; n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%s: %d frames were dropped, as newer ones came", p.stream.kind, n))
	}
}
