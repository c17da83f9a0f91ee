package room_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// heard is how a time of a talk sounds at the other end.
type heard struct {
	Frames, Played, Repaired, MadeUp int
	Hole                             time.Duration // the longest that was made up
	Intelligibility                  float64
}

// play decodes what came in time as a browser does: what is lost is taken from
// the packet after it, where that repeats it, or made up.
func (s *sense) play(t *testing.T, from, to time.Time) (h heard) {
	t.Helper()
	late, _, _ := s.latencies(from, to)
	if len(late) == 0 {
		return h
	}
	deadline := late[len(late)/4] + buffered // what is earlier still, was on its way in a stall
	inTime := func(i int) bool {
		at, came := s.sounds[i]
		return came && s.of.stalls.without(s.of.due(i), at) <= deadline
	}
	s.of.mu.Lock()
	frames := slices.Clone(s.of.frames)
	s.of.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	clean, damaged := newDecoder(t), newDecoder(t)
	var said, out []float32
	hole := time.Duration(0)
	for i := s.of.at(from); i < s.of.at(to); i++ {
		said = append(said, clean(frames[i], false)...)
		h.Frames++
		switch {
		case inTime(i):
			h.Played++
			out = append(out, damaged(frames[i], false)...)
		case inTime(i+1) && repeats(frames[i+1]):
			h.Repaired++
			out = append(out, damaged(frames[i+1], true)...)
		default:
			h.MadeUp++
			out = append(out, damaged(nil, true)...)
			hole += frameTime
			h.Hole = max(h.Hole, hole)
			continue
		}
		hole = 0
	}
	h.Intelligibility = intelligibility(said, out)
	return h
}

// repeats says whether a packet of 20 ms of one channel has the frame before it
// too: the flag of SILK's LBRR frames (RFC 6716 section 4.2.4).
func repeats(packet []byte) bool {
	const celt, alone = 16, 0
	return len(packet) > 1 && packet[0]>>3 < celt && packet[0]&3 == alone && packet[1]&0x40 != 0
}

// newDecoder decodes packets; again takes what one repeats of the one before,
// and makes up a frame of nil.
func newDecoder(t *testing.T) func(packet []byte, again bool) []float32 {
	t.Helper()
	d, err := opus.NewDecoder(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return func(packet []byte, again bool) []float32 {
		var out []float32
		switch {
		case packet == nil:
			out, err = d.DecodePLC(opus.FrameSamples)
		case again:
			out, err = d.DecodeFEC(packet, opus.FrameSamples)
		default:
			out, err = d.Decode(packet)
		}
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(out)
	}
}

// stalls are times in which this machine did other work: what was on its way
// meanwhile is late for no fault of the network.
type stalls struct {
	mu   sync.Mutex
	past []phase
}

func (s *stalls) run(ctx context.Context) error {
	const every, much = 5 * time.Millisecond, 20 * time.Millisecond
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
		now := time.Now()
		if now.Sub(last) > much {
			s.mu.Lock()
			s.past = append(s.past, phase{last.Add(every), now})
			s.mu.Unlock()
		}
		last = now
	}
}

// without is a time without the stalls in it.
func (s *stalls) without(from, to time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := to.Sub(from)
	for _, p := range s.past {
		begin, end := p.from, p.to
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		d -= max(0, end.Sub(begin))
	}
	return d
}
