package rigfile

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Version is the version of rig files that this program reads and writes.
const Version = 1

// Limits on a rig file.
const (
	maxBytes  = 256 << 10
	maxOffset = 0.2 // seconds between recordings that began together
)

// File is a rig file. Its zero values are those of absent keys.
type File struct {
	Version  int      `yaml:"version"`
	Name     string   `yaml:"name,omitempty"`
	Rate     float64  `yaml:"rate,omitempty"`
	Together *bool    `yaml:"together,omitempty"`
	Cube     *Pose    `yaml:"cube,omitempty"`
	Volume   *Volume  `yaml:"volume,omitempty"`
	Cameras  []Camera `yaml:"cameras"`
}

// Pose is a rigid transform, as position and rotation or as a 4 x 4 matrix.
type Pose struct {
	Position []float64   `yaml:"position,omitempty,flow"`
	Rotation Rotation    `yaml:"rotation,omitempty,flow"`
	Matrix   [][]float64 `yaml:"matrix,omitempty,flow"`
}

// Volume is the box that holds the person, in the cube.
type Volume struct {
	Min []float64 `yaml:"min,flow"`
	Max []float64 `yaml:"max,flow"`
}

// Camera is one camera of the rig and where it comes from.
type Camera struct {
	Name     string      `yaml:"name"`
	Source   string      `yaml:"source"`
	Camera   any         `yaml:"camera,omitempty"` // index or name in the source
	Position []float64   `yaml:"position,omitempty,flow"`
	Rotation Rotation    `yaml:"rotation,omitempty,flow"`
	Matrix   [][]float64 `yaml:"matrix,omitempty,flow"`
	Of       string      `yaml:"of,omitempty"` // colour or depth
	Offset   float64     `yaml:"offset,omitempty"`
}

func (c Camera) pose() Pose { return Pose{c.Position, c.Rotation, c.Matrix} }

// Rotation is three rows of three numbers, or a unit quaternion w, x, y, z in
// one row.
type Rotation [][]float64

// UnmarshalYAML reads either form.
func (r *Rotation) UnmarshalYAML(decode func(any) error) error {
	var q []float64
	if decode(&q) == nil {
		*r = Rotation{q}
		return nil
	}
	var rows [][]float64
	if err := decode(&rows); err != nil {
		return errors.New("rotation is neither w, x, y, z nor three rows of three numbers")
	}
	*r = rows
	return nil
}

// MarshalYAML writes a quaternion as one list.
func (r Rotation) MarshalYAML() (any, error) {
	if len(r) == 1 {
		return r[0], nil
	}
	return [][]float64(r), nil
}

func (p Pose) empty() bool { return p.Position == nil && p.Rotation == nil && p.Matrix == nil }

// Rigid returns the transform.
func (p Pose) Rigid() (space.Rigid, error) {
	r := space.Identity()
	if p.Matrix != nil {
		if p.Position != nil || p.Rotation != nil {
			return r, errors.New("has both a matrix and position or rotation")
		}
		return rigid(p.Matrix)
	}
	if p.Position != nil {
		v, err := vector(p.Position)
		if err != nil {
			return r, fmt.Errorf("position: %w", err)
		}
		r.T = v
	}
	switch {
	case p.Rotation == nil:
	case len(p.Rotation) == 1 && len(p.Rotation[0]) == 4:
		m, err := quaternion([4]float64(p.Rotation[0]))
		if err != nil {
			return r, fmt.Errorf("rotation: %w", err)
		}
		r.R = m
	case len(p.Rotation) == 3 && len(p.Rotation[0]) == 3 && len(p.Rotation[1]) == 3 && len(p.Rotation[2]) == 3:
		for i, row := range p.Rotation {
			copy(r.R[3*i:], row)
		}
	default:
		return r, errors.New("rotation: neither w, x, y, z nor three rows of three numbers")
	}
	return r, r.Validate()
}

func vector(v []float64) (space.Vec3, error) {
	if len(v) != 3 {
		return space.Vec3{}, fmt.Errorf("%d numbers, 3 needed", len(v))
	}
	p := space.Vec3{X: v[0], Y: v[1], Z: v[2]}
	if !p.Finite() {
		return p, errors.New("not finite")
	}
	return p, nil
}

func rigid(m [][]float64) (space.Rigid, error) {
	var r space.Rigid
	if len(m) != 4 {
		return r, fmt.Errorf("matrix has %d rows, 4 needed", len(m))
	}
	var t [3]float64
	for i, row := range m {
		if len(row) != 4 {
			return r, fmt.Errorf("row %d of the matrix has %d numbers, 4 needed", i, len(row))
		}
		if i < 3 {
			copy(r.R[3*i:3*i+3], row)
			t[i] = row[3]
		} else if [4]float64(row) != [4]float64{0, 0, 0, 1} {
			return r, errors.New("last row of the matrix is not 0, 0, 0, 1")
		}
	}
	r.T = space.Vec3{X: t[0], Y: t[1], Z: t[2]}
	return r, r.Validate()
}

// quaternion returns the rotation of a quaternion of length one, to rounding.
func quaternion(q [4]float64) (space.Mat3, error) {
	w, v := q[0], space.Vec3{X: q[1], Y: q[2], Z: q[3]}
	n := math.Sqrt(w*w + v.Dot(v))
	if !(math.Abs(n-1) < 1e-3) {
		return space.Mat3{}, fmt.Errorf("quaternion has length %.4g, not 1", n)
	}
	return space.RotationAbout(v, 2*math.Atan2(v.Norm(), w)), nil
}

// Parse reads a rig file. Its errors name line and column.
func Parse(data []byte) (File, error) {
	var f File
	if len(data) > maxBytes {
		return f, fmt.Errorf("%d bytes, at most %d are possible", len(data), maxBytes)
	}
	for _, t := range lexer.Tokenize(string(data)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return f, fmt.Errorf("[%d:%d] anchors, aliases and tags are not used in rig files", t.Position.Line, t.Position.Column)
		}
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return f, plain(err)
	}
	if len(tree.Docs) > 1 {
		return f, errors.New("it holds more than one document")
	}
	// The version first: a later one may have keys that this one has not.
	var head struct {
		Version int `yaml:"version"`
	}
	if err := yaml.Unmarshal(data, &head); err != nil {
		return f, plain(err)
	}
	if head.Version != Version {
		return f, fmt.Errorf("version %d is not known: write version: %d", head.Version, Version)
	}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&f); err != nil {
		return f, plain(err)
	}
	return f, f.check(tree)
}

// plain makes one line of a YAML error: "[line:column] what".
func plain(err error) error {
	line, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
	return errors.New(line)
}

// check looks at what the types cannot say.
func (f File) check(tree *ast.File) error {
	at := func(path string, err error) error {
		if p, e := yaml.PathString(path); e == nil {
			if n, e := p.FilterFile(tree); e == nil && n.GetToken() != nil {
				return fmt.Errorf("[%d:%d] %w", n.GetToken().Position.Line, n.GetToken().Position.Column, err)
			}
		}
		return err
	}
	if n := len(f.Cameras); n == 0 || n > capture.MaxCameras {
		return at("$.cameras", fmt.Errorf("%d cameras, 1 to %d are possible", n, capture.MaxCameras))
	}
	if f.Rate != 0 && !(f.Rate >= 0.1 && f.Rate <= 240) {
		return at("$.rate", fmt.Errorf("rate of %g Hz, 0.1 to 240 are possible", f.Rate))
	}
	if f.Cube != nil {
		if _, err := f.Cube.Rigid(); err != nil {
			return at("$.cube", fmt.Errorf("cube: %w", err))
		}
	}
	if f.Volume != nil {
		if _, err := f.Volume.box(); err != nil {
			return at("$.volume", fmt.Errorf("volume: %w", err))
		}
	}
	names := make(map[string]bool)
	for i, c := range f.Cameras {
		err := c.check()
		if err == nil && names[c.Name] {
			err = errors.New("its name is used twice")
		}
		if err != nil {
			return at(fmt.Sprintf("$.cameras[%d]", i), fmt.Errorf("camera %d %q: %w", i, c.Name, err))
		}
		names[c.Name] = true
	}
	return nil
}

func (c Camera) check() error {
	if c.Name == "" || len(c.Name) > 200 {
		return errors.New("has no name, or one of more than 200 bytes")
	}
	if scheme, _, ok := strings.Cut(c.Source, ":"); !ok || scheme == "" || len(c.Source) > 4096 {
		return fmt.Errorf("source %q is no address such as k4a:FILE.mkv", c.Source)
	}
	switch v := c.Camera.(type) {
	case nil, string, int64, uint64, int:
	default:
		return fmt.Errorf("camera: %v is neither an index nor a name", v)
	}
	if c.Of != "" && c.Of != "colour" && c.Of != "depth" {
		return fmt.Errorf("of: %q is neither colour nor depth", c.Of)
	}
	if !(math.Abs(c.Offset) <= maxOffset) {
		return fmt.Errorf("offset: %g s, at most %g are possible", c.Offset, maxOffset)
	}
	if _, err := c.pose().Rigid(); err != nil {
		return err
	}
	return nil
}

func (v Volume) box() (space.Box, error) {
	low, err := vector(v.Min)
	if err != nil {
		return space.Box{}, fmt.Errorf("min: %w", err)
	}
	high, err := vector(v.Max)
	if err != nil {
		return space.Box{}, fmt.Errorf("max: %w", err)
	}
	b := space.Box{Min: low, Max: high}
	if s := b.Size(); !(s.X > 0 && s.Y > 0 && s.Z > 0) {
		return b, errors.New("max is not beyond min")
	}
	return b, nil
}

// Marshal writes the file.
func (f File) Marshal() ([]byte, error) {
	data, err := yaml.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write rig file: %w", err)
	}
	return data, nil
}
