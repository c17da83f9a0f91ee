package batch

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/medium"
)

// placing puts stretches where their stamps say and hands them on without gaps.
type placing struct {
	total func() int64 // samples of the clip, as far as it was read
	put   func(capture.Sound) error
	at    int64 // samples that were handed on
}

// place hands on what of a stretch lies behind what came; silence fills gaps.
// Beyond the end of the clip there is nothing.
func (p *placing) place(s capture.Sound) error {
	first := min(int64(medium.Samples(s.Captured.Sub(clip.Start))), p.total())
	content := s.Samples
	switch {
	case first < p.at:
		content = content[min(p.at-first, int64(len(content))):]
	case first > p.at:
		if err := p.hand(make([]float32, first-p.at)); err != nil {
			return err
		}
	}
	return p.hand(content)
}

func (p *placing) hand(content []float32) error {
	content = content[:max(0, min(int64(len(content)), p.total()-p.at))]
	for len(content) > 0 {
		part := content[:min(len(content), capture.SoundSamples)]
		content = content[len(part):]
		at := clip.Start.Add(medium.Lasting(int(p.at)))
		p.at += int64(len(part))
		if err := p.put(capture.Sound{Captured: at, Samples: part}); err != nil {
			return err
		}
	}
	return nil
}
