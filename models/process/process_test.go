package process_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/process"
)

// self starts this test's binary; with the race detector, that would wait a second
// at its end.
var self = process.Launcher{Command: []string{"/proc/self/exe", "filter-process"}, Environ: []string{"GORACE=atexit_sleep_ms=0"}}

// lines is a log that tests read.
type lines struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}

func environment() models.Environment {
	return models.Environment{Provider: models.CPU, Weights: func(name string) (string, error) {
		if name == "missing" {
			return "", errors.New("pull it first")
		}
		return "/weights/" + name, nil
	}}
}

func set(t *testing.T, d models.Definition, given map[string]any) models.Values {
	t.Helper()
	v, err := d.Parameters.Defaults().With(given)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// opened is the stage of a test, closed at its end.
func opened[T any](t *testing.T, open models.Opener[T], e models.Environment, v models.Values) models.Stage[T] {
	t.Helper()
	s, err := open(t.Context(), e, v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return s
}

func voice(t *testing.T, l process.Launcher, e models.Environment, given map[string]any) (models.Stage[capture.Sound], func(map[string]any) models.Values) {
	t.Helper()
	d := l.Isolate(shaky())
	return opened(t, d.OpenAudio, e, set(t, d, given)), func(given map[string]any) models.Values { return set(t, d, given) }
}

func sound(at capture.Time) capture.Sound {
	s := capture.Sound{Captured: at, Samples: make([]float32, capture.SoundSamples)}
	for i := range s.Samples {
		s.Samples[i] = float32(i%100) / 400
	}
	return s
}

func TestAudio(t *testing.T) {
	s, with := voice(t, self, environment(), nil)
	for i, factor := range []float64{1, 1, 2, 0.5, 0.5, 1} {
		in := sound(capture.Time(i + 1))
		out, err := s.Process(in, with(map[string]any{"factor": factor}))
		if err != nil {
			t.Fatal(err)
		}
		for j, x := range out.Samples {
			if x != float32(factor)*in.Samples[j] {
				t.Fatalf("sample %d is %v of %v, factor %v", j, x, in.Samples[j], factor)
			}
		}
		if out.Captured != in.Captured {
			t.Errorf("captured at %d", out.Captured)
		}
	}
}

// TestFailures are errors that cost one frame: the process lives on.
func TestFailures(t *testing.T) {
	s, with := voice(t, self, environment(), nil)
	for do, say := range map[string]string{"fail": "filter shaky: no [2J luck", "short": "10 samples", "late": "after its input"} {
		_, err := s.Process(sound(5), with(map[string]any{"do": do}))
		if err == nil || !strings.Contains(err.Error(), say) || errors.Is(err, process.ErrDied) {
			t.Errorf("%s: %v, does not say %q", do, err, say)
		}
		if _, err := s.Process(sound(6), with(nil)); err != nil {
			t.Errorf("after %s: %v", do, err)
		}
	}
	if _, err := s.Process(capture.Sound{Captured: 1}, with(nil)); err == nil {
		t.Error("sound of no samples is taken")
	}
}

// TestDeaths are ends of the process during a frame.
func TestDeaths(t *testing.T) {
	small := self
	small.Memory = 256 << 20
	for _, c := range []struct {
		do, say string
		with    process.Launcher
	}{
		{"panic", "exit status 2; it said: panic: out of hand", self},
		{"exit", "exit status 9; it said: enough of this", self},
		{"crash", "SIGSEGV", self},
		{"lie", "an observation: of 0 things", self},
		{"leak", "memory limit: the process has", small},
		{"gulp", "out of memory|failed to allocate", small},
	} {
		t.Run(c.do, func(t *testing.T) {
			s, with := voice(t, c.with, environment(), nil)
			if _, err := s.Process(sound(1), with(nil)); err != nil {
				t.Fatal(err)
			}
			_, err := s.Process(sound(2), with(map[string]any{"do": c.do}))
			if !errors.Is(err, process.ErrDied) || !regexp.MustCompile(c.say).MatchString(err.Error()) {
				t.Errorf("%v, does not say %q", err, c.say)
			}
			if len(fmt.Sprint(err)) > 2000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			if _, again := s.Process(sound(3), with(nil)); !errors.Is(again, process.ErrDied) {
				t.Errorf("it goes on: %v", again)
			}
		})
	}
}

// TestKill ends filters that would never end themselves, whatever they do.
func TestKill(t *testing.T) {
	for _, do := range []string{"wedge", "stop", "gain"} {
		s, with := voice(t, self, environment(), nil)
		if _, err := s.Process(sound(1), with(nil)); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() {
			for {
				if _, err := s.Process(sound(2), with(map[string]any{"do": do})); err != nil {
					ended <- err
					return
				}
			}
		}()
		timer := time.NewTimer(30 * time.Millisecond) // it is somewhere within Process
		<-timer.C
		s.(models.Killer).Kill()
		s.(models.Killer).Kill()
		if err := <-ended; !errors.Is(err, process.ErrDied) || !strings.Contains(err.Error(), "killed by the host") {
			t.Errorf("%s: %v", do, err)
		}
	}
}

func TestManifest(t *testing.T) {
	l := self
	l.Manifests = map[string]string{"stranger": "/manifests/stranger"}
	d := shaky()
	d.Name = "stranger"
	d = l.Isolate(d)
	s := opened(t, d.OpenAudio, environment(), d.Parameters.Defaults())
	if _, err := s.Process(sound(1), d.Parameters.Defaults()); err != nil {
		t.Error(err)
	}
}

func TestObservations(t *testing.T) {
	e := environment()
	var seen []models.Observation
	e.Observe = func(o models.Observation) { seen = append(seen, o) }
	s, with := voice(t, self, e, nil)
	for i := range 3 {
		if _, err := s.Process(sound(capture.Time(i+1)), with(map[string]any{"do": "observe", "factor": 2.0})); err != nil {
			t.Fatal(err)
		}
		if len(seen) != i+1 || seen[i].Captured != capture.Time(i+1) || seen[i].Voice == nil || seen[i].Voice.Probability != 0.5 {
			t.Fatalf("seen %+v", seen)
		}
	}
}

func TestLog(t *testing.T) {
	e, log := environment(), &lines{}
	e.Log = slog.New(slog.NewTextHandler(log, nil))
	d := self.Isolate(shaky())
	s, err := d.OpenAudio(t.Context(), e, d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []string{"talk", "flood"} {
		if _, err := s.Process(sound(1), set(t, d, map[string]any{"do": do})); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text := log.String()
	for _, say := range []string{`level=INFO msg="it is said" filter=shaky factor=1`, `line="from the depths"`, `line="and so on"`, "said more than is logged"} {
		if !strings.Contains(text, say) {
			t.Errorf("the log does not say %q", say)
		}
	}
	if strings.Contains(text, "nobody listens") {
		t.Error("it logs below the level")
	}
	if n := strings.Count(text, "\n"); n > 400 {
		t.Errorf("%d lines are logged", n)
	}
}

// TestSurroundings is what a process is given, and what not.
func TestSurroundings(t *testing.T) {
	t.Setenv("VIRTUALCUBE_API_KEYS", "devkey:secret")
	file, err := os.Create(filepath.Join(t.TempDir(), "recording"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	l := self
	l.Niceness = 7
	l.Environ = append([]string{"HOME=/nonexistent"}, l.Environ...)
	s, with := voice(t, l, environment(), nil)
	if _, err = s.Process(sound(1), with(map[string]any{"do": "report"})); err == nil {
		t.Fatal("no report")
	}
	var got struct {
		Environ, Open  []string
		Weights, Other string
		Nice           int
		Core           uint64
		Provider       models.Provider
		NoNewPrivs     bool
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(err.Error(), "filter shaky: ")), &got); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(got.Environ, "\n")
	if strings.Contains(all, "secret") || !strings.Contains(all, "HOME=/nonexistent") || !strings.Contains(all, "PATH=") {
		t.Errorf("environment %q", got.Environ)
	}
	if got.Nice != 7 || got.Core != 0 || !got.NoNewPrivs || got.Weights != "/weights/there" || got.Provider != models.CPU || !strings.Contains(got.Other, "not among those") {
		t.Errorf("%+v", got)
	}
	if open := strings.Join(got.Open, "\n"); strings.Contains(open, "recording") || strings.Count(open, "socket:") != 1 {
		t.Errorf("open files %q", got.Open)
	}
	// The node itself keeps its rights.
	status, err := exec.Command("cat", "/proc/self/status").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(status), "NoNewPrivs:\t0") {
		t.Errorf("what the node starts otherwise has lost rights: %s", status)
	}
}
