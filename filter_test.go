package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/models/clip/wave"
)

// filtered runs the command and returns what it printed.
func filtered(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	if code := execute(ctx, append([]string{"filter"}, args...), &stdout, &stderr); code != want {
		t.Fatalf("filter %q: exit code %d, want %d: %s", args, code, want, &stderr)
	}
	return stdout.String(), stderr.String()
}

// toneFile is a WAVE file with a tone at half of full scale.
func toneFile(t *testing.T, seconds float64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tone.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := wave.NewWriter(f, wave.Format{Rate: 48000, Channels: 1, Bits: 16})
	if err != nil {
		t.Fatal(err)
	}
	samples := make([]float32, int(seconds*48000))
	for i := range samples {
		samples[i] = float32(0.5 * math.Sin(2*math.Pi*440*float64(i)/48000))
	}
	if err := errors.Join(w.Write(samples), w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// peak is the loudest sample of a WAVE file, and how many there are.
func peak(t *testing.T, path string) (loudest float64, count int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := wave.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	samples := make([]float32, 1<<20)
	n, err := r.Read(samples)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples[:n] {
		loudest = max(loudest, math.Abs(float64(s)))
	}
	return loudest, n
}

func TestFilterList(t *testing.T) {
	isolate(t)
	table, err := filters()
	if err != nil {
		t.Fatal(err)
	}
	text, _ := filtered(t, exitOK, "list")
	var list []listedFilter
	out, _ := filtered(t, exitOK, "list", "--json")
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != len(table) {
		t.Fatalf("%d of %d filters: %v", len(list), len(table), err)
	}
	for _, f := range list {
		if !strings.Contains(text, f.Name+" (") || !strings.Contains(text, f.Summary) {
			t.Errorf("the text does not tell of %s", f.Name)
		}
		for _, p := range f.Parameters {
			if !strings.Contains(text, p.Takes()) || !strings.Contains(text, p.Help) {
				t.Errorf("the text does not tell of %s of %s", p.Name, f.Name)
			}
		}
	}
	out, _ = filtered(t, exitOK, "list", "--kind", "audio", "--json")
	if err := json.Unmarshal([]byte(out), &list); err != nil || slices.ContainsFunc(list, func(f listedFilter) bool { return f.Kind != "audio" }) {
		t.Errorf("%v; %s", err, out)
	}
	if out, _ = filtered(t, exitOK, "list", "gain"); strings.Contains(out, "grade") || !strings.Contains(out, "-60 to 30 dB") {
		t.Errorf("%s", out)
	}
	filtered(t, exitFailed, "list", "gane")
}

func TestFilterFile(t *testing.T) {
	isolate(t)
	in := toneFile(t, 1.25)
	out := filepath.Join(t.TempDir(), "out.wav")
	text, _ := filtered(t, exitOK, in, out, "--chain", "gain(gain=-6.0206)", "--json")
	var result struct {
		Out    string
		Chain  graph
		Report struct {
			Seconds float64
			Filters []struct {
				Filter string
				Frames int
				Errors int
				MeanMS float64 `json:"mean_ms"`
				Share  float64
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	f := result.Report.Filters[0]
	if result.Out != out || f.Filter != "gain" || f.Frames != 63 || f.Errors > 0 || f.MeanMS <= 0 || f.Share != 1 || result.Chain.Text != "gain(gain=-6.0206)" {
		t.Errorf("%s", text)
	}
	if loud, n := peak(t, out); math.Abs(loud-0.25) > 1e-3 || n != 60000 {
		t.Errorf("%d samples, the loudest is %v", n, loud)
	}
	text, _ = filtered(t, exitOK, in, "--chain", "gain,gain(gain=3)", "--time")
	if lines := strings.Split(text, "\n"); !strings.Contains(lines[0], "median") || !strings.Contains(lines[2], "gain  audio") || !strings.Contains(text, "nothing was written: 1.26") {
		t.Errorf("%s", text)
	}
}

func TestFilterSaysWhatIsWrong(t *testing.T) {
	isolate(t)
	in := toneFile(t, 0.1)
	dir := t.TempDir()
	out := filepath.Join(dir, "out.wav")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "name a recording"},
		{[]string{in}, exitUsage, "nothing to do"},
		{[]string{"--graph"}, exitUsage, "--chain"},
		{[]string{in, out, "--chain", "gane"}, exitFailed, `unknown filter "gane": there are `},
		{[]string{in, out, "--chain", "gain(gain=99)"}, exitFailed, "-60 to 30 dB"},
		{[]string{in, out, "--chain", "gain("}, exitUsage, "invalid chain"},
		{[]string{in, out, "--chain", "grade"}, exitFailed, "grade filters pictures, and " + in + " has none"},
		{[]string{in, in, "--chain", "gain"}, exitFailed, "--force"},
		{[]string{filepath.Join(dir, "no.wav"), out}, exitFailed, "no such file"},
		{[]string{in, filepath.Join(dir, "a.avi")}, exitFailed, ".avi is unknown"},
		{[]string{in, filepath.Join(dir, "pictures")}, exitFailed, "there are none"},
		{[]string{"folder:" + dir, out}, exitFailed, "no pictures"},
		{[]string{in, "--chain", "gain", "--observations", in}, exitFailed, "--force"},
	} {
		if _, errs := filtered(t, c.code, c.args...); !strings.Contains(errs, c.want) {
			t.Errorf("filter %q says %q, want something with %q", c.args, errs, c.want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func TestFilterGraph(t *testing.T) {
	isolate(t)
	const chain = "grade,gain(gain=6),grade"
	text, _ := filtered(t, exitOK, "--chain", chain, "--graph")
	for _, want := range []string{"audio", "-> gain(gain=6)", "-> grade", "apart: 10 ms, by which a room holds the audio back"} {
		if !strings.Contains(text, want) {
			t.Errorf("the graph lacks %q:\n%s", want, text)
		}
	}
	text, _ = filtered(t, exitOK, "--chain", chain, "--dot")
	if !strings.HasPrefix(text, "digraph chain {") || !strings.Contains(text, `in -> audio0 [label="audio"];`) {
		t.Errorf("%s", text)
	}
	if path, err := exec.LookPath("dot"); err == nil {
		draw := exec.Command(path, "-Tsvg")
		draw.Stdin = strings.NewReader(text)
		if out, err := draw.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	text, _ = filtered(t, exitOK, toneFile(t, 0.5), "--info")
	if !strings.Contains(text, "16-bit PCM, 48000 Hz") || !strings.Contains(text, "0.500 s") {
		t.Errorf("%s", text)
	}
}

// TestFilterStops: what was done until Ctrl-C is kept, under a name that says so.
func TestFilterStops(t *testing.T) {
	isolate(t)
	in := toneFile(t, 20)
	dir := t.TempDir()
	ctx, stop := context.WithTimeout(context.Background(), time.Second) // as Ctrl-C would
	defer stop()
	var stdout, stderr bytes.Buffer
	code := execute(ctx, []string{"filter", in, filepath.Join(dir, "out.wav"), "--chain", "gain", "--realtime"}, &stdout, &stderr)
	partial := filepath.Join(dir, "out.partial.wav")
	if code != exitFailed || !strings.Contains(stderr.String(), "stopped; "+partial+" holds") {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	if loud, n := peak(t, partial); n < 4800 || n > 10*48000 || math.Abs(loud-0.5) > 1e-3 {
		t.Errorf("%d samples, the loudest is %v", n, loud)
	}
	if _, err := os.Stat(filepath.Join(dir, "out.wav")); err == nil {
		t.Error("what is not all has the name that was asked for")
	}
}

func TestFilterRig(t *testing.T) {
	isolate(t)
	out := filepath.Join(t.TempDir(), "rig")
	text, _ := filtered(t, exitOK, smallRig, out)
	if !strings.Contains(text, out+": 0.07 s") {
		t.Errorf("%s", text)
	}
	text, _ = filtered(t, exitOK, "folder:"+out, "--info")
	if !strings.Contains(text, "3 cameras, 30 sets a second") {
		t.Errorf("%s", text)
	}
	filtered(t, exitFailed, smallRig, out+".mp4")
}

func TestFilterNew(t *testing.T) {
	isolate(t)
	dir := t.TempDir()
	filtered(t, exitFailed, "new", "my-filter", "--dir", dir) // no repository
	table := read(t, "filters.go")
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "models"), 0o755), os.WriteFile(filepath.Join(dir, "filters.go"), []byte(table), 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gain", "../x", "func"} {
		filtered(t, exitFailed, "new", "--dir", dir, name)
	}
	if now := read(t, filepath.Join(dir, "filters.go")); now != table {
		t.Error("filters.go was changed though nothing was begun")
	}
	text, _ := filtered(t, exitOK, "new", "my-filter", "--dir", dir, "--kind", "audio")
	if !strings.Contains(text, "go test ./models/myfilter") {
		t.Errorf("%s", text)
	}
	if !strings.Contains(read(t, filepath.Join(dir, "filters.go")), "myfilter.Definition,") {
		t.Error("filters.go does not have it")
	}
	if source := read(t, filepath.Join(dir, "models", "myfilter", "myfilter.go")); !strings.Contains(source, `"my-filter"`) {
		t.Errorf("%s", source)
	}
	_, errs := filtered(t, exitFailed, "new", "my-filter", "--dir", dir)
	if !strings.Contains(errs, "already") {
		t.Errorf("%s", errs)
	}
}
