package fanout

import (
	"math/rand/v2"
	"testing"
	"time"
)

// mountain is a climber on steps of 1000, 600, 300 and anything, whose holds
// are a quarter above the floors, with a link of the test's.
type mountain struct {
	climber
	now   time.Time
	needs []need
	moves map[string]int
}

func newMountain() *mountain {
	m := &mountain{now: time.Unix(1000, 0), moves: make(map[string]int)}
	m.needs = []need{{1000, 1250, 1300}, {600, 750, 780}, {300, 375, 390}, {}}
	m.start(m.now, 0)
	return m
}

// run lets time pass with what the link holds, and returns the last cause.
func (m *mountain) run(d time.Duration, link func() int) (last string) {
	for end := m.now.Add(d); m.now.Before(end); {
		m.now = m.now.Add(steerInterval)
		if cause := m.decide(m.now, link(), 0, m.needs, false); cause != causeNothing {
			m.moves[cause]++
			last = cause
		}
	}
	return last
}

func constant(estimate int) func() int { return func() int { return estimate } }

func TestClimber(t *testing.T) {
	for _, test := range []struct {
		name     string
		estimate int
		within   time.Duration
		step     int
		cause    string
	}{
		{"holds", 1400, time.Minute, 0, causeNothing},
		{"at the floor's edge: patience", 1100, time.Second, 0, causeNothing},
		{"below what the others hold", 1100, 2 * time.Second, 1, causeNarrow},
		{"below the floor: at once", 900, steerInterval, 1, causeFloor},
		{"far below: at once to what it holds", 400, steerInterval, 2, causeFloor},
		{"next to nothing: at once to the last step", 10, steerInterval, 3, causeFloor},
	} {
		m := newMountain()
		m.run(3*time.Second, constant(1400)) // the first trial is won
		if m.trial {
			t.Fatal("still on trial after three seconds on a wide link")
		}
		if cause := m.run(test.within, constant(test.estimate)); m.step != test.step || cause != test.cause {
			t.Errorf("%s: step %d for %q, want %d for %q", test.name, m.step, cause, test.step, test.cause)
		}
	}
}

// TestStillPicture says that a viewer stays where little is sent and that comes
// through, however low the estimate fell, and leaves where it does not.
func TestStillPicture(t *testing.T) {
	m := newMountain()
	m.run(3*time.Second, constant(1400))
	for range 100 {
		m.now = m.now.Add(steerInterval)
		if cause := m.decide(m.now, 85, 100, m.needs, false); cause != causeNothing {
			t.Fatalf("85 of 100 that are sent, and the viewer leaves for %q", cause)
		}
	}
	m.now = m.now.Add(steerInterval)
	if cause := m.decide(m.now, 70, 100, m.needs, false); cause != causeFloor {
		t.Errorf("70 of 100 that are sent: %q", cause)
	}
}

func TestFirstTrial(t *testing.T) {
	m := newMountain()
	if m.run(trialTime-time.Second, constant(1260)); m.step != 0 || !m.trial {
		t.Errorf("a new viewer whose estimate does not fall is on step %d", m.step)
	}
	m = newMountain()
	m.run(trialGrace/2, constant(1260))
	if cause := m.run(trialGrace, constant(1150)); cause != causeNothing {
		t.Errorf("a fall with the key frame leads to step %d for %q", m.step, cause)
	}
	if cause := m.run(steerInterval, constant(800)); cause != causeTrial || m.step != 1 {
		t.Errorf("an estimate that falls on trial leads to step %d for %q", m.step, cause)
	}
	m = newMountain()
	if cause := m.run(trialTime+time.Minute, constant(1200)); cause != causeNothing || m.trial || m.step != 0 {
		t.Errorf("what went through for a minute is left for %q", cause)
	}
	if cause := m.run(2*time.Second, constant(1050)); cause != causeNarrow {
		t.Errorf("once the estimate falls it is left for %q", cause)
	}
}

func TestOverflow(t *testing.T) {
	m := newMountain()
	for want := 1; want <= 3; want++ {
		if cause := m.decide(m.now, 5000, 0, m.needs, true); cause != causeQueue || m.step != want {
			t.Errorf("overflow %d: step %d for %q", want, m.step, cause)
		}
	}
	if cause := m.decide(m.now, 5000, 0, m.needs, true); cause != causeNothing || m.step != 3 {
		t.Errorf("overflow on the last step: %d for %q", m.step, cause)
	}
}

// TestNoFlapping says that a link which collapses whenever more than the half
// size is tried is tried ever more rarely.
func TestNoFlapping(t *testing.T) {
	m := newMountain()
	m.run(10*time.Minute, func() int {
		if m.step < 2 && m.now.Sub(m.since) > trialGrace {
			return 380 // the queue grows, and the controller sees it
		}
		return 500
	})
	// After 5, 10, 20 and 40 seconds, then once a minute; five seconds more with
	// each, since the half size is left too.
	if m.moves[causeClimb] > 14 || m.moves[causeClimb] < 8 {
		t.Errorf("moves within ten minutes: %v", m.moves)
	}
	if wait := m.steps[1].wait; wait != lastWait {
		t.Errorf("the wait is %v", wait)
	}
	// Once the link is wide, it comes up, and a later fall is forgiven soon.
	if m.run(lastWait+30*time.Second, constant(2000)); m.step != 0 || m.trial {
		t.Errorf("on a wide link it is on step %d", m.step)
	}
	m.run(settled, constant(2000))
	m.run(steerInterval, constant(100))
	if wait := m.steps[0].wait; wait != firstWait {
		t.Errorf("after a steady time the wait is %v", wait)
	}
}

// FuzzClimber says that whatever the estimates are, steps are those of the
// ladder, one up at a time, and never two up within the first wait but from
// trials that were won.
func FuzzClimber(f *testing.F) {
	f.Add(uint64(1), uint8(4))
	f.Add(uint64(7), uint8(2))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		m := newMountain()
		if steps%2 == 0 {
			m.needs = []need{m.needs[0], {}}
		}
		lastDown, estimate := time.Time{}, 1000
		for range 5000 {
			m.now = m.now.Add(steerInterval)
			if r.IntN(20) == 0 {
				estimate = r.IntN(2500)
			}
			before := m.step
			cause := m.decide(m.now, estimate, r.IntN(3)*700, m.needs, r.IntN(500) == 0)
			switch {
			case m.step < 0 || m.step >= len(m.needs) || m.step < before-1:
				t.Fatalf("from step %d to %d of %d", before, m.step, len(m.needs))
			case (m.step == before) != (cause == causeNothing) || (m.step < before) != (cause == causeClimb):
				t.Fatalf("from step %d to %d for %q", before, m.step, cause)
			case m.step > before:
				lastDown = m.now
			case m.step < before && m.now.Sub(lastDown) < firstWait:
				t.Fatalf("up %v after down", m.now.Sub(lastDown))
			}
			for i, s := range m.steps {
				if s.wait > lastWait {
					t.Fatalf("the wait before step %d is %v", i, s.wait)
				}
			}
		}
	})
}

// TestDelivery says that the bound comes with what does not arrive, and goes
// slowly once all does.
func TestDelivery(t *testing.T) {
	var d delivery
	now := time.Unix(1000, 0)
	var packets, bytes, arrived uint64
	pass := func(ticks int, sent, came uint64) {
		for range ticks {
			now = now.Add(steerInterval)
			packets, bytes, arrived = packets+sent, bytes+1000*sent, arrived+came
			d.tick(now, packets, bytes, arrived)
		}
	}
	const plenty = 100_000_000
	pass(30, 40, 0)
	if d.limit(plenty) != plenty {
		t.Error("a peer that does not report is bounded")
	}
	pass(30, 40, 40)
	pass(3, 40, 10) // a hiccup
	pass(3, 40, 70)
	if d.limit(plenty) != plenty {
		t.Error("a hiccup bounds the estimate")
	}
	pass(20, 40, 10)
	if got, want := d.limit(plenty), int(0.85*100*1000*8); got > want+1000 || got < want-1000 {
		t.Errorf("10 of 40 packets come, and the bound is %d, want %d", got, want)
	}
	if d.limit(5) != 5 {
		t.Error("the bound lifts an estimate")
	}
	low := d.limit(plenty)
	pass(110, 10, 10)
	if got := float64(d.limit(plenty)); got < 1.9*float64(low) || got > 2.4*float64(low) {
		t.Errorf("eleven seconds after all arrives the bound went from %d to %.0f", low, got)
	}
}
