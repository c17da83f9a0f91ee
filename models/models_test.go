package models_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// chains are texts: what they are, or a word of the refusal.
var chains = []struct {
	text    string
	want    []models.Link
	refused string
}{
	{"", nil, ""},
	{"  ", nil, ""},
	{"gain", []models.Link{{Filter: "gain"}}, ""},
	{"gain()", []models.Link{{Filter: "gain"}}, ""},
	{"gain(db=3, soft=on) , vad", []models.Link{{Filter: "gain", Parameters: map[string]string{"db": "3", "soft": "on"}}, {Filter: "vad"}}, ""},
	{`a(x="1,(2)=""3""")`, []models.Link{{Filter: "a", Parameters: map[string]string{"x": `1,(2)="3"`}}}, ""},
	{`a(x="")`, []models.Link{{Filter: "a", Parameters: map[string]string{"x": ""}}}, ""},
	{"gain,", nil, "name of a filter"},
	{",gain", nil, "name of a filter"},
	{"gain vad", nil, "comma is expected between"},
	{"gain(", nil, "name=value"},
	{"gain(db)", nil, "name=value"},
	{"gain(db=)", nil, "a value is expected"},
	{"gain(db=1", nil, "closing parenthesis"},
	{"gain(db=1,db=2)", nil, "given twice"},
	{`gain(db="1`, nil, "double quote is missing"},
	{strings.Repeat("a,", 8) + "a", nil, "more than 8"},
	{strings.Repeat("a", 5000), nil, "at most 4096"},
}

func TestParseChain(t *testing.T) {
	for _, c := range chains {
		links, err := models.ParseChain(c.text)
		switch {
		case c.refused == "" && (err != nil || !reflect.DeepEqual(links, c.want)):
			t.Errorf("%q is %+v, %v", c.text, links, err)
		case c.refused != "" && (!errors.Is(err, models.ErrChain) || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%q: %v, does not say %q", c.text, err, c.refused)
		}
	}
}

func FuzzParseChain(f *testing.F) {
	for _, c := range chains {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		links, err := models.ParseChain(text)
		if err != nil {
			return
		}
		written := models.FormatChain(links)
		again, err := models.ParseChain(written)
		if err != nil && len(written) <= 4096 || err == nil && !reflect.DeepEqual(again, links) {
			t.Errorf("%q is written %q and read as %+v, %v", text, written, again, err)
		}
	})
}

// gain is the smallest filter.
type gain struct{}

type gainParameters struct {
	Factor float64 `param:"factor,live" min:"0" max:"4" help:"what samples are multiplied by"`
}

func (gain) Process(in capture.Sound, p gainParameters) (capture.Sound, error) {
	out := capture.Sound{Captured: in.Captured, Samples: make([]float32, len(in.Samples))}
	for i, x := range in.Samples {
		out.Samples[i] = float32(p.Factor) * x
	}
	return out, nil
}

func (gain) Close() error { return nil }

func gainDefinition(t *testing.T, change func(*models.Description)) (models.Definition, error) {
	t.Helper()
	d := models.Description{Name: "gain", Summary: "makes a voice louder", Latency: time.Millisecond, Late: models.Pass, Failing: models.Pass}
	if change != nil {
		change(&d)
	}
	return models.Audio(d, gainParameters{Factor: 1}, func(context.Context, models.Environment, gainParameters) (models.AudioFilter[gainParameters], error) {
		return gain{}, nil
	})
}

func TestBind(t *testing.T) {
	definition, err := gainDefinition(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	table := models.Table{definition}
	if err := table.Validate(); err != nil {
		t.Fatal(err)
	}
	links, err := models.ParseChain("gain(factor=0.5)")
	if err != nil {
		t.Fatal(err)
	}
	chain, err := table.Bind(links, models.KindAudio)
	if err != nil {
		t.Fatal(err)
	}
	stage, err := chain[0].OpenAudio(t.Context(), models.Environment{}, chain[0].Values)
	if err != nil {
		t.Fatal(err)
	}
	out, err := stage.Process(capture.Sound{Captured: 1, Samples: []float32{0.5}}, chain[0].Values)
	if err != nil || out.Samples[0] != 0.25 || out.Captured != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	for _, c := range []struct {
		chain string
		kind  models.Kind
		say   string
	}{
		{"reverb", "", "there are gain"},
		{"gain(factor=5)", "", "gain: invalid parameter: factor is 5, it takes a number from 0 to 4"},
		{"gain", models.KindVideo, "gain filters audio, the stream is video"},
	} {
		links, err := models.ParseChain(c.chain)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = table.Bind(links, c.kind); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, does not say %q", c.chain, err, c.say)
		}
	}
	if err := append(table, definition).Validate(); !errors.Is(err, models.ErrDescription) {
		t.Errorf("two of one name: %v", err)
	}
}

func TestDescriptionRefuses(t *testing.T) {
	for _, c := range []struct {
		say    string
		change func(*models.Description)
	}{
		{"no name", func(d *models.Description) { d.Name = "Gain" }},
		{"no summary", func(d *models.Description) { d.Summary = "" }},
		{"looks 3s ahead", func(d *models.Description) { d.LookAhead = 3 * time.Second }},
		{"latency of 0s", func(d *models.Description) { d.Latency = 0 }},
		{"policy \"block\"", func(d *models.Description) { d.Late = "block" }},
		{"private and lets", func(d *models.Description) { d.Private = true }},
		{"wants the provider \"npu\"", func(d *models.Description) { d.Providers = []models.Provider{"npu"} }},
		{"observes and looks ahead", func(d *models.Description) { d.Observes, d.LookAhead = true, 1 }},
	} {
		if _, err := gainDefinition(t, c.change); !errors.Is(err, models.ErrDescription) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v, does not say %q", err, c.say)
		}
	}
}
