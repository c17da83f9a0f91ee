//go:build soak

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// soakSample is what is measured between events, when all chains are as they were.
type soakSample struct {
	rss        float64 // MiB, of this process
	children   int
	theirs     float64 // MiB, of their own memory together
	goroutines int
	files      int
	shared     float64 // MiB of memory that is shared with children
	shm        float64 // MiB in /dev/shm
	late       []time.Duration
}

func (s soakSample) String() string {
	late := make([]string, len(s.late))
	for i, d := range s.late {
		late[i] = fmt.Sprintf("%.1f", d.Seconds()*1e3)
	}
	return fmt.Sprintf("%6.1f MiB, %d children %6.1f MiB, %3d goroutines, %3d files, %5.1f MiB shared, /dev/shm %4.1f MiB, late by %s ms",
		s.rss, s.children, s.theirs, s.goroutines, s.files, s.shared, s.shm, strings.Join(late, " "))
}

// sample measures. What is garbage does not count.
func (k *soak) sample() soakSample {
	k.t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	memory, err := readMemory()
	if err != nil {
		k.t.Fatal(err)
	}
	s := soakSample{rss: mebibytes(int64(memory.resident)), goroutines: runtime.NumGoroutine()}
	for _, pid := range ownChildren(k.t) {
		s.children++
		s.theirs += mebibytes(anonymous(pid))
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		k.t.Fatal(err)
	}
	s.files = len(entries)
	s.shared = mebibytes(mapped(k.t))
	_ = filepath.Walk("/dev/shm", func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			s.shm += mebibytes(info.Size())
		}
		return nil
	})
	for _, stream := range k.list {
		s.late = append(s.late, stream.late())
	}
	return s
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// mapped is the memory without a name that this process shares with others, in
// bytes.
func mapped(t *testing.T) (sum int64) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "/memfd:") {
			continue
		}
		var from, to int64
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
			t.Fatalf("/proc/self/maps: %q: %v", line, err)
		}
		sum += to - from
	}
	return sum
}

// ownChildren are the processes that this one started, which run.
func ownChildren(t *testing.T) (pids []int) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // a thread that has ended
		}
		for _, word := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// anonymous is a process's own memory, in bytes; 0 if it has ended.
func anonymous(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "RssAnon:"); found {
			kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10
		}
	}
	return 0
}

// Bounds of growth, from the median of the first third of the samples to that of
// the last.
const (
	mostMemory     = 24.0 // MiB, of this process
	mostTheirs     = 24.0 // MiB, of the children together
	mostShared     = 8.0  // MiB
	mostGoroutines = 4
	mostFiles      = 4
	mostLater      = 15 * time.Millisecond
)

// judge fails the test where something grew.
func judge(t *testing.T, names []string, samples []soakSample) {
	t.Helper()
	third := len(samples) / 3
	if third == 0 {
		t.Errorf("%d samples are too few to judge by: SOAK is too short", len(samples))
		return
	}
	first, last := samples[:third], samples[len(samples)-third:]
	grew := func(what, unit string, most float64, of func(soakSample) float64) {
		a, b := soakMedian(first, of), soakMedian(last, of)
		t.Logf("%-28s %8.1f -> %8.1f %s (at most %.0f more)", what, a, b, unit, most)
		if b > a+most {
			t.Errorf("%s grew by %.1f %s, at most %.0f are allowed", what, b-a, unit, most)
		}
	}
	grew("memory of this process", "MiB", mostMemory, func(s soakSample) float64 { return s.rss })
	grew("memory of children", "MiB", mostTheirs, func(s soakSample) float64 { return s.theirs })
	grew("shared memory", "MiB", mostShared, func(s soakSample) float64 { return s.shared })
	grew("/dev/shm", "MiB", mostShared, func(s soakSample) float64 { return s.shm })
	grew("goroutines", "", mostGoroutines, func(s soakSample) float64 { return float64(s.goroutines) })
	grew("files", "", mostFiles, func(s soakSample) float64 { return float64(s.files) })
	grew("children", "", 0, func(s soakSample) float64 { return float64(s.children) })
	for i, name := range names {
		grew("delay of "+name, "ms", mostLater.Seconds()*1e3, func(s soakSample) float64 { return s.late[i].Seconds() * 1e3 })
	}
}

func soakMedian(list []soakSample, of func(soakSample) float64) float64 {
	values := make([]float64, len(list))
	for i, s := range list {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
