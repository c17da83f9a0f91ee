package voice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// Microphone is where a track's sound comes from, such as a capture.SoundQueue.
type Microphone interface {
	// Next waits for the next stretch. It returns io.EOF after the last one.
	Next(ctx context.Context) (capture.Sound, error)
}

// Sink takes a track's packets.
type Sink interface {
	// Packet does not block.
	Packet(Packet)
}

// Packet is 20 ms of one voice.
type Packet struct {
	Data      []byte       // Opus; immutable, whoever has it may keep it
	Captured  capture.Time // of the first sample that it decodes to: before the sound's by the codec's 6.5 ms
	Timestamp uint32       // of RTP, in samples of 48 kHz; starts at 0
	Level     uint8        // as of RFC 6464, 0 to 127
	Voice     bool         // rather than noise
	Begins    bool         // the first one, or after a gap: RTP's marker (RFC 3551 section 4.1)
}

// TrackOptions say what a track encodes.
type TrackOptions struct {
	Microphone Microphone
	Sink       Sink
	Encoding   opus.Options // of one channel; the zero value is opus.Voice
	// Loss is which share of the packets is lost on the way to whoever gets the
	// least, 0 to 1, and asked once a second: each packet repeats the one before it
	// as far as that asks for. nil: Encoding.ExpectedLoss.
	Loss func() float64
	Log  *slog.Logger // nil discards
}

// lossEvery is after how many packets the loss is asked for.
const lossEvery = 50

// Track encodes a microphone.
type Track struct {
	options TrackOptions
	encoder *opus.Encoder
	delay   time.Duration // of the codec
	started atomic.Bool
	packets atomic.Uint64
	gaps    atomic.Uint64

	// Owned by Run.
	loss  int // percent, that the encoder is ready for
	time  trackTime
	voice activity
}

// TrackStats are counts since the track's beginning.
type TrackStats struct {
	Packets uint64
	Gaps    uint64 // where sound was lost before it came here
}

// NewTrack opens the encoder; Run frees it.
func NewTrack(o TrackOptions) (*Track, error) {
	if o.Microphone == nil || o.Sink == nil {
		return nil, errors.New("encode microphone: no microphone or no sink")
	}
	if o.Encoding == (opus.Options{}) {
		o.Encoding = opus.Voice()
	}
	if o.Encoding.Channels != 1 {
		return nil, fmt.Errorf("encode microphone: %d channels: captured sound has one", o.Encoding.Channels)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	encoder, err := opus.NewEncoder(o.Encoding)
	if err != nil {
		return nil, fmt.Errorf("encode microphone: %w", err)
	}
	delay := time.Duration(encoder.Delay()) * time.Second / capture.SampleRate
	return &Track{options: o, encoder: encoder, delay: delay, loss: o.Encoding.ExpectedLoss}, nil
}

// Run encodes until the context ends or the microphone does (nil), or until
// it gives what is no sound (an error). It may be called once.
func (t *Track) Run(ctx context.Context) error {
	if t.started.Swap(true) {
		return errors.New("encode microphone: run called twice")
	}
	defer func() { _ = t.encoder.Close() }() // frees memory, nothing can fail
	t.options.Log.Info("a microphone is being encoded", "bitrate", t.options.Encoding.Bitrate)
	reason := "its source has ended"
	for {
		sound, err := t.options.Microphone.Next(ctx)
		if err == nil {
			err = t.encode(sound)
		}
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			reason, err = "the track was stopped", nil
		case errors.Is(err, io.EOF):
			err = nil
		default:
			reason = err.Error()
		}
		t.options.Log.Info("a microphone is no longer encoded", "reason", reason, "packets", t.packets.Load(), "gaps", t.gaps.Load())
		return err
	}
}

func (t *Track) encode(s capture.Sound) error {
	if err := s.Validate(); err != nil {
		return fmt.Errorf("encode microphone: %w", err)
	}
	if err := t.prepare(); err != nil {
		return fmt.Errorf("encode microphone: %w", err)
	}
	data, err := t.encoder.Encode(s.Samples)
	if err != nil {
		return fmt.Errorf("encode microphone: %w", err)
	}
	stamp, begins := t.time.next(s.Captured)
	if begins && t.packets.Load() > 0 {
		t.gaps.Add(1)
	}
	level := Level(s.Samples)
	t.options.Sink.Packet(Packet{
		Data: slices.Clone(data), Captured: s.Captured.Add(-t.delay), Timestamp: stamp,
		Level: level, Voice: t.voice.voice(level), Begins: begins,
	})
	t.packets.Add(1)
	return nil
}

// prepare makes the encoder ready for the loss of late. It is never ready for less
// than it was opened for.
func (t *Track) prepare() error {
	if t.options.Loss == nil || t.packets.Load()%lossEvery != 0 {
		return nil
	}
	percent := max(t.options.Encoding.ExpectedLoss, int(math.Ceil(100*min(t.options.Loss(), 1))))
	if percent == t.loss {
		return nil
	}
	t.loss = percent
	return t.encoder.SetExpectedLoss(percent)
}

// Stats may be called at any time, from any goroutine.
func (t *Track) Stats() TrackStats {
	return TrackStats{Packets: t.packets.Load(), Gaps: t.gaps.Load()}
}

// trackTime makes RTP's timestamps: they count samples, and follow the capture
// instants where these leave the count by more than slack. Below it is jitter
// of stamps, or a sound card's clock that drifts.
type trackTime struct {
	begun  bool
	due    capture.Time // of the next stretch, by count
	sample uint32       // the next timestamp
}

const slack = capture.SoundLength / 2

// next returns the timestamp of a stretch and whether it begins anew.
func (t *trackTime) next(captured capture.Time) (stamp uint32, begins bool) {
	late := captured.Sub(t.due)
	if !t.begun || late.Abs() > slack {
		begins = true
		if t.begun && late > 0 { // time that ran back leaves the count as it is
			t.sample += uint32(int64(math.Round(late.Seconds() * capture.SampleRate)))
		}
		t.begun, t.due = true, captured
	}
	stamp = t.sample
	t.due = t.due.Add(capture.SoundLength)
	t.sample += capture.SoundSamples
	return stamp, begins
}
