package filtertest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/scene"
)

// voice is a made-up one: a gliding tone with its harmonics, in syllables.
type voice struct{}

func (voice) period() time.Duration                 { return capture.SoundLength }
func (voice) captured(s capture.Sound) capture.Time { return s.Captured }
func (voice) absent(s capture.Sound) bool           { return s.Samples == nil }
func (voice) release(capture.Sound)                 {}
func (voice) same(a, b capture.Sound) bool {
	return len(a.Samples) > 0 && len(b.Samples) > 0 && &a.Samples[0] == &b.Samples[0] && a.Captured == b.Captured
}
func (voice) at(s capture.Sound, t capture.Time) capture.Sound {
	return capture.Sound{Captured: t, Samples: s.Samples}
}

func filled(n int, value func(i int) float32) capture.Sound {
	s := capture.Sound{Captured: scene.Sound(n).Captured, Samples: make([]float32, capture.SoundSamples)}
	for i := range s.Samples {
		s.Samples[i] = value(i)
	}
	return s
}

func (voice) frame(n int) capture.Sound { return scene.Sound(n) }

func (voice) odd(n int) map[string]capture.Sound {
	return map[string]capture.Sound{
		"silence":    filled(n, func(int) float32 { return 0 }),
		"full scale": filled(n, func(i int) float32 { return float32(1 - 2*(i/24%2)) }),
		"offset":     filled(n, func(int) float32 { return 1 }),
		"denormals":  filled(n, func(int) float32 { return 1e-40 }),
		"impulse": filled(n, func(i int) float32 {
			if i == 480 {
				return 1
			}
			return 0
		}),
	}
}

func (voice) broken(n int) (capture.Sound, bool) {
	return filled(n, func(i int) float32 { return [...]float32{float32(math.NaN()), float32(math.Inf(1)), 1e30}[i%3] }), true
}

func (voice) valid(in, out capture.Sound) error {
	if len(in.Samples) > 0 && len(out.Samples) != len(in.Samples) {
		return fmt.Errorf("%d samples came for %d", len(out.Samples), len(in.Samples))
	}
	return out.Validate()
}

func (voice) sum(s capture.Sound) uint64 {
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, s.Captured) // a hash does not fail
	_ = binary.Write(h, binary.LittleEndian, s.Samples)
	return h.Sum64()
}

// features are the loudness of four parts.
func (voice) features(s capture.Sound) []float64 {
	list := make([]float64, 4)
	part := len(s.Samples) / len(list)
	for i := range list {
		sum := 0.0
		for _, x := range s.Samples[i*part : (i+1)*part] {
			sum += float64(x) * float64(x)
		}
		list[i] = math.Sqrt(sum / float64(part))
	}
	return list
}

var errStamp = errors.New("its stamp is not above 0")
