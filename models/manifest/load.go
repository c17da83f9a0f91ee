package manifest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
)

// maxManifests bounds a folder.
const maxManifests = 256

// LoadFolder reads every manifest in a folder, NAME.yaml, in the order of their
// names. Where one is wrong, none is returned.
func LoadFolder(folder string) ([]models.Definition, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("load models: %w", err)
	}
	var loaded []models.Definition
	var errs []error
	for _, entry := range entries {
		if entry.IsDir() || !strings.HasSuffix(entry.Name(), ".yaml") {
			continue
		}
		if len(loaded) == maxManifests {
			return nil, fmt.Errorf("load models: %s has more than %d manifests", folder, maxManifests)
		}
		d, err := Load(filepath.Join(folder, entry.Name()))
		errs = append(errs, err)
		loaded = append(loaded, d)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return loaded, nil
}

// Load reads a manifest and makes the filter that it describes, whose weights are
// looked at when it is opened.
func Load(path string) (models.Definition, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return models.Definition{}, fmt.Errorf("load model: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return models.Definition{}, fmt.Errorf("load model: %w", err)
	}
	defer file.Close() // it is only read
	data, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return models.Definition{}, fmt.Errorf("load model %s: %w", path, err)
	}
	m, err := Parse(data)
	if err != nil {
		return models.Definition{}, fmt.Errorf("load model %s: %w", path, err)
	}
	d, err := m.Definition(filepath.Dir(path))
	if err != nil {
		return models.Definition{}, fmt.Errorf("load model %s: %w", path, err)
	}
	return d, nil
}

// Definition is the filter, whose weights are in a folder. The manifest is one that
// Parse returned.
func (m Manifest) Definition(folder string) (models.Definition, error) {
	var d models.Definition
	var err error
	if d.Description, err = m.description(); err != nil {
		return d, err
	}
	if d.Parameters, err = m.schema(); err != nil {
		return d, err
	}
	path := filepath.Join(folder, m.File)
	if d.Kind == models.KindAudio {
		d.OpenAudio = opener(&m, path, openSound)
	} else {
		d.OpenVideo = opener(&m, path, openPicture)
	}
	return d, nil
}

// opener opens a filter of either kind.
func opener[T any](m *Manifest, path string, open func(*Manifest, models.Environment, *model) (models.Stage[T], error)) models.Opener[T] {
	return func(ctx context.Context, e models.Environment, _ models.Values) (models.Stage[T], error) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("open %s: %w", m.Name, err)
		}
		if !slices.Contains(m.Providers, e.Provider) {
			return nil, fmt.Errorf("open %s: %w: %q was asked for, its manifest names %v", m.Name, onnx.ErrProvider, e.Provider, m.Providers)
		}
		if len(m.unknown) > 0 && e.Log != nil {
			e.Log.Warn("the manifest has fields that are not known and do nothing", "filter", m.Name, "fields", m.unknown)
		}
		opened, err := openModel(m, e, path)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", m.Name, err)
		}
		stage, err := open(m, e, opened)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", m.Name, errors.Join(err, opened.Close()))
		}
		return stage, nil
	}
}

// description is what the filter says of itself.
func (m *Manifest) description() (models.Description, error) {
	d := models.Description{
		Name: m.Name, Summary: m.Summary, Kind: models.KindVideo,
		Latency: m.Latency, Late: m.Late, Failing: m.Failing, Private: m.Private,
		Providers: m.Providers, Weights: []string{onnx.Library},
		Native: true, Observes: m.Kind == Classifier,
	}
	if m.input(sound) == nil {
		return d, nil
	}
	d.Kind = models.KindAudio
	if m.Kind == AudioToAudio {
		s, err := m.stream()
		if err != nil {
			return d, err
		}
		d.LookAhead = time.Duration(s.Delay()) * time.Second / capture.SampleRate
	}
	return d, nil
}

// input is the one that comes from somewhere; nil where there is none.
func (m *Manifest) input(from string) *Input {
	if i := slices.IndexFunc(m.Inputs, func(in Input) bool { return in.From == from }); i >= 0 {
		return &m.Inputs[i]
	}
	return nil
}

// output is the one that goes somewhere.
func (m *Manifest) output(to string) *Output {
	return &m.Outputs[slices.IndexFunc(m.Outputs, func(out Output) bool { return out.To == to })]
}
