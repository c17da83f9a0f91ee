package process

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// sounds is the stage of an audio filter.
type sounds struct{ link }

// Process implements models.Stage.
func (s *sounds) Process(in capture.Sound, v models.Values) (capture.Sound, error) {
	if len(in.Samples) != capture.SoundSamples {
		return capture.Sound{}, fmt.Errorf("filter %s: sound has %d samples, want %d", s.name, len(in.Samples), capture.SoundSamples)
	}
	w, err := s.begin(v)
	if err != nil {
		return capture.Sound{}, err
	}
	w.begin(process).u64(s.number).sound(in)
	how, _, r, err := s.ask(nil)
	switch {
	case err != nil:
		return capture.Sound{}, err
	case how == failed:
		return capture.Sound{}, s.failed(r)
	case how != made:
		return capture.Sound{}, s.fatal(fmt.Errorf("%w: outcome %d", errGarbage, how))
	}
	out := r.sound()
	if out.Captured > in.Captured {
		r.fail("sound captured at %d, after its input at %d", out.Captured, in.Captured)
	}
	if err := r.end(); err != nil {
		return capture.Sound{}, s.fatal(err)
	}
	return out, nil
}
