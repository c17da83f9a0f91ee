package voice

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// episode is a time during which the people named speak at their level; the
// others send silence, or nothing where the test is sparse.
type episode struct {
	length time.Duration
	levels map[string]uint8
	want   string // who is active at its end, the loudest first
}

const dt = 20 * time.Millisecond

func TestSpeakers(t *testing.T) {
	one := func(who string, level uint8) map[string]uint8 { return map[string]uint8{who: level} }
	for name, test := range map[string]struct {
		people   string
		sparse   bool // who is silent sends no packets
		episodes []episode
	}{
		"silence":                {"ab", false, []episode{{time.Second, nil, ""}}},
		"noise":                  {"ab", false, []episode{{5 * time.Second, map[string]uint8{"a": 55, "b": 46}, ""}}},
		"attack is not over":     {"ab", false, []episode{{time.Second, nil, ""}, {140 * time.Millisecond, one("a", 25), ""}}},
		"attack is over":         {"ab", false, []episode{{time.Second, nil, ""}, {200 * time.Millisecond, one("a", 25), "a"}}},
		"at the threshold":       {"a", false, []episode{{300 * time.Millisecond, one("a", 45), "a"}}},
		"loud":                   {"a", false, []episode{{300 * time.Millisecond, one("a", 0), "a"}}},
		"a click":                {"a", false, []episode{{60 * time.Millisecond, one("a", 5), ""}, {time.Second, nil, ""}}},
		"released":               {"ab", false, []episode{{time.Second, one("a", 25), "a"}, {640 * time.Millisecond, nil, "a"}, {120 * time.Millisecond, nil, ""}}},
		"released, no packets":   {"ab", true, []episode{{time.Second, one("a", 25), "a"}, {640 * time.Millisecond, nil, "a"}, {120 * time.Millisecond, nil, ""}}},
		"a pause for breath":     {"a", false, []episode{{time.Second, one("a", 25), "a"}, {500 * time.Millisecond, nil, "a"}, {40 * time.Millisecond, one("a", 25), "a"}, {500 * time.Millisecond, nil, "a"}}},
		"quieter goes on":        {"a", false, []episode{{time.Second, one("a", 40), "a"}, {3 * time.Second, one("a", 50), "a"}, {time.Second, one("a", 52), ""}}},
		"quieter does not begin": {"a", false, []episode{{3 * time.Second, one("a", 50), ""}}},
		"in turn":                {"ab", false, []episode{{time.Second, one("a", 25), "a"}, {300 * time.Millisecond, one("b", 25), "ba"}, {time.Second, one("b", 25), "b"}}},
		"at once":                {"abc", false, []episode{{2 * time.Second, map[string]uint8{"a": 30, "b": 25, "c": 40}, "abc"}}},
		"clearly louder":         {"ab", false, []episode{{time.Second, one("a", 35), "a"}, {100 * time.Millisecond, map[string]uint8{"a": 35, "b": 20}, "a"}, {time.Second, map[string]uint8{"a": 35, "b": 20}, "ba"}}},
		"somewhat louder":        {"ab", false, []episode{{time.Second, one("a", 30), "a"}, {3 * time.Second, map[string]uint8{"a": 30, "b": 26}, "ab"}}},
		"out of range":           {"a", false, []episode{{time.Second, one("a", 255), ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			s, at := NewSpeakers[string](SpeakerOptions{}), begun
			for i, e := range test.episodes {
				for end := at.Add(e.length); at < end; at = at.Add(dt) {
					for _, who := range strings.Split(test.people, "") {
						level, speaks := e.levels[who]
						if !speaks {
							level = Silence
						}
						if speaks || !test.sparse {
							s.Heard(who, level, at)
						}
					}
					s.Active(at)
				}
				if got := strings.Join(s.Active(at), ""); got != e.want {
					t.Errorf("episode %d: %q is active, want %q", i, got, e.want)
				}
			}
		})
	}
}

// One speaks after 150 to 200 ms of loudness and is released after 600 to 800
// ms, at the packets of 20 ms.
func TestSpeakersTimes(t *testing.T) {
	s := NewSpeakers[int](SpeakerOptions{})
	var on, off time.Duration
	for at := time.Duration(0); at < 4*time.Second; at += dt {
		level := uint8(Silence)
		if at >= time.Second && at < 2*time.Second {
			level = 25
		}
		s.Heard(7, level, begun.Add(at))
		switch active := len(s.Active(begun.Add(at))) > 0; {
		case active && on == 0:
			on = at - time.Second
		case !active && on > 0 && off == 0:
			off = at - 2*time.Second
		}
	}
	if on < 150*time.Millisecond || on > 200*time.Millisecond || off < 600*time.Millisecond || off > 800*time.Millisecond {
		t.Errorf("speaks after %v, until %v", on, off)
	}
}

// Who has left is gone at once; who is silent takes no memory; what comes too
// late or again changes nothing.
func TestSpeakersForget(t *testing.T) {
	s := NewSpeakers[int](SpeakerOptions{})
	at := begun
	for range 50 {
		for who := range 100 {
			s.Heard(who, uint8(20+who), at)
		}
		at = at.Add(dt)
	}
	if got := s.Active(at); len(got) != 26 || !slices.IsSorted(got) {
		t.Fatalf("active: %v", got)
	}
	s.Heard(99, 0, begun) // long ago
	s.Left(0)
	s.Left(0)
	s.Left(12345)
	if got := s.Active(at); len(got) != 25 || got[0] != 1 {
		t.Errorf("active after one has left: %v", got)
	}
	if got := s.Active(at.Add(time.Hour)); len(got)+len(s.people) != 0 {
		t.Errorf("%d are remembered after an hour", len(s.people))
	}
	var zero capture.Time
	s.Heard(1, 0, zero)
	if len(s.Active(zero)) != 0 {
		t.Error("one packet makes a speaker")
	}
}
