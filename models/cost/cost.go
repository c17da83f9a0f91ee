package cost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// Rounds is how often each comparison is made.
const Rounds = 5

// Bounds of the design.
const (
	MostIdle     = 150.0 // microseconds
	MostOverhead = 1.05
)

// Opener opens filters as a room does.
type Opener interface {
	Audio(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error)
	Video(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error)
	RGBD(ctx context.Context, rig capture.Rig, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error)
}

// Options say what is measured. All but Progress are needed.
type Options struct {
	Table  models.Table
	Opener Opener
	// Inside opens a filter of pictures in this process.
	Inside func(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error)
	// Net opens matte's network.
	Net      func() (Net, error)
	Progress func(done, total int)
	Log      *slog.Logger
}

// Net is a network that is open.
type Net interface {
	segment.Net
	io.Closer
}

// Report is what was measured.
type Report struct {
	Idle
	// OverheadRatio is Overhead's Host by its Direct: 1 where the host adds nothing.
	// 0: it could not be measured.
	OverheadRatio float64   `json:"overhead_ratio,omitempty"`
	Overhead      *Overhead `json:"overhead,omitempty"`
	Filters       []Filter  `json:"filters"`
}

// measurement is one run of all.
type measurement struct {
	opener Opener
	direct opens
	loop   *loop
	log    *slog.Logger
	step   func() // something more is done
}

// compared is the filter of which the host's overhead is measured.
const compared = "matte"

// Measure measures everything, which takes a minute or so. Where only some of it
// could be measured, it returns that, and an error that says what is missing.
func Measure(ctx context.Context, o Options) (Report, error) {
	if o.Opener == nil || o.Inside == nil || o.Net == nil || o.Log == nil {
		return Report{}, errors.New("measure filters: openers, network and log are needed")
	}
	done, total := 0, Rounds+Rounds+1+1+len(o.Table)
	m := &measurement{opener: o.Opener, direct: o.Inside, loop: newLoop(), log: o.Log, step: func() {
		if done++; o.Progress != nil {
			o.Progress(done, total)
		}
	}}
	var r Report
	var err error
	if r.Idle, err = m.idle(ctx); err != nil {
		return r, fmt.Errorf("measure a filter that does nothing: %w", err)
	}
	missing := m.compare(ctx, o, &r)
	for _, d := range o.Table {
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		r.Filters = append(r.Filters, m.filter(ctx, d))
		m.step()
	}
	return r, errors.Join(missing, ctx.Err())
}

// compare measures what the host adds to a model.
func (m *measurement) compare(ctx context.Context, o Options, r *Report) error {
	d, err := o.Table.Find(compared)
	if err != nil {
		return err
	}
	made, ratio, err := m.overhead(ctx, d)
	if err == nil {
		err = m.net(ctx, o.Net, &made)
	}
	if err != nil {
		return fmt.Errorf("measure what the host adds: %w", err)
	}
	r.Overhead, r.OverheadRatio = &made, ratio
	return nil
}
