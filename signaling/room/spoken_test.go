package room_test

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

const (
	frameTime   = 20 * time.Millisecond // of sound
	pictureTime = 66 * time.Millisecond
	// buffered is how much later than the fastest packet a frame is played: what
	// a browser's jitter buffer grows to on such links.
	buffered = 120 * time.Millisecond
)

// talk is what somebody says and shows, which each frame tells apart: sound by
// its own packet, a picture by its number.
type talk struct {
	begun   time.Time
	encoder *opus.Encoder
	speech  []float32
	stalls  *stalls

	mu       sync.Mutex // guards all below
	loss     float64    // that the node reports, 0 to 1
	speaker  *guest
	frames   [][]byte // Opus, by number
	number   map[string]int
	pictures []time.Time // when each was sent
}

func newTalk(t *testing.T, speech []float32, s *stalls) *talk {
	t.Helper()
	options := opus.Voice()
	options.ExpectedLoss = 0 // until the node says otherwise, as in a browser
	e, err := opus.NewEncoder(options)
	if err != nil {
		t.Fatal(err)
	}
	return &talk{begun: time.Now(), encoder: e, speech: speech, stalls: s, number: make(map[string]int)}
}

// due is when a frame of sound is spoken.
func (k *talk) due(i int) time.Time { return k.begun.Add(time.Duration(i) * frameTime) }

// at is the frame that is spoken at a time.
func (k *talk) at(t time.Time) int { return int(t.Sub(k.begun) / frameTime) }

// from says who publishes it from now on.
func (k *talk) from(g *guest) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.speaker = g
}

// run talks until the context ends.
func (k *talk) run(ctx context.Context) error {
	defer func() { _ = k.encoder.Close() }()
	ticker := time.NewTicker(frameTime / 2)
	defer ticker.Stop()
	for sound, picture := 0, 0; ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
		for ; sound <= k.at(time.Now()); sound++ {
			if err := k.say(sound); err != nil {
				return err
			}
		}
		if time.Since(k.begun) >= time.Duration(picture)*pictureTime {
			k.show(picture)
			picture++
		}
	}
}

func (k *talk) say(i int) error {
	k.mu.Lock()
	speaker, loss := k.speaker, k.loss
	k.mu.Unlock()
	if err := k.encoder.SetExpectedLoss(int(100*loss + 0.5)); err != nil {
		return err
	}
	begin := i % (len(k.speech) / opus.FrameSamples) * opus.FrameSamples
	packet, err := k.encoder.Encode(k.speech[begin : begin+opus.FrameSamples])
	if err != nil {
		return err
	}
	packet = slices.Clone(packet)
	k.mu.Lock()
	k.frames = append(k.frames, packet)
	k.number[string(packet)] = i
	k.mu.Unlock()
	_ = speaker.Play(session.Microphone, packet, frameTime) // fails where they are cut off
	return nil
}

func (k *talk) show(i int) {
	k.mu.Lock()
	speaker := k.speaker
	k.pictures = append(k.pictures, time.Now())
	k.mu.Unlock()
	_ = speaker.Play(session.Camera, binary.BigEndian.AppendUint32(slices.Clone(vp8Frame), uint32(i)), pictureTime)
}

// reported takes what the node says of a source's loss, as the encoder of a
// browser does.
func (k *talk) reported(source session.Source, loss float64) {
	if source == session.Microphone {
		k.mu.Lock()
		k.loss = max(loss, k.loss*0.9)
		k.mu.Unlock()
	}
}

// sense is what one participant gets of a talk: when each frame came first.
type sense struct {
	of *talk

	mu       sync.Mutex // guards all below
	sounds   map[int]time.Time
	pictures map[int]time.Time
}

func newSense(of *talk) *sense {
	return &sense{of: of, sounds: make(map[int]time.Time), pictures: make(map[int]time.Time)}
}

// packet takes a payload of the talk's speaker.
func (s *sense) packet(source string, payload []byte) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if source == string(session.Microphone) {
		s.of.mu.Lock()
		i, known := s.of.number[string(payload)]
		s.of.mu.Unlock()
		if _, before := s.sounds[i]; known && !before {
			s.sounds[i] = now
		}
	} else if n := len(payload) - 4; source == string(session.Camera) && n > 0 {
		if i := int(binary.BigEndian.Uint32(payload[n:])); s.pictures[i].IsZero() {
			s.pictures[i] = now
		}
	}
}

// latencies are those of what was sent in a time, and what share of it came.
func (s *sense) latencies(from, to time.Time) (sound, pictures []time.Duration, share float64) {
	s.of.mu.Lock()
	shown := slices.Clone(s.of.pictures)
	s.of.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	first, end := s.of.at(from), s.of.at(to)
	for i := first; i < end; i++ {
		if at, came := s.sounds[i]; came {
			sound = append(sound, s.of.stalls.without(s.of.due(i), at))
		}
	}
	for i, at := range shown {
		if came, ok := s.pictures[i]; ok && !at.Before(from) && at.Before(to) {
			pictures = append(pictures, s.of.stalls.without(at, came))
		}
	}
	slices.Sort(sound)
	slices.Sort(pictures)
	return sound, pictures, float64(len(sound)) / float64(max(1, end-first))
}

// again is how long after a time the first sound came that was made after it.
func (s *sense) again(since time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := time.Hour
	for i, at := range s.sounds {
		if s.of.due(i).After(since) {
			first = min(first, at.Sub(since))
		}
	}
	return first
}
