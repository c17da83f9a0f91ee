package assembly

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Version is the version of layout files that this program reads.
const Version = 1

// Limits on a layout file.
const (
	maxBytes  = 64 << 10
	maxItems  = 16
	maxRunes  = 40   // of a name
	maxMetres = 50   // of a coordinate
	maxDegree = 360  // of a yaw
	minItem   = 0.05 // metres a side
	maxItem   = 20   // metres a side
)

// File is a layout file (YAML). Keys that it does not know are left alone, so
// that a later program's file can still be read while its version is the same.
//
//	version: 1
//	name: lectern               # optional
//	seats:                      # 1 to 12, in the order in which they are filled
//	  - name: speaker           # optional, unique
//	    position: [0, 0, -2]    # of the head, metres in the world: x, y up, z
//	    yaw: 0                  # degrees about y: 0 faces +z, 90 faces +x
//	items:                      # optional: places of shared work items
//	  - position: [0, 0.3, 3]   # of the middle
//	    yaw: 180                # its normal, as a seat's facing
//	    width: 2.2              # metres
//	    height: 1.24            # metres; 9/16 of the width unless given
//	    sides: one              # one, both or each, see Sides
type File struct {
	Version int        `yaml:"version"`
	Name    string     `yaml:"name"`
	Seats   []FileSeat `yaml:"seats"`
	Items   []FileItem `yaml:"items"`
}

// FileSeat is one seat of a layout file.
type FileSeat struct {
	Name     string    `yaml:"name"`
	Position []float64 `yaml:"position"` // metres, 3
	Yaw      float64   `yaml:"yaw"`      // degrees
}

// FileItem is one place of a work item in a layout file.
type FileItem struct {
	Position []float64 `yaml:"position"` // metres, 3
	Yaw      float64   `yaml:"yaw"`      // degrees
	Width    float64   `yaml:"width"`    // metres
	Height   float64   `yaml:"height"`   // metres
	Sides    string    `yaml:"sides"`
}

// Parse reads a layout file. Its errors are one line each and name line and
// column where YAML itself is wrong.
func Parse(data []byte) (File, error) {
	var f File
	if len(data) > maxBytes {
		return f, fmt.Errorf("layout file of %d bytes, at most %d are possible", len(data), maxBytes)
	}
	if !utf8.Valid(data) {
		return f, errors.New("layout file is not UTF-8")
	}
	for _, t := range lexer.Tokenize(string(data)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return f, fmt.Errorf("[%d:%d] anchors, aliases and tags are not used in layout files", t.Position.Line, t.Position.Column)
		}
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return f, plain(err)
	}
	if len(tree.Docs) > 1 {
		return f, errors.New("layout file holds more than one document")
	}
	// The version first: another one may give the keys other types.
	var head struct {
		Version int `yaml:"version"`
	}
	if err := yaml.Unmarshal(data, &head); err != nil {
		return f, plain(err)
	}
	if head.Version != Version {
		return f, fmt.Errorf("layout file of version %d, this program knows %d: write version: %d", head.Version, Version, Version)
	}
	if err := yaml.Unmarshal(data, &f); err != nil {
		return File{}, plain(err)
	}
	if err := f.check(); err != nil {
		return File{}, err
	}
	return f, nil
}

// plain makes one line of a YAML error: "[line:column] what".
func plain(err error) error {
	line, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
	return errors.New(line)
}

// Layout returns the file as a layout, named as it says or as given.
func (f File) Layout(name string) Layout {
	if f.Name != "" {
		name = f.Name
	}
	return Layout{Name: name, File: &f}
}

// check looks at what the types cannot say.
func (f File) check() error {
	if n := len(f.Seats); n < 1 || n > MaxSeats {
		return fmt.Errorf("layout file with %d seats, 1 to %d are possible", n, MaxSeats)
	}
	if n := len(f.Items); n > maxItems {
		return fmt.Errorf("layout file with %d items, at most %d are possible", n, maxItems)
	}
	if err := checkName(f.Name); err != nil {
		return err
	}
	names := map[string]bool{}
	for k, s := range f.Seats {
		name := s.name(k)
		err := checkName(s.Name)
		if err == nil {
			err = checkPlace(s.Position, s.Yaw)
		}
		if err == nil && names[name] {
			err = fmt.Errorf("name %q is used twice", name)
		}
		if err != nil {
			return fmt.Errorf("seat %d: %w", k+1, err)
		}
		names[name] = true
	}
	for k, item := range f.Items {
		if err := item.check(); err != nil {
			return fmt.Errorf("item %d: %w", k+1, err)
		}
	}
	return nil
}

func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n > maxRunes {
		return fmt.Errorf("name of %d characters, at most %d are possible", n, maxRunes)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("name %q has characters that cannot be printed", name)
	}
	return nil
}

func checkPlace(position []float64, yaw float64) error {
	if len(position) != 3 {
		return fmt.Errorf("position of %d numbers, 3 needed: [x, y, z] in metres", len(position))
	}
	for _, c := range position {
		if !(math.Abs(c) <= maxMetres) {
			return fmt.Errorf("position %v: at most %d m are possible", position, maxMetres)
		}
	}
	if !(math.Abs(yaw) <= maxDegree) {
		return fmt.Errorf("yaw of %g degrees, -%d to %d are possible", yaw, maxDegree, maxDegree)
	}
	return nil
}

func (i FileItem) check() error {
	if err := checkPlace(i.Position, i.Yaw); err != nil {
		return err
	}
	if !(i.Width >= minItem && i.Width <= maxItem) {
		return fmt.Errorf("width of %g m, %g to %d are possible", i.Width, minItem, maxItem)
	}
	if i.Height != 0 && !(i.Height >= minItem && i.Height <= maxItem) {
		return fmt.Errorf("height of %g m, %g to %d are possible", i.Height, minItem, maxItem)
	}
	if _, ok := i.sides(); !ok {
		return fmt.Errorf("sides: %q is none of one, both and each", i.Sides)
	}
	return nil
}

func (i FileItem) sides() (Sides, bool) {
	for _, s := range []Sides{OneSide, BothSides, EachViewer} {
		if i.Sides == s.String() {
			return s, true
		}
	}
	return OneSide, i.Sides == ""
}

func (s FileSeat) name(k int) string {
	if s.Name == "" {
		return fmt.Sprintf("seat %d", k+1)
	}
	return s.Name
}

func vector(v []float64) space.Vec3 { return space.Vec3{X: v[0], Y: v[1], Z: v[2]} }

// fromFile takes the first seats of a file.
func (a *Assembly) fromFile(f File, seats int) error {
	if n := len(f.Seats); seats > n {
		return fmt.Errorf("%d seats: the file has %d; write more into it", seats, n)
	}
	center := space.Vec3{}
	for k, s := range f.Seats[:seats] {
		at := vector(s.Position)
		a.Seats = append(a.Seats, Seat{Name: s.name(k), Pose: turned(s.Yaw*math.Pi/180, at)})
		center = center.Add(at.Scale(1 / float64(seats)))
	}
	radius := 0.0
	for _, s := range a.Seats {
		radius += s.Pose.T.Sub(center).Norm() / float64(seats)
	}
	var places []Place
	for _, i := range f.Items {
		p := Place{Center: vector(i.Position), Yaw: i.Yaw * math.Pi / 180, Width: i.Width, Height: i.Height}
		p.Sides, _ = i.sides()
		if p.Height == 0 {
			p.Height = p.Width * shape
		}
		places = append(places, p)
	}
	beyond := middle(center, radius)
	a.items = func(index int) Place {
		if index < len(places) {
			return places[index]
		}
		return beyond(index - len(places))
	}
	return nil
}
