package capture

import (
	"context"
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// SampleRate is the only one the project uses, in Hz.
const SampleRate = 48000

// Sound of a source comes in stretches of this length.
const (
	SoundLength  = 20 * time.Millisecond
	SoundSamples = SampleRate / 50
)

// Sound is a stretch of mono audio at 48 kHz. It is immutable and not pooled:
// a stretch is 4 kB, fifty times a second.
type Sound struct {
	Captured Time      // instant of the first sample, on the clock of the frames
	Samples  []float32 // -1 to 1; SoundSamples of them from a Source
}

// Validate refuses another length than SoundSamples, a missing stamp and
// samples that are no numbers from -1 to 1.
func (s Sound) Validate() error {
	if len(s.Samples) != SoundSamples {
		return fmt.Errorf("sound has %d samples, want %d", len(s.Samples), SoundSamples)
	}
	if s.Captured <= 0 {
		return fmt.Errorf("sound is captured at %d", s.Captured)
	}
	for i, x := range s.Samples {
		if !(math.Abs(float64(x)) <= 1) {
			return fmt.Errorf("sample %d of the sound is %v, outside -1 to 1", i, x)
		}
	}
	return nil
}

// queuedSounds is how many stretches wait in a SoundQueue: half a second,
// above which a conversation is no longer one.
const queuedSounds = 25

// SoundQueue hands sound from a source, which may not wait, to one reader.
// When it is full the oldest stretch is dropped and counted; the reader sees
// the gap in the stamps. Make one with NewSoundQueue.
type SoundQueue struct {
	queue   chan Sound
	dropped atomic.Uint64
	once    sync.Once
	ended   chan struct{}
}

// NewSoundQueue returns an empty queue.
func NewSoundQueue() *SoundQueue {
	return &SoundQueue{queue: make(chan Sound, queuedSounds), ended: make(chan struct{})}
}

// Put adds a stretch; it does not block. It may be called from several
// goroutines, and after End, when it does nothing.
func (q *SoundQueue) Put(s Sound) {
	select {
	case <-q.ended:
		return
	default:
	}
	for {
		select {
		case q.queue <- s:
			return
		default:
		}
		select {
		case <-q.queue:
			q.dropped.Add(1)
		default:
		}
	}
}

// Next returns the oldest stretch, and waits for one. After End and the last
// stretch it returns io.EOF; where the context ends first, its error.
func (q *SoundQueue) Next(ctx context.Context) (Sound, error) {
	select {
	case s := <-q.queue:
		return s, nil
	case <-ctx.Done():
		return Sound{}, ctx.Err()
	case <-q.ended:
	}
	select {
	case s := <-q.queue:
		return s, nil
	default:
		return Sound{}, io.EOF
	}
}

// End says that no more sound comes. Ending it again does nothing.
func (q *SoundQueue) End() { q.once.Do(func() { close(q.ended) }) }

// Dropped is how many stretches were dropped.
func (q *SoundQueue) Dropped() uint64 { return q.dropped.Load() }
