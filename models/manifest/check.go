package manifest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// Where inputs come from, and where outputs go.
const (
	picture   = "picture"
	sound     = "sound"
	state     = "state"
	constant  = "constant"
	mask      = "mask"
	labels    = "labels"
	nothing   = "nothing"
	fed       = "parameter"
	mix       = "mix"
	show      = "show"
	threshold = "threshold"
)

// Activations.
const (
	none    = "none"
	sigmoid = "sigmoid"
	softmax = "softmax"
	argmax  = "argmax"
)

// What is shown of a picture that has a mask.
const (
	showKeep   = "keep"
	showMask   = "mask"
	showRemove = "remove"
)

// Limits of a manifest.
const (
	maxTensors  = 64
	maxLabels   = 4096
	maxText     = 512 // bytes of a text
	maxElements = 1 << 24
	maxInterval = time.Minute
)

// oneOf refuses a word that is none of some.
func oneOf[T ~string](what string, word T, words ...T) error {
	if slices.Contains(words, word) {
		return nil
	}
	return fmt.Errorf("%s: %q is none of %v", what, word, words)
}

// check refuses what no filter can be made of.
func (m *Manifest) check() error {
	if err := oneOf("kind", m.Kind, ImageToImage, ImageToMask, AudioToAudio, Classifier); err != nil {
		return err
	}
	for _, text := range []struct{ field, is string }{{"name", m.Name}, {"summary", m.Summary}, {"licence", m.Licence}, {"source", m.Source}, {"file", m.File}} {
		if text.is == "" || len(text.is) > maxText {
			return fmt.Errorf("%s has %d bytes, 1 to %d are needed", text.field, len(text.is), maxText)
		}
	}
	if !filepath.IsLocal(m.File) {
		return fmt.Errorf("file: %q is not beside the manifest", m.File)
	}
	if sum, err := hex.DecodeString(m.SHA256); err != nil || len(sum) != 32 {
		return fmt.Errorf("sha256: %q is not 64 hexadecimal digits; sha256sum prints them", m.SHA256)
	}
	if err := m.checkTensors(); err != nil {
		return err
	}
	if err := m.checkParameters(); err != nil {
		return err
	}
	if err := m.checkSound(); err != nil {
		return err
	}
	d, err := m.description()
	if err != nil {
		return err
	}
	return d.Validate()
}

// checkTensors checks each tensor, and that there are those that the kind needs.
func (m *Manifest) checkTensors() error {
	if len(m.Inputs) > maxTensors || len(m.Outputs) > maxTensors {
		return fmt.Errorf("there are %d inputs and %d outputs, at most %d each are possible", len(m.Inputs), len(m.Outputs), maxTensors)
	}
	came, went := map[string]int{}, map[string]int{}
	named := map[string]bool{}
	for i := range m.Inputs {
		in := &m.Inputs[i]
		err := in.check()
		if err == nil && named[in.Name] {
			err = errors.New("the name is there twice")
		}
		if err != nil {
			return fmt.Errorf("input %d %q: %w", i+1, in.Name, err)
		}
		named[in.Name] = true
		came[in.From]++
	}
	clear(named)
	for i := range m.Outputs {
		out := &m.Outputs[i]
		err := out.check()
		if err == nil && named[out.Name] {
			err = errors.New("the name is there twice")
		}
		if err != nil {
			return fmt.Errorf("output %d %q: %w", i+1, out.Name, err)
		}
		named[out.Name] = true
		went[out.To]++
	}
	from, to := picture, map[Kind]string{ImageToImage: picture, ImageToMask: mask, AudioToAudio: sound, Classifier: labels}[m.Kind]
	if m.Kind == AudioToAudio || m.Kind == Classifier && came[sound] > 0 {
		from = sound
	}
	delete(went, nothing)
	if came[from] != 1 || came[picture]+came[sound] != 1 {
		return fmt.Errorf("one input from %s is needed for %s, and no other; there are %d from picture and %d from sound", from, m.Kind, came[picture], came[sound])
	}
	if went[to] != 1 || len(went) != 1 {
		return fmt.Errorf("one output to %s is needed for %s, and no other", to, m.Kind)
	}
	return nil
}
