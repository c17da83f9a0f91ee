package parameter

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Type is what values a parameter takes.
type Type string

// The types, and how a Value of each is held.
const (
	Number  Type = "number"  // float64
	Integer Type = "integer" // int
	Switch  Type = "switch"  // bool
	Choice  Type = "choice"  // string, one of Choices
	Text    Type = "text"    // string
	Colour  Type = "colour"  // string, "#rrggbb"
)

// ErrInvalid is wrapped by every error about a parameter or its value.
var ErrInvalid = errors.New("invalid parameter")

// Parameter is one setting of a filter.
type Parameter struct {
	Name    string   `json:"name" yaml:"name"` // lower-case words joined by "-"
	Type    Type     `json:"type" yaml:"type"`
	Default any      `json:"default" yaml:"default"`
	Min     float64  `json:"min,omitempty" yaml:"min"` // numbers and integers
	Max     float64  `json:"max,omitempty" yaml:"max"`
	Choices []string `json:"choices,omitempty" yaml:"choices"`
	Unit    string   `json:"unit,omitempty" yaml:"unit"` // "px", "dB", "s"; empty: a ratio, or none
	Help    string   `json:"help" yaml:"help"`           // continues "it says ..."
	// Live says that a change takes effect at the next frame. Any other needs a
	// new instance of the filter.
	Live bool `json:"live" yaml:"live"`
}

// Limits of what a schema and a value may be.
const (
	MaxParameters = 32
	MaxText       = 256 // bytes of a text value
	maxChoices    = 32
)

var (
	names   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	colours = regexp.MustCompile(`^#[0-9a-f]{6}$`)
)

// validate checks a parameter and brings its default into its form.
func (p *Parameter) validate() error {
	if len(p.Name) > 32 || !names.MatchString(p.Name) {
		return fmt.Errorf("%w: %q is no name: lower-case words joined by \"-\", at most 32 bytes", ErrInvalid, p.Name)
	}
	switch p.Type {
	case Number, Integer:
		if !(p.Min < p.Max) || math.IsInf(p.Min, 0) || math.IsInf(p.Max, 0) {
			return fmt.Errorf("%w: %s goes from %v to %v: min must be below max, and both finite", ErrInvalid, p.Name, p.Min, p.Max)
		}
	case Choice:
		if n := len(p.Choices); n == 0 || n > maxChoices || slices.Contains(p.Choices, "") {
			return fmt.Errorf("%w: %s has %d choices, 1 to %d that are not empty are needed", ErrInvalid, p.Name, n, maxChoices)
		}
	case Switch, Text, Colour:
	default:
		return fmt.Errorf("%w: %s has the type %q, which is none of number, integer, switch, choice, text, colour", ErrInvalid, p.Name, p.Type)
	}
	value, err := p.check(p.Default)
	if err != nil {
		return fmt.Errorf("default: %w", err)
	}
	p.Default = value
	return nil
}

// check brings a value into the type's form, or says what the parameter takes.
func (p Parameter) check(value any) (any, error) {
	switch v := value.(type) {
	case float64:
		if p.Type == Integer && v == math.Trunc(v) && v >= p.Min && v <= p.Max {
			return int(v), nil
		}
		if p.Type == Number && v >= p.Min && v <= p.Max {
			return v, nil
		}
	case int:
		if f := float64(v); f >= p.Min && f <= p.Max {
			switch p.Type {
			case Integer:
				return v, nil
			case Number:
				return f, nil
			}
		}
	case bool:
		if p.Type == Switch {
			return v, nil
		}
	case string:
		if p.Type == Choice && slices.Contains(p.Choices, v) || p.Type == Text && len(v) <= MaxText {
			return v, nil
		}
		if low := strings.ToLower(v); p.Type == Colour && colours.MatchString(low) {
			return low, nil
		}
	}
	return nil, fmt.Errorf("%w: %s is %#v, it takes %s", ErrInvalid, p.Name, value, p.Takes())
}

// parse reads a value as it is written on a command line.
func (p Parameter) parse(text string) (any, error) {
	switch p.Type {
	case Number, Integer:
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return p.check(f)
		}
	case Switch:
		switch text {
		case "on", "true", "yes":
			return true, nil
		case "off", "false", "no":
			return false, nil
		}
	case Choice, Text, Colour:
		return p.check(text)
	}
	return nil, fmt.Errorf("%w: %s is %q, it takes %s", ErrInvalid, p.Name, text, p.Takes())
}

// Takes says what values a parameter takes: "a number from 0 to 1".
func (p Parameter) Takes() string {
	unit := ""
	if p.Unit != "" {
		unit = " " + p.Unit
	}
	switch p.Type {
	case Number:
		return fmt.Sprintf("a number from %v to %v%s", p.Min, p.Max, unit)
	case Integer:
		return fmt.Sprintf("a whole number from %v to %v%s", p.Min, p.Max, unit)
	case Switch:
		return "on or off"
	case Choice:
		return "one of " + strings.Join(p.Choices, ", ")
	case Colour:
		return "a colour as #rrggbb, in hexadecimal digits"
	}
	return fmt.Sprintf("text of at most %d bytes", MaxText)
}
