package process_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/process"
)

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
