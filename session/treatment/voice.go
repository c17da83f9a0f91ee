package treatment

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/voice"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// maxLost is how many packets that did not come are continued: after a fifth of a
// second nothing is left to continue, and silence follows.
const maxLost = 10

// Voice is a voice on its way through filters. Run owns it; Set, Reload and Stats
// may be called from any goroutine.
type Voice struct {
	config  Config[capture.Sound]
	chain   *host.Chain[capture.Sound]
	queue   *capture.SoundQueue // from the chain to the encoder
	track   *voice.Track
	relay   *fanout.Relay
	ready   readiness
	delays  delays
	lost    atomic.Uint64
	decoder *opus.Decoder
	stamps  stamps
	cutter  cutter
}

// NewVoice makes a treatment whose chain is empty.
func NewVoice(config Config[capture.Sound]) (_ *Voice, err error) {
	if !config.complete() {
		return nil, errConfig
	}
	v := &Voice{config: config, queue: capture.NewSoundQueue(), ready: readiness{tell: config.Ready}, stamps: stamps{rate: capture.SampleRate}}
	v.chain, err = host.NewAudio(host.Config[capture.Sound]{
		Name: config.Name, Open: config.Open, Out: v.queue.Put, Observe: config.Observe, Log: config.Log,
	})
	if err != nil {
		return nil, err
	}
	v.cutter.out = v.chain.Put
	if v.relay, err = fanout.NewRelay(fanout.RelayConfig{Kind: fanout.Audio}); err != nil {
		return nil, err
	}
	if v.decoder, err = opus.NewDecoder(1); err != nil {
		return nil, err
	}
	if v.track, err = voice.NewTrack(voice.TrackOptions{Microphone: v.queue, Sink: v, Loss: v.relay.Loss, Log: config.Log}); err != nil {
		return nil, errors.Join(err, v.decoder.Close())
	}
	return v, nil
}

// Set says what the chain should be; see host.Chain.
func (v *Voice) Set(links []host.Link) error { return v.chain.Set(links) }

// Reload opens a link's filter anew.
func (v *Voice) Reload(id string) { v.chain.Reload(id) }

// Relay is where the filtered voice comes out.
func (v *Voice) Relay() *fanout.Relay { return v.relay }

// Stats returns the counts.
func (v *Voice) Stats() Stats {
	return Stats{Stats: v.chain.Stats(), Lost: v.lost.Load(), Way: v.Way()}
}

// Way is by how much content leaves later than it came, smoothed.
func (v *Voice) Way() time.Duration { return time.Duration(v.delays.mean.Load()) }

// Run filters until the context or the source ends (nil), or something fails that
// cannot be gone on without. It may be called once.
func (v *Voice) Run(ctx context.Context) error {
	defer func() { _ = v.decoder.Close() }() // frees memory, nothing can fail
	err := together(ctx, v.chain.Run, v.relay.Run, v.track.Run, v.listen)
	if err != nil {
		return fmt.Errorf("filter %s: %w", v.config.Name, err)
	}
	return nil
}

// Packet implements voice.Sink.
func (v *Voice) Packet(p voice.Packet) {
	if err := v.relay.Write(p.Data, p.Timestamp, p.Begins, int(p.Level), p.Voice); err != nil {
		return // the relay has ended, and so does the treatment
	}
	v.delays.left(p.Captured)
	v.ready.now(v.relay)
}

// listen decodes what comes.
func (v *Voice) listen(ctx context.Context) error {
	length := capture.SoundSamples
	return v.config.Source.Listen(ctx, func(h fanout.Heard) error {
		now := time.Now()
		captured := v.stamps.at(h.Timestamp, v.config.Clock.Now())
		v.lost.Add(uint64(h.Lost))
		for ahead := min(h.Lost, maxLost); ahead > 0; ahead-- {
			samples, err := v.continued(h.Payload, ahead, length)
			if err != nil {
				return err
			}
			v.cutter.take(captured.Add(-time.Duration(ahead*length)*time.Second/capture.SampleRate), samples)
		}
		samples, err := v.decoder.Decode(h.Payload)
		if errors.Is(err, opus.ErrPacket) {
			v.lost.Add(1)
			samples, err = v.decoder.DecodePLC(length)
		}
		if err != nil {
			return err
		}
		length = len(samples)
		v.delays.arrived(captured, now)
		v.cutter.take(captured, samples)
		return nil
	})
}

// continued is the sound of a packet that did not come, so many before the one that
// did: which may repeat the one before it.
func (v *Voice) continued(next []byte, ahead, length int) ([]float32, error) {
	if ahead == 1 {
		if samples, err := v.decoder.DecodeFEC(next, length); !errors.Is(err, opus.ErrPacket) {
			return samples, err
		}
	}
	return v.decoder.DecodePLC(length)
}

// cutter makes stretches of packets of any length.
type cutter struct {
	out  func(capture.Sound)
	from capture.Time
	rest []float32 // less than a stretch
}

// take takes the samples of one packet, which it copies.
func (c *cutter) take(captured capture.Time, samples []float32) {
	due := c.from.Add(time.Duration(len(c.rest)) * time.Second / capture.SampleRate)
	if len(c.rest) == 0 || captured.Sub(due).Abs() > capture.SoundLength/2 {
		c.rest, c.from = c.rest[:0], captured // what was left of the last stretch is less than one
	}
	c.rest = append(c.rest, samples...)
	for len(c.rest) >= capture.SoundSamples {
		s := capture.Sound{Captured: c.from, Samples: make([]float32, capture.SoundSamples)}
		for i, x := range c.rest[:capture.SoundSamples] {
			s.Samples[i] = max(-1, min(1, x)) // a decoder may overshoot
		}
		c.rest = c.rest[:copy(c.rest, c.rest[capture.SoundSamples:])]
		c.from = c.from.Add(capture.SoundLength)
		c.out(s)
	}
}
