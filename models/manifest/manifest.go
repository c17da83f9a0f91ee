package manifest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/parameter"
	"github.com/virtualcube/virtualcube/models/tensor"
)

// Version is the version of manifests that this program reads.
const Version = 1

// Kind is what a model makes of what.
type Kind string

// The kinds.
const (
	ImageToImage Kind = "image-to-image"
	ImageToMask  Kind = "image-to-mask"
	AudioToAudio Kind = "audio-to-audio"
	Classifier   Kind = "classifier"
)

// Manifest is what a manifest says; the package comment says what each field is.
type Manifest struct {
	Version int    `yaml:"version"`
	Name    string `yaml:"name"`
	Summary string `yaml:"summary"`
	Licence string `yaml:"licence"`
	Source  string `yaml:"source"`
	File    string `yaml:"file"`
	SHA256  string `yaml:"sha256"`
	Kind    Kind   `yaml:"kind"`

	Providers []models.Provider `yaml:"providers"`
	Mixed     bool              `yaml:"mixed"` // the CPU computes what the provider cannot
	Latency   time.Duration     `yaml:"latency"`
	Late      models.Policy     `yaml:"late"`
	Failing   models.Policy     `yaml:"failing"`
	Private   bool              `yaml:"private"`

	Parameters []Parameter `yaml:"parameters"`
	Sound      *Sound      `yaml:"sound"`
	Inputs     []Input     `yaml:"inputs"`
	Outputs    []Output    `yaml:"outputs"`

	unknown []string // fields that this version does not have, by their path
}

// Parameter is one of the filter, and what it does.
type Parameter struct {
	parameter.Parameter `yaml:",inline"`
	Use                 string `yaml:"use"` // mix, show, threshold; "": an input has it
}

// Sound is how the model wants sound, and gives it.
type Sound struct {
	Rate  int          `yaml:"rate"`
	Block int          `yaml:"block"`
	Hop   int          `yaml:"hop"`
	Delay int          `yaml:"delay"`
	Scale float64      `yaml:"scale"`
	Join  tensor.Join  `yaml:"join"`
	Above tensor.Above `yaml:"above"`
}

// Shape is what a tensor is.
type Shape struct {
	Name  string    `yaml:"name"`
	Type  onnx.Type `yaml:"type"`
	Shape []int64   `yaml:"shape"`
}

// Pixels are how a tensor holds a picture.
type Pixels struct {
	Layout  string         `yaml:"layout"`
	Colours tensor.Colours `yaml:"colours"`
	Range   []float64      `yaml:"range"`
	Mean    []float64      `yaml:"mean"`
	Std     []float64      `yaml:"std"`
}

// Input is a tensor that the model takes.
type Input struct {
	Shape     `yaml:",inline"`
	Pixels    `yaml:",inline"`
	From      string        `yaml:"from"`
	Resize    tensor.Resize `yaml:"resize"`
	State     string        `yaml:"state"`
	Parameter string        `yaml:"parameter"`
	Value     float64       `yaml:"value"`
}

// Output is a tensor that the model gives.
type Output struct {
	Shape      `yaml:",inline"`
	Pixels     `yaml:",inline"`
	To         string        `yaml:"to"`
	Activation string        `yaml:"activation"`
	Channel    int           `yaml:"channel"`
	Threshold  *float64      `yaml:"threshold"`
	Invert     bool          `yaml:"invert"`
	Labels     []string      `yaml:"labels"`
	Top        int           `yaml:"top"`
	Interval   time.Duration `yaml:"interval"`
}

// ErrManifest is wrapped by every error about what a manifest says.
var ErrManifest = errors.New("invalid manifest")

const maxBytes = 64 << 10 // of a manifest

// Parse reads a manifest and refuses what no filter can be made of.
func Parse(data []byte) (Manifest, error) {
	m, err := parse(data)
	if err == nil {
		err = m.check()
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	return m, nil
}

func parse(data []byte) (Manifest, error) {
	var m Manifest
	if len(data) > maxBytes {
		return m, fmt.Errorf("it has %d bytes, at most %d are possible", len(data), maxBytes)
	}
	if err := checkTokens(lexer.Tokenize(string(data))); err != nil {
		return m, err
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return m, plain(err)
	}
	if len(tree.Docs) > 1 {
		return m, errors.New("it holds more than one document")
	}
	// The version first: a later one may have other fields of the same names.
	var head struct {
		Version int `yaml:"version"`
	}
	if err := yaml.Unmarshal(data, &head); err != nil {
		return m, plain(err)
	}
	if head.Version != Version {
		return m, fmt.Errorf("version %d is not known: write version: %d", head.Version, Version)
	}
	if err := yaml.Unmarshal(data, &m); err != nil {
		return m, plain(err)
	}
	var all any
	if err := yaml.Unmarshal(data, &all); err != nil {
		return m, plain(err)
	}
	m.unknown = unknownFields(all, m)
	for i := range m.Parameters {
		m.Parameters[i].Default = number(m.Parameters[i].Default)
	}
	m.complete()
	return m, nil
}

// maxDepth is how many lists and mappings may be open within one another.
const maxDepth = 8

// checkTokens refuses what manifests do not need and the parser takes long for.
func checkTokens(tokens token.Tokens) error {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return fmt.Errorf("[%d:%d] anchors, aliases and tags are not used in manifests", t.Position.Line, t.Position.Column)
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if depth > maxDepth {
			return fmt.Errorf("[%d:%d] more than %d lists and mappings are open", t.Position.Line, t.Position.Column, maxDepth)
		}
	}
	return nil
}

// plain makes one line of a YAML error: "[line:column] what".
func plain(err error) error {
	line, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
	return errors.New(line)
}

// number makes what YAML has for a whole number what parameters take.
func number(x any) any {
	switch x := x.(type) {
	case uint64:
		return float64(x)
	case int64:
		return float64(x)
	}
	return x
}

// complete puts defaults where nothing is said.
func (m *Manifest) complete() {
	if len(m.Providers) == 0 {
		m.Providers = []models.Provider{models.CPU}
	}
	if m.Kind == Classifier {
		m.Late, m.Failing = models.Pass, models.Pass // what it returns is its input
	}
	if s := m.Sound; s != nil {
		if s.Hop == 0 {
			s.Hop = s.Block
		}
		if s.Scale == 0 {
			s.Scale = 1
		}
		if s.Join == "" {
			s.Join = tensor.Last
		}
		if s.Above == "" {
			s.Above = tensor.Drop
		}
	}
	for i := range m.Inputs {
		in := &m.Inputs[i]
		if in.Resize == "" {
			in.Resize = tensor.Stretch
		}
		in.complete()
	}
	for i := range m.Outputs {
		out := &m.Outputs[i]
		if out.Activation == "" {
			out.Activation = none
		}
		if out.Top == 0 {
			out.Top = 1
		}
		out.complete()
	}
}

func (p *Pixels) complete() {
	if p.Colours == "" {
		p.Colours = tensor.RGB
	}
	if p.Range == nil {
		p.Range = []float64{0, 1}
	}
	if p.Mean == nil {
		p.Mean = []float64{0}
	}
	if p.Std == nil {
		p.Std = []float64{1}
	}
}
