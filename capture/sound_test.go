package capture_test

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// sound is the nth stretch.
func sound(n int) capture.Sound {
	return capture.Sound{Captured: capture.Time(1e9).Add(time.Duration(n) * capture.SoundLength), Samples: make([]float32, capture.SoundSamples)}
}

func TestSoundValidate(t *testing.T) {
	if err := sound(0).Validate(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*capture.Sound){
		"short":       func(s *capture.Sound) { s.Samples = s.Samples[1:] },
		"empty":       func(s *capture.Sound) { s.Samples = nil },
		"no stamp":    func(s *capture.Sound) { s.Captured = 0 },
		"loud":        func(s *capture.Sound) { s.Samples[5] = -1.01 },
		"not numbers": func(s *capture.Sound) { s.Samples[959] = float32(math.NaN()) },
	} {
		s := sound(0)
		spoil(&s)
		if s.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A full queue loses its oldest stretches, counts them, and keeps the order.
func TestSoundQueueDropsTheOldest(t *testing.T) {
	q := capture.NewSoundQueue()
	const n = 40
	for i := range n {
		q.Put(sound(i))
	}
	q.End()
	q.End()
	q.Put(sound(n)) // nobody reads it
	dropped := int(q.Dropped())
	if dropped == 0 || dropped >= n {
		t.Fatalf("%d of %d dropped", dropped, n)
	}
	for i := dropped; i < n; i++ {
		s, err := q.Next(t.Context())
		if err != nil || s.Captured != sound(i).Captured {
			t.Fatalf("stretch %d: %v, %v", i, s.Captured, err)
		}
	}
	if _, err := q.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

func TestSoundQueueEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := capture.NewSoundQueue().Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Several sources at once: nothing is lost uncounted.
func TestSoundQueueCounts(t *testing.T) {
	q := capture.NewSoundQueue()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range 500 {
				q.Put(sound(i))
			}
		})
	}
	go func() { wait.Wait(); q.End() }() // ends before the loop below does
	got := 0
	for {
		if _, err := q.Next(t.Context()); err != nil {
			break
		}
		got++
	}
	if got+int(q.Dropped()) != 2000 {
		t.Errorf("%d read and %d dropped of 2000", got, q.Dropped())
	}
}
