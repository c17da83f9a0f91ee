package clip

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync/atomic"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/clip/resample"
	"github.com/virtualcube/virtualcube/models/clip/wave"
)

// stretches cuts mono samples at 48 kHz into stretches of capture.SoundSamples.
type stretches struct {
	read    func() ([]float32, error) // the next samples; io.EOF
	rest    []float32
	given   int64 // stretches
	samples atomic.Int64
	limited int64 // samples that were beyond full scale, or no numbers
	ended   bool
}

func (s *stretches) next() (capture.Sound, error) {
	for len(s.rest) < capture.SoundSamples && !s.ended {
		more, err := s.read()
		s.rest = append(s.rest, more...)
		if errors.Is(err, io.EOF) {
			s.ended = true
		} else if err != nil {
			return capture.Sound{}, err
		}
	}
	if len(s.rest) == 0 {
		return capture.Sound{}, io.EOF
	}
	out := capture.Sound{Captured: Start.Add(time.Duration(s.given) * capture.SoundLength), Samples: make([]float32, capture.SoundSamples)}
	n := copy(out.Samples, s.rest)
	s.rest = append(s.rest[:0], s.rest[n:]...)
	s.given++
	s.samples.Add(int64(n))
	for i, x := range out.Samples {
		if limited := limit(x); limited != x {
			out.Samples[i] = limited
			s.limited++
		}
	}
	return out, nil
}

func (s *stretches) total() int64 { return s.samples.Load() }

func (s *stretches) notes() []string {
	if s.limited == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d samples beyond full scale, or no numbers, were limited", s.limited)}
}

// limit brings a sample into -1 to 1.
func limit(x float32) float32 {
	if math.IsNaN(float64(x)) {
		return 0
	}
	return max(-1, min(1, x))
}

// mix makes one channel of several: their mean.
func mix(samples []float32, channels int) []float32 {
	if channels == 1 {
		return samples
	}
	for i := range len(samples) / channels {
		var sum float32
		for _, x := range samples[i*channels:][:channels] {
			sum += x
		}
		samples[i] = sum / float32(channels)
	}
	return samples[:len(samples)/channels]
}

// openWave opens a WAVE file.
func openWave(path string) (*Clip, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := wave.NewReader(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	format := r.Format()
	c := &Clip{close: f.Close, Info: Info{Format: "wav", Sound: &SoundInfo{Codec: format.String(), Rate: format.Rate, Channels: format.Channels}}}
	if n := r.Frames(); n >= 0 {
		c.Info.Length = time.Duration(float64(n) / float64(format.Rate) * float64(time.Second))
	}
	var change *resample.Resampler
	if format.Rate != capture.SampleRate {
		if change, err = resample.New(format.Rate, capture.SampleRate); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	c.Info.Notes = soundNotes(*c.Info.Sound)
	s := &stretches{read: waveReader(r, change)}
	c.Sounds, c.Samples = s.next, s.total
	c.Found = func() []string {
		notes := s.notes()
		if r.Short() {
			notes = append(notes, "the file is cut off: it holds fewer samples than it states")
		}
		return notes
	}
	return c, nil
}

// waveReader reads mono samples at 48 kHz; change may be nil.
func waveReader(r *wave.Reader, change *resample.Resampler) func() ([]float32, error) {
	const frames = 4096
	channels := r.Format().Channels
	buffer := make([]float32, frames*channels)
	return func() ([]float32, error) {
		n, err := r.Read(buffer)
		samples := mix(buffer[:n], channels)
		switch {
		case change == nil:
		case errors.Is(err, io.EOF):
			samples = change.End()
		default:
			samples = change.Push(samples)
		}
		return samples, err
	}
}

// soundNotes says what becomes of sound that is not mono at 48 kHz.
func soundNotes(s SoundInfo) (notes []string) {
	if s.Channels != 1 {
		notes = append(notes, fmt.Sprintf("%d channels were mixed to one, as filters take it", s.Channels))
	}
	if s.Rate != capture.SampleRate {
		notes = append(notes, fmt.Sprintf("the sound was resampled from %d Hz to %d", s.Rate, capture.SampleRate))
	}
	return notes
}
