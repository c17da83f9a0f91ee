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
	r := &run{options: o, period: time.Second / 30}
	for _, b := range chain {
		r.accounts = append(r.accounts, &account{Bound: b})
	}
	if p := from.Info.Pictures; p != nil && p.Rate > 0 {
		r.period = time.Duration(float64(time.Second) / p.Rate)
	}
	if from.Info.Rig != nil {
		r.period = time.Duration(float64(time.Second) / from.Info.Rig.Rate)
	}
	if err := r.lay(from, to); err != nil {
		return Report{}, err
	}
	began := time.Now()
	err := r.open(ctx)
	opened := time.Since(began)
	began = time.Now()
	if err == nil {
		err = r.work(ctx)
	}
	took := time.Since(began)
	report := r.report(opened, took)
	report.Notes = append(report.Notes, from.Info.Notes...)
	if from.Found != nil && ctx.Err() == nil {
		report.Notes = append(report.Notes, from.Found()...)
	}
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
	period   time.Duration
}

// lay makes a lane of each stream, and checks that each filter has one.
func (r *run) lay(from *clip.Clip, to clip.Writer) error {
	has := make(map[models.Kind]bool)
	if from.Sounds != nil {
		has[models.KindAudio] = true
		p := &placing{total: from.Samples, put: func(capture.Sound) error { return nil }}
		if to != nil {
			p.put = to.Sound
		}
		r.lanes = append(r.lanes, &stream[capture.Sound]{kind: models.KindAudio, medium: voice(r.options.Opener), read: from.Sounds, put: p.place, period: capture.SoundLength})
	}
	if from.Frames != nil {
		has[models.KindVideo] = true
		s := &stream[*capture.Frame]{kind: models.KindVideo, medium: pictures(r.options.Opener), read: from.Frames, put: func(*capture.Frame) error { return nil }, period: r.period}
		if to != nil {
			s.put = to.Frame
		}
		r.lanes = append(r.lanes, s)
	}
	if from.Sets != nil {
		has[models.KindRGBD] = true
		s := &stream[*capture.FrameSet]{kind: models.KindRGBD, medium: sets(r.options.Opener, *from.Info.Rig), read: from.Sets, put: func(*capture.FrameSet) error { return nil }, period: r.period}
		if to != nil {
			s.put = to.Set
		}
		r.lanes = append(r.lanes, s)
	}
	what := map[models.Kind]string{models.KindAudio: "sound", models.KindVideo: "pictures", models.KindRGBD: "frame sets of a rig"}
	for _, a := range r.accounts {
		if !has[a.Kind] {
			return lacking(a, what[a.Kind])
		}
	}
	return nil
}

func (r *run) open(ctx context.Context) error {
	for _, l := range r.lanes {
		if err := l.open(ctx, r.accounts, r.options); err != nil {
			return err
		}
	}
	return nil
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

// lasting is the duration of samples.
func lasting(n int64) time.Duration { return time.Duration(n) * time.Second / capture.SampleRate }

func seconds(at capture.Time) float64 { return at.Sub(clip.Start).Seconds() }
