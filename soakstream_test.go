//go:build soak

package main

import (
	"context"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/models/scene"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/treatment"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// soaked is one of the four streams, as the script sees it.
type soaked struct {
	name string
	// base is what its chain is between events, tuned other values of its first
	// filter, and added what comes behind it for a while.
	base  models.Bound
	tuned models.Values
	added []models.Bound
	set   func([]host.Link) error
	swap  func(id string)
	stats func() host.Stats
	late  func() time.Duration // by how much content leaves later than it came
}

// links are the base, with values, and what is added.
func (s *soaked) links(v models.Values, added []models.Bound) []host.Link {
	base := s.base
	base.Values = v
	links := []host.Link{{ID: "base", Bound: base}}
	for i, b := range added {
		links = append(links, host.Link{ID: "added" + string(rune('0'+i)), Bound: b})
	}
	return links
}

// soakLoop is how many packets of a stream are made, and sent again and again.
const soakLoop = 100

// paced calls at each tick until the context ends.
func paced(ctx context.Context, every time.Duration, each func(n int) error) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ticker.C:
			if err := each(n); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// voice is a microphone on its way through filters.
func (k *soak) voice(name string) *treatment.Voice {
	k.t.Helper()
	source, err := fanout.NewRelay(fanout.RelayConfig{Kind: fanout.Audio})
	if err != nil {
		k.t.Fatal(err)
	}
	packets := voicePackets(k.t)
	v, err := treatment.NewVoice(treatment.Config[capture.Sound]{
		Name: name, Source: source, Open: k.open.Audio, Ready: func(*fanout.Relay) {}, Clock: k.clock, Log: k.log,
	})
	if err != nil {
		k.t.Fatal(err)
	}
	k.parts.run(source.Run)
	k.parts.run(v.Run)
	k.parts.run(func(ctx context.Context) error {
		return paced(ctx, capture.SoundLength, func(n int) error {
			return source.Write(packets[n%len(packets)], uint32(n)*capture.SoundSamples, n == 0, 30, true)
		})
	})
	return v
}

func voicePackets(t *testing.T) (packets [][]byte) {
	t.Helper()
	encoder, err := opus.NewEncoder(opus.Voice())
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	for n := range soakLoop {
		data, err := encoder.Encode(scene.Sound(n).Samples)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, append([]byte(nil), data...))
	}
	return packets
}

// soakRate is how many pictures come a second.
const soakRate = 30

// camera is a webcam on its way through filters.
func (k *soak) camera(name string) *treatment.Picture {
	k.t.Helper()
	source, err := fanout.NewRelay(fanout.RelayConfig{Kind: fanout.Video})
	if err != nil {
		k.t.Fatal(err)
	}
	type packet struct {
		data []byte
		key  bool
	}
	var packets []packet
	encoder, err := vpx.NewEncoder(640, 360, 800_000)
	if err != nil {
		k.t.Fatal(err)
	}
	for n := range soakLoop {
		f := scene.Picture(n, 640, 360)
		made, err := encoder.Encode(f.Colour, int64(n)*90_000/soakRate, n == 0)
		if err != nil {
			k.t.Fatal(err)
		}
		packets = append(packets, packet{append([]byte(nil), made.Data...), made.Key})
		f.Release()
	}
	if err := encoder.Close(); err != nil {
		k.t.Fatal(err)
	}
	p, err := treatment.NewPicture(treatment.Config[*capture.Frame]{
		Name: name, Source: source, Open: k.open.Video, Ready: func(*fanout.Relay) {}, Clock: k.clock, Log: k.log,
	}, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	k.parts.run(source.Run)
	k.parts.run(p.Run)
	k.parts.run(func(ctx context.Context) error {
		return paced(ctx, time.Second/soakRate, func(n int) error {
			p := packets[n%len(packets)]
			return source.WritePicture(p.data, uint32(n)*90_000/soakRate, p.key)
		})
	})
	return p
}

// rigSets is a small rig at its pace.
type rigSets struct {
	sets   []*capture.FrameSet
	ticker *time.Ticker
	clock  *capture.Clock
	count  int
}

// Next implements multiview.Sets.
func (r *rigSets) Next(ctx context.Context) (*capture.FrameSet, error) {
	select {
	case <-r.ticker.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.count++
	now := r.clock.Now()
	var frames []*capture.Frame
	for _, of := range r.sets[r.count%len(r.sets)].Frames {
		f := capture.NewFrame(nil)
		f.Camera, f.Sequence, f.Captured, f.Emitted, f.Colour, f.Depth = of.Camera, uint64(r.count), now, now, of.Colour, of.Depth
		frames = append(frames, f)
	}
	return capture.NewFrameSet(uint64(r.count), now, frames), nil
}

// rig is a rig on its way through filters, as a node has it.
func (k *soak) rig() *rigFilters {
	k.t.Helper()
	rig := scene.Rig()
	sets := &rigSets{ticker: time.NewTicker(time.Second / soakRate), clock: k.clock}
	for n := range soakLoop / 2 {
		sets.sets = append(sets.sets, scene.Set(rig, n))
	}
	f, err := newRigFilters(rig, sets, nil, k.open, k.log)
	if err != nil {
		k.t.Fatal(err)
	}
	k.parts.run(func(ctx context.Context) error {
		defer sets.ticker.Stop()
		return f.Run(ctx)
	})
	k.parts.run(func(ctx context.Context) error { // the renderer
		for {
			s, err := f.Next(ctx)
			if err != nil {
				return nil // it ends with all
			}
			s.Release()
		}
	})
	return f
}

// streams starts the four.
func (k *soak) streams() []*soaked {
	k.t.Helper()
	denoised, watched, matted, rig := k.voice("denoised"), k.voice("watched"), k.camera("matted"), k.rig()
	voice := func(name string, v *treatment.Voice, base string, tuned map[string]any) *soaked {
		return &soaked{
			name: name, base: k.bound(base, nil), tuned: k.bound(base, tuned).Values, added: []models.Bound{k.bound("gain", map[string]any{"gain": -6.0})},
			set: v.Set, swap: v.Reload, stats: func() host.Stats { return v.Stats().Stats }, late: func() time.Duration { return v.Stats().Way },
		}
	}
	return []*soaked{
		voice("denoise", denoised, "denoise", map[string]any{"strength": 0.5}),
		voice("vad", watched, "vad", map[string]any{"threshold": 0.3}),
		{
			name: "matte", base: k.bound("matte", nil), tuned: k.bound("matte", map[string]any{"mode": "replace"}).Values,
			added: []models.Bound{k.bound("grade", map[string]any{"warmth": 0.3})},
			set:   matted.Set, swap: matted.Reload, stats: func() host.Stats { return matted.Stats().Stats }, late: func() time.Duration { return matted.Stats().Way },
		},
		{
			name: "landmarks", base: k.bound("landmarks", nil), tuned: k.bound("landmarks", map[string]any{"rate": 5.0}).Values,
			added: nil, // there is no other filter of rigs
			set:   func(l []host.Link) error { rig.set(session.View, l); return nil },
			swap:  rig.views.Reload, stats: rig.views.Stats, late: func() time.Duration { return rig.views.Stats().Delay },
		},
	}
}

// bound is a filter with some parameters.
func (k *soak) bound(name string, values map[string]any) models.Bound {
	k.t.Helper()
	d, err := k.known.Find(name)
	if err != nil {
		k.t.Fatal(err)
	}
	v, err := d.Parameters.Defaults().With(values)
	if err != nil {
		k.t.Fatal(err)
	}
	return models.Bound{Definition: d, Values: v}
}
