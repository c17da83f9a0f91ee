package vad

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/filtertest"
	"github.com/virtualcube/virtualcube/models/weights"
)

// environment has the pulled weights; the test is skipped where they are missing.
func environment(t testing.TB) models.Environment {
	t.Helper()
	store, err := weights.Open("")
	if err != nil {
		t.Fatal(err)
	}
	d := definition(t)
	for _, name := range d.Weights {
		if _, err := store.Path(name); errors.Is(err, weights.ErrMissing) {
			t.Skip(err)
		}
	}
	return models.Environment{Provider: models.CPU, Weights: store.Path}
}

func definition(t testing.TB) models.Definition {
	t.Helper()
	d, err := Definition()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestContract(t *testing.T) {
	filtertest.Run(t, definition(t), filtertest.Options{Environment: environment(t)})
}

// heard is what the filter says of a recording.
func heard(t testing.TB, e models.Environment, x []float32, p Parameters) (list []models.Observation) {
	t.Helper()
	e.Observe = func(o models.Observation) { list = append(list, o) }
	f, err := open(t.Context(), e, p)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for at := 0; at+capture.SoundSamples <= len(x); at += capture.SoundSamples {
		in := capture.Sound{Captured: begin.Add(time.Duration(at) * time.Second / capture.SampleRate), Samples: x[at : at+capture.SoundSamples]}
		if _, err := f.Process(in, p); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

const begin = capture.Time(time.Second)

// share of the windows in which somebody speaks.
func share(list []models.Observation) float64 {
	n := 0
	for _, o := range list {
		if o.Voice.Speaks {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

func TestNobodySpeaks(t *testing.T) {
	e := environment(t)
	random := rand.New(rand.NewPCG(1, 2))
	for name, sample := range map[string]func(i int) float64{
		"silence":     func(int) float64 { return 0 },
		"white noise": func(int) float64 { return 0.05 * random.NormFloat64() },
		"a tone":      func(i int) float64 { return 0.3 * math.Sin(2*math.Pi*440*float64(i)/capture.SampleRate) },
		"hum":         func(i int) float64 { return 0.1 * math.Sin(2*math.Pi*50*float64(i)/capture.SampleRate) },
	} {
		x := make([]float32, 10*capture.SampleRate)
		for i := range x {
			x[i] = float32(max(-1, min(1, sample(i))))
		}
		list := heard(t, e, x, Parameters{Threshold: 0.5})
		if want := 10 * time.Second / windowLength; len(list) < int(want)-1 || len(list) > int(want) {
			t.Errorf("%s: %d windows were judged, want %d", name, len(list), want)
		}
		if got := share(list); got > 0.01 {
			t.Errorf("%s is speech in %.1f %% of the windows", name, 100*got)
		}
	}
}

func TestStampsFollowTheWindows(t *testing.T) {
	list := heard(t, environment(t), make([]float32, 3*capture.SampleRate), Parameters{Threshold: 0.5})
	for i, o := range list {
		if want := begin.Add(time.Duration(i) * windowLength); o.Captured != want {
			t.Fatalf("window %d is of %v, want %v", i, o.Captured, want)
		}
	}
}

// TestSpeech compares with the words that people marked.
func TestSpeech(t *testing.T) {
	e := environment(t)
	for name, least := range map[string]struct{ precision, recall float64 }{
		"acoustic_corpus": {0.9, 0.95}, "cold_corpus": {0.8, 0.85},
	} {
		x, words := labelled(t, name)
		got := compare(heard(t, e, x, Parameters{Threshold: 0.5}), words)
		t.Logf("%s: precision %.3f, recall %.3f", name, got.precision(), got.recall())
		if got.precision() < least.precision || got.recall() < least.recall {
			t.Errorf("%s: precision %.3f, recall %.3f", name, got.precision(), got.recall())
		}
		held := compare(heard(t, e, x, Parameters{Threshold: 0.5, Hangover: 0.3}), words)
		if held.recall() < got.recall() || held.right+held.madeUp <= got.right+got.madeUp {
			t.Errorf("%s: held for 0.3 s, more is speech, not %v after %v", name, held, got)
		}
	}
}

func BenchmarkProcess(b *testing.B) {
	e := environment(b)
	e.Observe = func(models.Observation) {}
	f, err := open(b.Context(), e, Parameters{})
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, capture.SoundSamples)
	for i := range x {
		x[i] = float32(max(-1, min(1, 0.05*random.NormFloat64())))
	}
	at := begin
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Process(capture.Sound{Captured: at, Samples: x}, Parameters{Threshold: 0.5}); err != nil {
			b.Fatal(err)
		}
		at = at.Add(capture.SoundLength)
	}
}

// counts of windows: speech that was noticed, missed, and made up.
type counts struct{ right, missed, madeUp float64 }

func (c counts) precision() float64 { return c.right / (c.right + c.madeUp) }
func (c counts) recall() float64    { return c.right / (c.right + c.missed) }

// compare judges each window by its middle.
func compare(list []models.Observation, words []word) (c counts) {
	for _, o := range list {
		middle := (o.Captured.Sub(begin) + windowLength/2).Seconds()
		spoken := false
		for _, w := range words {
			spoken = spoken || w.from <= middle && middle < w.to
		}
		switch {
		case spoken && o.Voice.Speaks:
			c.right++
		case spoken:
			c.missed++
		case o.Voice.Speaks:
			c.madeUp++
		}
	}
	return c
}

type word struct{ from, to float64 } // s

// labelled reads a recording of shared data, at 48 kHz, and its words.
func labelled(t testing.TB, name string) ([]float32, []word) {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "data", "speech")
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no %s: real speech is shared beside the repository", folder)
	}
	return recording(t, filepath.Join(folder, name+".wav")), marked(t, filepath.Join(folder, name+".TextGrid"))
}

// recording reads a file as a source would give it.
func recording(t testing.TB, path string) (x []float32) {
	t.Helper()
	c, err := clip.Open(t.Context(), path, clip.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() // it is only read
	for {
		s, err := c.Sounds()
		if errors.Is(err, io.EOF) {
			return x
		}
		if err != nil {
			t.Fatal(err)
		}
		x = append(x, s.Samples...)
	}
}

// marked reads the words of a TextGrid in Praat's short text form: of its first
// tier, after name, begin, end and number, the begin, end and text of each.
func marked(t testing.TB, path string) (words []word) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() // it is only read
	var lines []string
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	at := slices.Index(lines, `"words"`)
	n, err := strconv.Atoi(lines[at+3])
	if err != nil || at < 0 {
		t.Fatalf("%s: no tier of words: %v", path, err)
	}
	for i := range n {
		entry := lines[at+4+3*i:][:3]
		from, err := strconv.ParseFloat(entry[0], 64)
		to, err2 := strconv.ParseFloat(entry[1], 64)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if entry[2] != `""` {
			words = append(words, word{from, to})
		}
	}
	return words
}
