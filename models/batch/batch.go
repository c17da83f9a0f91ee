package batch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
)

// Opener opens filters. observe takes what one observes, during Process alone.
type Opener interface {
	Audio(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error)
	Video(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error)
	RGBD(ctx context.Context, rig capture.Rig, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.FrameSet], error)
}

// Options say how a chain is run. Opener is needed where there are filters.
type Options struct {
	Opener Opener
	// Observe, which may be nil, takes what filters observe.
	Observe func(filter string, o models.Observation)
	// Progress, which may be nil, is told how much of the clip is done.
	Progress func(done time.Duration)
}

// Run runs a chain over a clip: the filters of each kind over the stream of
// theirs, in their order. to, which may be nil, gets the result; Run closes
// neither. Where the context ends, the report is of what was done until then.
func Run(ctx context.Context, from *clip.Clip, chain []models.Bound, to clip.Writer, o Options) (Report, error) {
	r, err := lay(from, chain, to, o)
	if err != nil {
		return Report{}, err
	}
	began := time.Now()
	for _, l := range r.lanes {
		if err == nil {
			err = l.open(ctx, r.accounts, r.options)
		}
	}
	opened := time.Since(began)
	began = time.Now()
	if err == nil {
		err = r.work(ctx)
	}
	report := r.report(opened, time.Since(began))
	report.note(ctx, from)
	for _, l := range r.lanes {
		err = errors.Join(err, l.close())
	}
	if err == nil {
		err = r.useless()
	}
	return report, err
}

// run is one run.
type run struct {
	options  Options
	accounts []*account
	lanes    []lane
}

// lay makes a lane of each stream, and checks that each filter has one.
func lay(from *clip.Clip, chain []models.Bound, to clip.Writer, o Options) (*run, error) {
	r := &run{options: o}
	has := make(map[models.Kind]bool)
	if from.Sounds != nil {
		p := &placing{total: from.Samples, put: func(capture.Sound) error { return nil }}
		if to != nil {
			p.put = to.Sound
		}
		r.lanes = append(r.lanes, newStream(models.KindAudio, voice{opener: o.Opener}, from.Sounds, p.place, capture.SoundLength))
		has[models.KindAudio] = true
	}
	if from.Frames != nil {
		put := func(*capture.Frame) error { return nil }
		if to != nil {
			put = to.Frame
		}
		r.lanes = append(r.lanes, newStream(models.KindVideo, pictures{opener: o.Opener}, from.Frames, put, period(from)))
		has[models.KindVideo] = true
	}
	if from.Sets != nil {
		put := func(*capture.FrameSet) error { return nil }
		if to != nil {
			put = to.Set
		}
		r.lanes = append(r.lanes, newStream(models.KindRGBD, sets{opener: o.Opener, rig: *from.Info.Rig}, from.Sets, put, period(from)))
		has[models.KindRGBD] = true
	}
	what := map[models.Kind]string{models.KindAudio: "sound", models.KindVideo: "pictures", models.KindRGBD: "frame sets of a rig"}
	for _, b := range chain {
		if !has[b.Kind] {
			return nil, fmt.Errorf("%s filters %s, and %s has none", b.Name, what[b.Kind], from.Info.Path)
		}
		r.accounts = append(r.accounts, &account{Bound: b})
	}
	return r, nil
}

// period is from picture to picture, or from set to set.
func period(c *clip.Clip) time.Duration {
	rate := 30.
	if p := c.Info.Pictures; p != nil && p.Rate > 0 {
		rate = p.Rate
	}
	if c.Info.Rig != nil {
		rate = c.Info.Rig.Rate
	}
	return time.Duration(float64(time.Second) / rate)
}

// work hands on the results of all streams, the earliest first.
func (r *run) work(ctx context.Context) error {
	for {
		var best lane
		var earliest capture.Time
		for _, l := range r.lanes {
			at, ok, err := l.next(ctx)
			if err != nil {
				if ctx.Err() != nil {
					return ctx.Err() // its child processes end with it
				}
				return err
			}
			if ok && (best == nil || at < earliest) {
				best, earliest = l, at
			}
		}
		if best == nil {
			return nil
		}
		if err := best.write(); err != nil {
			return err
		}
		if r.options.Progress != nil {
			r.options.Progress(earliest.Sub(clip.Start))
		}
	}
}

// useless says of a filter that failed at every frame that it did.
func (r *run) useless() error {
	for _, a := range r.accounts {
		if n := len(a.took); n > 0 && a.errors == n {
			return fmt.Errorf("filter %s failed at every frame: %w", a.Name, a.first)
		}
	}
	return nil
}

func seconds(at capture.Time) float64 { return at.Sub(clip.Start).Seconds() }
