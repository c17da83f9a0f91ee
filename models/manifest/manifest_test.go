package manifest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/manifest"
)

// head begins every manifest of these tests.
const head = `version: 1
name: sample
summary: a model of the tests
licence: MIT
source: this test
file: model.onnx
sha256: abcdef0000000000000000000000000000000000000000000000000000000000
latency: 20ms
late: hold
failing: pass
`

// The four kinds.
const (
	toMask = head + `kind: image-to-mask
parameters:
  - {name: show, type: choice, choices: [keep, mask, remove], default: keep, live: true, help: what is shown, use: show}
inputs:
  - {name: x, type: float32, shape: [1, 16, 16, 3], from: picture, layout: NHWC}
outputs:
  - {name: y, type: float32, shape: [1, 16, 16, 1], to: mask, layout: NHWC}
`
	toImage = head + `kind: image-to-image
parameters:
  - {name: strength, type: number, min: 0, max: 1, default: 1, live: true, help: how much, use: mix}
  - {name: gain, type: number, min: 0, max: 2, default: 1, live: true, help: how bright}
inputs:
  - {name: x, type: float32, shape: [1, 3, 32, 32], from: picture, layout: NCHW, colours: bgr, mean: [0.1, 0.2, 0.3], std: [0.5]}
  - {name: gain, type: float32, shape: [1], from: parameter, parameter: gain}
outputs:
  - {name: y, type: float32, shape: [1, 3, 32, 32], to: picture, layout: NCHW, colours: bgr, mean: [0.1, 0.2, 0.3], std: [0.5]}
`
	toSound = head + `kind: audio-to-audio
parameters:
  - {name: strength, type: number, min: 0, max: 1, default: 1, live: true, help: how much, use: mix}
sound: {rate: 16000, block: 320, hop: 160, above: follow}
inputs:
  - {name: x, type: float32, shape: [1, 320], from: sound}
  - {name: h, type: float32, shape: [1, 1], from: state, state: next}
outputs:
  - {name: y, type: float32, shape: [1, 160], to: sound}
`
	toLabels = head + `kind: classifier
inputs:
  - {name: x, type: float32, shape: [1, 8, 8], from: picture, layout: NHW, colours: grey}
outputs:
  - {name: y, type: float32, shape: [1, 3], to: labels, labels: [dark, middle, bright], activation: softmax, top: 2}
`
)

// written are manifests and what the refusal says; "" for those that are read.
var written = []struct{ name, text, says string }{
	{"mask", toMask, ""},
	{"image", toImage, ""},
	{"sound", toSound, ""},
	{"labels", toLabels, ""},
	{"unknown fields", toMask + "colour: green\n", ""},
	{"of sound", strings.NewReplacer("from: picture, layout: NHW, colours: grey", "from: sound").Replace(toLabels) + "sound: {rate: 16000, block: 64}\n", ""},
	{"empty", "", "version 0 is not known"},
	{"no YAML", "version: [", "1:"},
	{"two documents", toMask + "---\n" + toMask, "more than one document"},
	{"an alias", "a: &a 1\nb: *a\n", "anchors"},
	{"large", toMask + strings.Repeat("#", 64<<10), "at most 65536"},
	{"deep", strings.Repeat("a: [", 9), "more than 8 lists"},
	{"later version", strings.Replace(toMask, "version: 1", "version: 2", 1), "version 2 is not known"},
	{"no name", strings.Replace(toMask, "name: sample", "name:", 1), "name has 0 bytes"},
	{"bad name", strings.Replace(toMask, "name: sample", "name: My Model", 1), `"My Model" is no name`},
	{"no licence", strings.Replace(toMask, "licence: MIT", "licence: ''", 1), "licence has 0 bytes"},
	{"elsewhere", strings.Replace(toMask, "file: model.onnx", "file: ../model.onnx", 1), "not beside the manifest"},
	{"absolute", strings.Replace(toMask, "file: model.onnx", "file: /model.onnx", 1), "not beside the manifest"},
	{"short checksum", strings.Replace(toMask, "sha256: ab", "sha256: ", 1), "not 64 hexadecimal digits"},
	{"kind", strings.Replace(toMask, "image-to-mask", "video", 1), `kind: "video" is none of`},
	{"provider", toMask + "providers: [cpu, tpu]\n", `"tpu"`},
	{"no latency", strings.Replace(toMask, "latency: 20ms", "", 1), "latency of 0s"},
	{"no policy", strings.Replace(toMask, "late: hold", "", 1), `the policy ""`},
	{"private", toMask + "private: true\n", "lets frames pass"},
	{"type", strings.Replace(toMask, "type: float32", "type: float", 1), `input 1 "x": type: "float"`},
	{"not of a picture", strings.Replace(toMask, "type: float32", "type: int64", 1), "type of a picture"},
	{"shape", strings.Replace(toMask, "[1, 16, 16, 3]", "[1, -1, -1, 3]", 1), "whole numbers above 0"},
	{"huge shape", strings.Replace(toMask, "[1, 16, 16, 3]", "[1, 4096, 4096, 3]", 1), "elements"},
	{"overflow", strings.Replace(toMask, "[1, 16, 16, 3]", "[4611686018427387904, 4, 4, 4]", 1), "elements"},
	{"layout", strings.Replace(toMask, "layout: NHWC", "layout: NHW", 1), "3 letters for the 4"},
	{"channels", strings.Replace(toMask, "[1, 16, 16, 3]", "[1, 16, 16, 4]", 1), "4 channels are no rgb"},
	{"colours", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, colours: yuv", 1), `colours: "yuv"`},
	{"resize", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, resize: crop", 1), `resize: "crop"`},
	{"range", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, range: [1]", 1), "range"},
	{"no range", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, range: [1, 1]", 1), "all the same"},
	{"std", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, std: [0]", 1), "too large"},
	{"mean", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, mean: [1, 2]", 1), "mean: [1 2]"},
	{"not a number", strings.Replace(toMask, "layout: NHWC", "layout: NHWC, mean: [.nan]", 1), "too large"},
	{"from", strings.Replace(toMask, "from: picture", "from: camera", 1), `from: "camera"`},
	{"to", strings.Replace(toMask, "to: mask", "to: matte", 1), `to: "matte"`},
	{"no output", strings.Replace(toMask, "to: mask", "to: nothing", 1), "one output to mask"},
	{"other output", strings.Replace(toImage, "to: picture", "to: mask", 1), "one output to picture"},
	{"other input", strings.Replace(toSound, "from: sound", "from: picture, layout: HW, colours: grey", 1), "one input from sound"},
	{"twice", strings.Replace(toImage, "name: gain, type: float32", "name: x, type: float32", 1), "there twice"},
	{"activation", strings.Replace(toMask, "to: mask", "to: mask, activation: tanh", 1), `activation: "tanh"`},
	{"channel", strings.Replace(toMask, "to: mask", "to: mask, channel: 1", 1), "channel: 1"},
	{"threshold", strings.Replace(toMask, "to: mask", "to: mask, threshold: 2", 1), "threshold: 2"},
	{"labels", strings.Replace(toLabels, "[dark, middle, bright]", "[dark, bright]", 1), "there are 2 for the 3 scores"},
	{"top", strings.Replace(toLabels, "top: 2", "top: 17", 1), "top: 17"},
	{"interval", strings.Replace(toLabels, "top: 2", "interval: 1h", 1), "interval: 1h"},
	{"no section", strings.Replace(toSound, "sound: {rate: 16000, block: 320, hop: 160, above: follow}", "", 1), "section is missing"},
	{"section of none", toMask + "sound: {rate: 16000, block: 320}\n", "no input from sound"},
	{"block", strings.Replace(toSound, "block: 320", "block: 300", 1), "block is 300 samples, the input x has 320"},
	{"hop", strings.Replace(toSound, "hop: 160", "hop: 161", 1), "results of 160"},
	{"rate", strings.Replace(toSound, "rate: 16000", "rate: 22050", 1), "22050 Hz"},
	{"delay", strings.Replace(toSound, "hop: 160", "hop: 160, delay: 100000", 1), "looks 6."},
	{"above", strings.Replace(toSound, "above: follow", "above: guess", 1), `above: "guess"`},
	{"scale", strings.Replace(toSound, "hop: 160", "hop: 160, scale: .inf", 1), "scale"},
	{"state", strings.Replace(toSound, ", state: next", "", 1), "name of the output"},
	{"no parameter", strings.Replace(toImage, "parameter: gain", "parameter: gian", 1), `no parameter "gian"`},
	{"idle parameter", strings.Replace(toImage, ", use: mix", "", 1), "strength does nothing"},
	{"use", strings.Replace(toImage, "use: mix", "use: show", 1), `"show" is none of [mix]`},
	{"two of a use", strings.Replace(toImage, "help: how bright", "help: x, use: mix", 1), "two of use mix"},
	{"choices", strings.Replace(toMask, "keep, mask, remove", "keep, blur", 1), `"blur" is none of`},
	{"ratio", strings.Replace(toImage, "max: 1, default: 1", "max: 3, default: 1", 1), "from 0 to 1"},
	{"default", strings.Replace(toImage, "default: 1, live: true, help: how bright", "default: 3, live: true, help: how bright", 1), "from 0 to 2"},
}

func TestParse(t *testing.T) {
	for _, c := range written {
		_, err := manifest.Parse([]byte(c.text))
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (!errors.Is(err, manifest.ErrManifest) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v does not say %q", c.name, err, c.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range written {
		if len(c.text) < 4096 {
			f.Add([]byte(c.text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := manifest.Parse(text)
		if err != nil {
			if !errors.Is(err, manifest.ErrManifest) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q", err)
			}
			return
		}
		d, err := m.Definition(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := (models.Table{d}).Validate(); err != nil {
			t.Error(err)
		}
	})
}

func TestLoadFolder(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("b.yaml", toMask)
	write("a.yaml", strings.Replace(toSound, "name: sample", "name: other", 1))
	write("notes.txt", "no manifest")
	loaded, err := manifest.LoadFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) != 2 || loaded[0].Name != "other" || loaded[1].Name != "sample" {
		t.Errorf("loaded %v", loaded)
	}
	if err := models.Table(loaded).Validate(); err != nil {
		t.Error(err)
	}
	write("c.yaml", "version: 9")
	if loaded, err := manifest.LoadFolder(folder); len(loaded) > 0 || !errors.Is(err, manifest.ErrManifest) || !strings.Contains(err.Error(), "c.yaml") {
		t.Errorf("with a wrong one: %d, %v", len(loaded), err)
	}
	if _, err := manifest.LoadFolder(filepath.Join(folder, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
