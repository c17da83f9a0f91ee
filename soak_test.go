//go:build soak

package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// soak is one run.
type soak struct {
	t     *testing.T
	log   *slog.Logger
	clock *capture.Clock
	known filterSet
	open  filterOpener
	parts *group
	list  []*soaked
}

const (
	soakPause  = 2 * time.Second // after an event
	soakSettle = 4 * time.Second // before a sample
	// soakPatience is how long a chain may take to be as it was.
	soakPatience = time.Minute
)

// TestSoak has four chains run for VIRTUALCUBE_SOAK (30m) as they do in a node,
// while their filters are tuned, added to, swapped, killed and removed, and fails
// where anything grows.
func TestSoak(t *testing.T) {
	length := 30 * time.Minute
	if text := os.Getenv("VIRTUALCUBE_SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("VIRTUALCUBE_SOAK: %v", err)
		}
	}
	k := newSoak(t)
	var samples []soakSample
	before := make([]host.Stats, len(k.list))
	begun := time.Now()
	for cycle := 0; time.Since(begun) < length; cycle++ {
		k.cycle()
		s := k.sample()
		t.Logf("%8v  %v", time.Since(begun).Round(time.Second), s)
		if cycle > 0 { // in the first everything is made that is kept
			samples = append(samples, s)
		}
		for i, stream := range k.list {
			now := stream.stats()
			if now.Out == before[i].Out {
				t.Errorf("%s: nothing came out in a cycle", stream.name)
			}
			if now.Abandoned != 0 {
				t.Errorf("%s: %d filters were abandoned", stream.name, now.Abandoned)
			}
			before[i] = now
		}
		if t.Failed() {
			break
		}
	}
	k.report(samples)
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	k := &soak{t: t, log: slog.New(slog.NewTextHandler(io.Discard, nil)), clock: capture.NewClock()}
	var err error
	if k.known, err = allFilters(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if k.open, err = newFilterOpener("", models.CPU, k.known, k.log); err != nil {
		t.Fatal(err)
	}
	k.open.launcher.Environ = append(k.open.launcher.Environ, asCommand+"=1")
	k.parts = newGroup(context.WithoutCancel(t.Context()))
	t.Cleanup(func() {
		if err := k.parts.end(); err != nil {
			t.Error(err)
		}
		if left := ownChildren(t); len(left) > 0 {
			t.Errorf("after the end the processes %v are left", left)
		}
	})
	k.list = k.streams()
	for _, s := range k.list {
		k.set(s, s.links(s.base.Values, nil))
	}
	k.working()
	return k
}

func (k *soak) set(s *soaked, links []host.Link) {
	k.t.Helper()
	if err := s.set(links); err != nil {
		k.t.Fatalf("%s: %v", s.name, err)
	}
}

// cycle has all events happen, and ends with the chains as they began.
func (k *soak) cycle() {
	k.t.Helper()
	pause := func(d time.Duration) {
		if err := wait(k.parts.ctx, d); err != nil {
			k.t.Fatalf("a stream ended: %v", err)
		}
	}
	for _, event := range []func(s *soaked){
		func(s *soaked) { k.set(s, s.links(s.tuned, nil)) },
		func(s *soaked) { k.set(s, s.links(s.tuned, s.added)) },
		func(s *soaked) { s.swap("base") },
	} {
		for _, s := range k.list {
			event(s)
		}
		pause(soakPause)
	}
	k.working()
	if pids := ownChildren(k.t); len(pids) == 0 {
		k.t.Error("there are no children to kill")
	} else {
		for _, pid := range pids {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				k.t.Errorf("kill %d: %v", pid, err)
			}
		}
	}
	pause(soakPause)
	k.working()
	for _, s := range k.list {
		k.set(s, nil)
	}
	pause(soakPause)
	for _, s := range k.list {
		k.set(s, s.links(s.base.Values, nil))
	}
	k.working()
	pause(soakSettle)
}

// working waits until every filter of every chain runs.
func (k *soak) working() {
	k.t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	timer := time.NewTimer(soakPatience)
	defer timer.Stop()
	for {
		var away *host.LinkStats
		for _, s := range k.list {
			links := s.stats().Links
			if i := slices.IndexFunc(links, func(l host.LinkStats) bool { return l.State != host.Running }); i >= 0 {
				away = &links[i]
			} else if len(links) == 0 {
				away = &host.LinkStats{Filter: s.name, State: host.Opening}
			}
		}
		if away == nil {
			return
		}
		select {
		case <-ticker.C:
		case <-k.parts.ctx.Done():
			k.t.Fatal("a stream ended")
		case <-timer.C:
			k.t.Fatalf("%s is %s for more than %v: %s", away.Filter, away.State, soakPatience, away.Error)
		}
	}
}

// report prints what happened and judges it.
func (k *soak) report(samples []soakSample) {
	k.t.Helper()
	var names []string
	for _, s := range k.list {
		names = append(names, s.name)
		st := s.stats()
		k.t.Logf("%s: %d in, %d out, %d overrun, %d withheld, %d repeated", s.name, st.In, st.Out, st.Overrun, st.Withheld, st.Repeated)
		for _, sum := range st.Totals {
			k.t.Logf("    %-10s %d frames in %v, %d late, %d errors, %d restarts", sum.Filter, sum.Frames, sum.Busy.Round(time.Millisecond), sum.Late, sum.Errors, sum.Restarts)
		}
	}
	if n := len(samples); n > 0 {
		for _, at := range []struct {
			name string
			i    int
		}{{"start", 0}, {"middle", n / 2}, {"end", n - 1}} {
			k.t.Logf("%-7s %v", at.name, samples[at.i])
		}
	}
	judge(k.t, names, samples)
}
