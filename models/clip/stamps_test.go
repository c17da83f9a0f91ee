package clip

import (
	"encoding/json"
	"testing"
	"time"
)

var stampFiles = []struct {
	text string
	n    int
	ok   bool
}{
	{`{"version":1,"rate":25,"nanoseconds":[0,40000000]}`, 2, true},
	{`{"version":1,"nanoseconds":[5],"later":true}`, 1, true},
	{`{"version":2,"nanoseconds":[0]}`, 1, false},
	{`{"version":1,"nanoseconds":[0]}`, 2, false},
	{`{"version":1,"nanoseconds":[0,0]}`, 2, false},
	{`{"version":1,"nanoseconds":[-1]}`, 1, false},
	{`{"version":1,"nanoseconds":[9223372036854775807]}`, 1, false},
	{`{"version":1,"rate":1e9,"nanoseconds":[0]}`, 1, false},
	{`{"version":1,"nanoseconds":[0.5]}`, 1, false},
	{`[]`, 1, false},
	{``, 0, false},
}

func TestStampFiles(t *testing.T) {
	for _, c := range stampFiles {
		if s, err := parseStamps([]byte(c.text), c.n); (err == nil) != c.ok {
			t.Errorf("%s of %d pictures: %+v, %v", c.text, c.n, s, err)
		}
	}
}

func FuzzStamps(f *testing.F) {
	for _, c := range stampFiles {
		f.Add([]byte(c.text), c.n)
	}
	f.Fuzz(func(t *testing.T, text []byte, n int) {
		s, err := parseStamps(text, n)
		if err != nil {
			return
		}
		for i, at := range s.Nanoseconds {
			if at < 0 || at > maxLength || i > 0 && at <= s.Nanoseconds[i-1] {
				t.Fatalf("instant %d is %v", i, at)
			}
		}
		again, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseStamps(again, n); err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
	})
}

var stampLines = []struct {
	line string
	at   time.Duration
	ok   bool
}{
	{"frame:12   pts:400000000 pts_time:0.4", 400 * time.Millisecond, true},
	{"frame:0    pts:-7000000   pts_time:-0.007", -7 * time.Millisecond, true},
	{"frame:3    pts:NOPTS   pts_time:NOPTS", noInstant, true},
	{"frame:3    pts:9223372036854775807 pts_time:1", noInstant, true},
	{"frame:3", noInstant, true},
	{"instant=1", 0, false},
	{"", 0, false},
}

func TestStampLines(t *testing.T) {
	for _, c := range stampLines {
		if at, ok := instantOf(c.line); at != c.at || ok != c.ok {
			t.Errorf("%q: %v, %v; want %v, %v", c.line, at, ok, c.at, c.ok)
		}
	}
}

func FuzzStampLines(f *testing.F) {
	for _, c := range stampLines {
		f.Add(c.line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if at, ok := instantOf(line); ok && at != noInstant && at.Abs() > maxLength {
			t.Fatalf("%q: %v", line, at)
		}
	})
}
