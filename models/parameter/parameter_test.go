package parameter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models/parameter"
)

type mode string

type knobs struct {
	Strength float64 `param:"strength,live" min:"0" max:"1" help:"how much"`
	Radius   int     `param:"radius,live" min:"1" max:"64" unit:"px" help:"of the blur"`
	Mode     mode    `param:"mode,live" choices:"blur,remove" help:"what becomes of it"`
	On       bool    `param:"on" help:"at all"`
	Model    string  `param:"model" help:"which weights"`
	Tint     string  `param:"tint" type:"colour" help:"of it"`
	private  int
}

func schema(t *testing.T) parameter.Schema {
	t.Helper()
	s, err := parameter.Of(knobs{Strength: 0.5, Radius: 8, Mode: "blur", On: true, Tint: "#808080", private: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// written are values as on a command line: what they become, or the word that
// the refusal must hold.
var written = []struct {
	name, text string
	want       any
	refused    string
}{
	{"strength", "0.75", 0.75, ""},
	{"strength", "1", 1.0, ""},
	{"strength", "1.01", nil, "from 0 to 1"},
	{"strength", "NaN", nil, "from 0 to 1"},
	{"strength", "+Inf", nil, "from 0 to 1"},
	{"strength", "much", nil, "a number"},
	{"radius", "12", 12, ""},
	{"radius", "1.5", nil, "a whole number from 1 to 64 px"},
	{"radius", "0", nil, "from 1 to 64"},
	{"radius", "9e99", nil, "from 1 to 64"},
	{"mode", "remove", "remove", ""},
	{"mode", "paint", nil, "one of blur, remove"},
	{"on", "off", false, ""},
	{"on", "maybe", nil, "on or off"},
	{"model", "large", "large", ""},
	{"model", strings.Repeat("x", parameter.MaxText+1), nil, "at most"},
	{"tint", "#0aF19c", "#0af19c", ""},
	{"tint", "#0af", nil, "#rrggbb"},
	{"tint", "red", nil, "#rrggbb"},
	{"tint", "#0af19cc", nil, "#rrggbb"},
	{"size", "3", nil, "the filter has strength, radius, mode, on, model, tint"},
}

func TestParse(t *testing.T) {
	s := schema(t)
	for _, c := range written {
		v, err := s.Parse(map[string]string{c.name: c.text})
		switch {
		case c.refused == "" && (err != nil || v.Get(c.name) != c.want):
			t.Errorf("%s=%s is %v, %v", c.name, c.text, v.Get(c.name), err)
		case c.refused != "" && (!errors.Is(err, parameter.ErrInvalid) || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s=%s: %v, does not say %q", c.name, c.text, err, c.refused)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range written {
		f.Add(c.name, c.text)
	}
	s, err := parameter.Of(knobs{Radius: 1, Mode: "blur", Tint: "#000000"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		v, err := s.Parse(map[string]string{name: text})
		if err != nil {
			return
		}
		k := parameter.To[knobs](v)
		if !(k.Strength >= 0 && k.Strength <= 1) || k.Radius < 1 || k.Radius > 64 || k.Mode != "blur" && k.Mode != "remove" || len(k.Model) > parameter.MaxText {
			t.Errorf("%s=%q gave %+v", name, text, k)
		}
		encoded, err := v.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Decode(encoded)
		if err != nil && strings.ToValidUTF8(text, "") == text {
			t.Errorf("%s is not read again: %v", encoded, err)
		}
		if err == nil && again.Restarts(v) && strings.ToValidUTF8(text, "") == text {
			t.Errorf("%s became %v", encoded, again.Map())
		}
	})
}

func TestChangesAllOrNothing(t *testing.T) {
	v := schema(t).Defaults()
	if _, err := v.With(map[string]any{"radius": 20.0, "strength": 2.0}); err == nil {
		t.Fatal("a strength of 2 is taken")
	}
	if v.Get("radius") != 8 {
		t.Errorf("the radius changed to %v", v.Get("radius"))
	}
	changed, err := v.With(map[string]any{"radius": 20.0, "mode": "remove"})
	if err != nil {
		t.Fatal(err)
	}
	if k := parameter.To[knobs](changed); k != (knobs{Strength: 0.5, Radius: 20, Mode: "remove", On: true, Tint: "#808080"}) {
		t.Errorf("the filter gets %+v", k)
	}
	if v.Equal(changed) || !v.Equal(schema(t).Defaults()) {
		t.Error("sets are equal that differ, or differ that are equal")
	}
	if again, err := schema(t).Parse(changed.Written()); err != nil || parameter.To[knobs](again) != parameter.To[knobs](changed) {
		t.Errorf("%v is read as %v, %v", changed.Written(), again.Map(), err)
	}
	if v.Restarts(changed) {
		t.Error("live parameters need a new instance")
	}
	if other, err := v.With(map[string]any{"model": "large"}); err != nil || !v.Restarts(other) {
		t.Errorf("the model changes in place, %v", err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	for _, c := range []struct {
		say  string
		from any
	}{
		{"not int", 3},
		{"no name", struct {
			X int `param:"Big Name" min:"0" max:"1"`
		}{}},
		{"needs the tag min", struct {
			X int `param:"x" max:"1"`
		}{}},
		{"from 0 to 1", struct {
			X int `param:"x" min:"0" max:"1"`
		}{X: 2}},
		{"min must be below max", struct {
			X int `param:"x" min:"1" max:"1"`
		}{X: 1}},
		{"\"live\" is the only one", struct {
			X bool `param:"x,hot"`
		}{}},
		{"two of the name", struct {
			X bool `param:"x"`
			Y bool `param:"x"`
		}{}},
		{"one of a", struct {
			X string `param:"x" choices:"a"`
		}{}},
		{"is a []int", struct {
			X []int `param:"x"`
		}{}},
		{"is not exported", struct {
			x bool `param:"x"`
		}{}},
	} {
		if _, err := parameter.Of(c.from); !errors.Is(err, parameter.ErrInvalid) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%T: %v, does not say %q", c.from, err, c.say)
		}
	}
}
