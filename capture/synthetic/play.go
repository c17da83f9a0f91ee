package synthetic

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Run plays the loop at its rate until the context ends, from the first set
// that is baked on and, while the cache fills, over what is filled.
func (s *Source) Run(ctx context.Context, sink capture.Sink) error {
	if s.ran.Swap(true) {
		return errors.New("run synthetic rig: Run may be called once; open another source")
	}
	if s.closed.Load() {
		return errClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	filled := make(chan error, 1)
	go func() { // ends with the context or the bake; Run receives before it returns
		err := s.fill(ctx)
		if err != nil {
			cancel()
		}
		filled <- err
	}()
	s.play(ctx, sink)
	cancel()
	return <-filled
}

// play hands frames on until the context ends.
func (s *Source) play(ctx context.Context, sink capture.Sink) {
	for {
		n, changed := s.ready.get()
		if n > 0 {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
	p := player{source: s, sink: sink, start: s.clock.Now()}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		now := s.clock.Now()
		p.video(now)
		next := p.at(p.tick)
		if s.options.beeps() {
			p.audio(now)
			next = min(next, p.soundEnd())
		}
		timer.Reset(next.Sub(s.clock.Now()))
	}
}

// player is the state of one Run, owned by its goroutine.
type player struct {
	source *Source
	sink   capture.Sink
	start  capture.Time
	tick   uint64 // the next one to be emitted
	index  int    // in the loop, of the next set
	pulse  bool   // the last set was one of flash and beep
	beep   capture.Time
	sound  uint64 // the next stretch
}

// at is the instant of a tick.
func (p *player) at(tick uint64) capture.Time {
	return p.start + capture.Time(math.Round(float64(tick)*1e9/p.source.options.Rate))
}

// video emits the tick that is due. Where several are, only the newest is;
// the others are dropped as overrun and leave a gap in the sequence.
func (p *player) video(now capture.Time) {
	if now < p.at(p.tick) {
		return
	}
	s := p.source
	for ; p.at(p.tick+1) <= now; p.tick++ {
		for c := range s.rig.Cameras {
			p.sink.Dropped(c, capture.DropOverrun)
		}
		p.advance()
	}
	captured := p.at(p.tick)
	for c := range s.rig.Cameras {
		f := s.store.frame(p.index, c)
		f.Sequence, f.Captured, f.Emitted = p.tick, captured, s.clock.Now()
		p.sink.Frame(f)
	}
	pulse := s.options.pulses(p.index)
	if pulse && !p.pulse {
		p.beep = captured
	}
	p.pulse = pulse
	p.tick++
	p.advance()
}

// advance goes to the next set of what is baked.
func (p *player) advance() {
	n, _ := p.source.ready.get()
	p.index = (p.index + 1) % n
}

const (
	beepHertz  = 1000
	beepLevel  = 0.5
	rampLength = 2 * time.Millisecond
)

// Sound goes out in stretches, each after its end, so that it knows of every
// flash that falls into it.
func (p *player) soundEnd() capture.Time {
	return p.start.Add(time.Duration(p.sound+1) * capture.SoundLength)
}

// audio emits the stretches that are over. None is skipped.
func (p *player) audio(now capture.Time) {
	for p.soundEnd() <= now {
		begin := p.start.Add(time.Duration(p.sound) * capture.SoundLength)
		samples := make([]float32, capture.SoundSamples)
		for i := range samples {
			t := begin.Add(time.Duration(i) * time.Second / capture.SampleRate).Sub(p.beep)
			if p.beep > 0 {
				samples[i] = beep(t)
			}
		}
		p.sink.Sound(capture.Sound{Captured: begin, Samples: samples})
		p.sound++
	}
}

// beep is the tone at a time after its beginning.
func beep(t time.Duration) float32 {
	if t < 0 || t >= pulseLength {
		return 0
	}
	ramp := min(1, float64(min(t, pulseLength-t))/float64(rampLength))
	return float32(beepLevel * ramp * math.Sin(2*math.Pi*beepHertz*t.Seconds()))
}
