package scene

import (
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Begin is when the streams begin: late enough to look ahead from.
const Begin = capture.Time(10 * time.Second)

// Sound is the n-th stretch of a made-up voice: a gliding tone with its harmonics,
// in syllables.
func Sound(n int) capture.Sound {
	s := capture.Sound{Captured: Begin + capture.Time(n)*capture.Time(capture.SoundLength), Samples: make([]float32, capture.SoundSamples)}
	for i := range s.Samples {
		t := float64(n*capture.SoundSamples+i) / capture.SampleRate
		phase := 2 * math.Pi * (140*t + 4*math.Sin(3*t))
		x := 0.0
		for h := 1.0; h <= 12; h++ {
			x += math.Sin(h*phase) / h
		}
		syllable := math.Max(0, math.Sin(2*math.Pi*4*t))
		s.Samples[i] = float32(0.2*syllable*x + 0.002*math.Sin(12345.678*t*t*float64(i%97)))
	}
	return s
}
