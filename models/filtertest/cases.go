package filtertest

import (
	"slices"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/parameter"
)

// steady is how many frames a case takes: 0.6 s of a voice, 1 s of pictures.
const steady = 30

// stamps: content is as old as the filter says that it looks ahead, and never
// goes back.
func stamps[T any](t *testing.T, s *suite[T]) {
	i, m := s.start(t, nil), s.stimulus
	need := int(s.definition.LookAhead/m.period()) + 1
	last, came := capture.Time(0), 0
	for n := range steady + need {
		in := m.frame(n)
		at := m.captured(in)
		out := i.must(in)
		if m.absent(out) {
			if n >= need {
				t.Errorf("nothing came for frame %d, though it looks %v ahead", n, s.definition.LookAhead)
			}
			continue
		}
		came++
		got := m.captured(out)
		if stray := got.Sub(at) + s.definition.LookAhead; stray.Abs() > m.period()/2+time.Microsecond {
			t.Errorf("content of %v came for a frame of %v; the filter looks %v ahead", got, at, s.definition.LookAhead)
		}
		if got <= last {
			t.Errorf("content of %v came after that of %v", got, last)
		}
		last = got
		m.release(out)
	}
	if came < steady {
		t.Errorf("%d frames came of %d", came, steady)
	}
}

// trace is what a new instance makes of the stream, as checksums.
func trace[T any](t *testing.T, s *suite[T]) []uint64 {
	t.Helper()
	i, m := s.start(t, nil), s.stimulus
	sums := make([]uint64, steady)
	for n := range sums {
		if out := i.must(m.frame(n)); !m.absent(out) {
			sums[n] = m.sum(out)
			m.release(out)
		}
	}
	return sums
}

// repeats: a filter that is opened again does the same again.
func repeats[T any](t *testing.T, s *suite[T]) {
	if a, b := trace(t, s), trace(t, s); !slices.Equal(a, b) {
		t.Error("opened again, the filter makes something else of the same input")
	}
}

// instances: two that work in turns do not know of each other.
func instances[T any](t *testing.T, s *suite[T]) {
	want := trace(t, s)
	a, b, m := s.start(t, nil), s.start(t, nil), s.stimulus
	for n := range want {
		other := b.must(m.at(m.frame(steady-n), m.captured(m.frame(n))))
		out := a.must(m.frame(n))
		sum := uint64(0)
		if !m.absent(out) {
			sum = m.sum(out)
			m.release(out)
		}
		if !m.absent(other) {
			m.release(other)
		}
		if sum != want[n] {
			t.Fatalf("frame %d comes out otherwise where another instance works beside it", n)
		}
	}
}

// parameters: every one may be at its ends, from the start and, where it is live,
// from frame to frame.
func parameters[T any](t *testing.T, s *suite[T]) {
	for _, p := range s.definition.Parameters.Parameters() {
		i, m := s.start(t, nil), s.stimulus
		for n, value := range ends(p) {
			if !p.Live {
				i = s.start(t, map[string]any{p.Name: value})
			}
			v, err := i.values.With(map[string]any{p.Name: value})
			if err != nil {
				t.Fatal(err)
			}
			i.values = v
			for k := range 3 {
				if out := i.must(m.frame(3*n + k)); !m.absent(out) {
					m.release(out)
				}
			}
		}
	}
}

func ends(p parameter.Parameter) (list []any) {
	switch p.Type {
	case parameter.Number:
		return []any{p.Min, p.Max, p.Default}
	case parameter.Integer:
		return []any{int(p.Min), int(p.Max), p.Default}
	case parameter.Switch:
		return []any{true, false}
	case parameter.Choice:
		for _, c := range p.Choices {
			list = append(list, c)
		}
		return list
	}
	return []any{p.Default}
}

// odd: silence, full scale, black, white, other sizes, amid a usual stream.
func odd[T any](t *testing.T, s *suite[T]) {
	m := s.stimulus
	for name, frame := range m.odd(3) {
		i := s.start(t, nil)
		at := m.captured(frame)
		for n := range 3 {
			if out := i.must(m.at(m.frame(n), at.Add(time.Duration(n-3)*m.period()))); !m.absent(out) {
				m.release(out)
			}
		}
		out, err := i.give(frame)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !m.absent(out) {
			m.release(out)
		}
		for n := range 3 {
			if out := i.must(m.at(m.frame(n), at.Add(time.Duration(n+1)*m.period()))); !m.absent(out) {
				m.release(out)
			}
		}
	}
}

// broken: what is no frame is refused or mended, and forgotten within a second.
func broken[T any](t *testing.T, s *suite[T]) {
	i, m := s.start(t, nil), s.stimulus
	second := int(time.Second / m.period())
	for n := range 8 + second {
		frame, is := m.broken(n)
		if !is {
			t.Skip("there is none of this kind")
		}
		bad := n >= 3 && n < 6
		if !bad {
			frame = m.frame(n)
		}
		out, err := i.stage.Process(frame, i.values)
		if err != nil && (n < 3 || n == 7+second) {
			t.Errorf("frame %d: %v", n, err)
		}
		if err == nil && !m.absent(out) {
			if invalid := m.valid(m.frame(n), out); invalid != nil && !bad {
				// The host catches it, and the filter must find back.
				if n == 7+second {
					t.Errorf("frame %d, long after: %v", n, invalid)
				}
			}
			m.release(out)
		}
		m.release(frame)
	}
}

// gaps: frames may be missing, and stamps may step back; a second later all is as
// ever.
func gaps[T any](t *testing.T, s *suite[T]) {
	i, m := s.start(t, nil), s.stimulus
	second := int(time.Second/m.period()) + int(s.definition.LookAhead/m.period()) + 1
	start := m.captured(m.frame(0))
	for _, jump := range []time.Duration{0, 200 * time.Millisecond, 10 * time.Second, -5 * time.Second} {
		start = start.Add(jump)
		for n := range second {
			out := i.must(m.at(m.frame(n), start))
			if n == second-1 {
				if m.absent(out) {
					t.Errorf("a second after a step of %v nothing comes", jump)
				} else if stray := m.captured(out).Sub(start) + s.definition.LookAhead; stray.Abs() > m.period()/2+time.Microsecond {
					t.Errorf("a second after a step of %v content is %v off", jump, stray)
				}
			}
			if !m.absent(out) {
				m.release(out)
			}
			start = start.Add(m.period())
		}
	}
}

// closes: it may be closed twice, at any time; then it refuses to work.
func closes[T any](t *testing.T, s *suite[T]) {
	m := s.stimulus
	for frames := range 3 {
		i := s.start(t, nil)
		var kept []T
		for n := range frames {
			if out := i.must(m.frame(n)); !m.absent(out) {
				kept = append(kept, out)
			}
		}
		for range 2 {
			if err := i.stage.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
		for _, out := range kept { // what it returned outlives it
			if invalid := m.valid(m.frame(0), out); invalid != nil {
				t.Error(invalid)
			}
			m.release(out)
		}
		if out, err := i.stage.Process(m.frame(frames), i.values); err == nil && !m.absent(out) {
			m.release(out) // a filter without anything to free may go on
		}
	}
}
