package process_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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

// TestKilledBetweenFrames is noticed by the next.
func TestKilledBetweenFrames(t *testing.T) {
	s, with := voice(t, self, environment(), nil)
	before := children(t)
	if len(before) != 1 {
		t.Fatalf("children %v", before)
	}
	if err := unix.Kill(before[0], unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Process(sound(1), with(nil)); !errors.Is(err, process.ErrDied) || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("%v", err)
	}
	if after := children(t); len(after) != 0 {
		t.Errorf("children are left before Close: %v", after)
	}
}

// TestCloseWedged ends a filter that does not hear that it is to end.
func TestCloseWedged(t *testing.T) {
	d := self.Isolate(shaky())
	s, err := d.OpenAudio(t.Context(), environment(), d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(children(t)[0], unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "did not end within") {
		t.Errorf("%v", err)
	}
	if left := children(t); len(left) != 0 {
		t.Errorf("children are left: %v", left)
	}
}

// TestOrphan ends a filter that hears nothing with its parent.
func TestOrphan(t *testing.T) {
	command := exec.Command("/proc/self/exe", "orphan")
	output, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	for s := bufio.NewScanner(output); pid == 0 && s.Scan(); {
		_, after, _ := strings.Cut(s.Text(), "pid=")
		_, _ = fmt.Sscan(after, &pid)
	}
	child, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatalf("process %d: %v", pid, err)
	}
	defer unix.Close(child)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(child), Events: unix.POLLIN}}, 5000); n != 1 || err != nil {
		t.Errorf("the filter outlives its parent: %v", err)
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

// TestStrangers are processes that speak otherwise.
func TestStrangers(t *testing.T) {
	if _, err := exec.LookPath("true"); err != nil {
		t.Skip("needs the command true")
	}
	d := shaky()
	for _, c := range []struct {
		say     string
		command []string
	}{
		{"exit status 0", []string{"true"}},
		{"type 97 instead of ready", []string{"/proc/self/exe", "raw", "a"}},
		{"invalid filter", []string{"/proc/self/exe", "raw", "Binvalid filter"}},
		{"bytes are too many", []string{"/proc/self/exe", "raw", "AA"}},
	} {
		l := process.Launcher{Command: c.command}
		if _, err := l.OpenAudio(t.Context(), d, environment(), d.Parameters.Defaults()); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v: %v, does not say %q", c.command, err, c.say)
		}
	}
	for _, answer := range []string{"x", "E", "Eabcdefghijkl", "C{}"} {
		l := process.Launcher{Command: []string{"/proc/self/exe", "raw", "A", "<", "<", answer}}
		s := opened(t, l.Isolate(d).OpenAudio, environment(), d.Parameters.Defaults())
		if _, err := s.Process(sound(1), d.Parameters.Defaults()); !errors.Is(err, process.ErrDied) || !strings.Contains(err.Error(), "no message") {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

// TestCloseDuring is a host that closes what it has given up, without killing it:
// the memory stays until nobody is at it.
func TestCloseDuring(t *testing.T) {
	d := self.Isolate(paint())
	for range 10 {
		s, err := d.OpenVideo(t.Context(), environment(), d.Parameters.Defaults())
		if err != nil {
			t.Fatal(err)
		}
		ended, busy := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			v := set(t, d, map[string]any{"do": "invert"})
			for i := 0; ; i++ {
				in := picture(t, capture.I420, 320+16*(i%8), 180, 1)
				out, err := s.Process(in, v)
				if err != nil {
					return
				}
				out.Release()
				if i == 20 {
					close(busy)
				}
			}
		}()
		<-busy
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	}
	if n := footprint(t)[1]; n != 0 {
		t.Errorf("%d slots are mapped", n)
	}
}

func TestOpenFails(t *testing.T) {
	d := self.Isolate(shaky())
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	unknown := shaky()
	unknown.Name = "stranger"
	manifest := self
	manifest.Manifests = map[string]string{"stranger": "/manifests/other"}
	for _, c := range []struct {
		say string
		ctx context.Context
		d   models.Definition
		how string
		is  error
	}{
		{"it has no mind to: pull it first", t.Context(), d, "badly", nil},
		{"killed, as opening it took too long", short, d, "slowly", context.DeadlineExceeded},
		{"panic: at once", t.Context(), d, "panic", process.ErrDied},
		{"there are deepen, paint, shaky", t.Context(), self.Isolate(unknown), "well", nil},
		{"defines other instead of stranger", t.Context(), manifest.Isolate(unknown), "well", nil},
		{"no command", t.Context(), process.Launcher{}.Isolate(shaky()), "well", nil},
		{"niceness 40", t.Context(), process.Launcher{Command: []string{"x"}, Niceness: 40}.Isolate(shaky()), "well", nil},
		{"start /nowhere", t.Context(), process.Launcher{Command: []string{"/nowhere"}}.Isolate(shaky()), "well", os.ErrNotExist},
	} {
		_, err := c.d.OpenAudio(c.ctx, environment(), set(t, c.d, map[string]any{"open": c.how}))
		if err == nil || !strings.Contains(err.Error(), c.say) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%v, does not say %q", err, c.say)
		}
	}
	if left := children(t); len(left) != 0 {
		t.Errorf("children are left: %v", left)
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
	l := self
	l.Niceness = 7
	l.Environ = append([]string{"HOME=/nonexistent"}, l.Environ...)
	s, with := voice(t, l, environment(), nil)
	_, err := s.Process(sound(1), with(map[string]any{"do": "report"}))
	if err == nil {
		t.Fatal("no report")
	}
	var got struct {
		Environ, Weights, Other string
		All                     []string `json:"environ"`
		Nice                    int
		Core                    uint64
		Provider                models.Provider
		NoNewPrivs              bool
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(err.Error(), "filter shaky: ")), &got); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(got.All, "\n")
	if strings.Contains(all, "secret") || !strings.Contains(all, "HOME=/nonexistent") || !strings.Contains(all, "PATH=") {
		t.Errorf("environment %q", got.All)
	}
	if got.Nice != 7 || got.Core != 0 || !got.NoNewPrivs || got.Weights != "/weights/there" || got.Provider != models.CPU || !strings.Contains(got.Other, "not among those") {
		t.Errorf("%+v", got)
	}
	for _, status := range threads(t) {
		if strings.Contains(status, "NoNewPrivs:\t1") {
			continue // of the goroutine that waits for the child
		}
		if !strings.Contains(status, "NoNewPrivs:\t0") {
			t.Errorf("thread %q", status)
		}
	}
}

// children are the processes that this one has started and not yet waited for.
func children(t *testing.T) []int {
	t.Helper()
	var list []int
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tasks {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(text)) {
			var pid int
			if _, err := fmt.Sscan(field, &pid); err != nil {
				t.Fatal(err)
			}
			list = append(list, pid)
		}
	}
	return list
}

func threads(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil {
			list = append(list, string(text))
		}
	}
	return list
}

// TestManyOpenings leave nothing behind.
func TestManyOpenings(t *testing.T) {
	v := deepen().Parameters.Defaults()
	d := self.Isolate(deepen())
	once := func() {
		s, err := d.OpenRGBD(t.Context(), environment(), v)
		if err != nil {
			t.Fatal(err)
		}
		in := frameSet(t, 1)
		out, err := s.Process(in, set(t, d, map[string]any{"do": "deepen", "depth": 3}))
		if err != nil {
			t.Fatal(err)
		}
		in.Release()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		out.Release()
	}
	once()
	before := footprint(t)
	for range 20 {
		once()
	}
	if after := footprint(t); !reflect.DeepEqual(after, before) {
		t.Errorf("files and mappings of frames %v, before %v", after, before)
	}
	if left := children(t); len(left) != 0 {
		t.Errorf("children are left: %v", left)
	}
}

// footprint counts open files and mapped slots.
func footprint(t *testing.T) [2]int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return [2]int{len(files), strings.Count(string(maps), "memfd:filter")}
}
