package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// TestBenchViewers measures little, but for long enough that the walker stays
// where it walked to. The other viewer is in a process of its own, which is this
// test binary again.
func TestBenchViewers(t *testing.T) {
	isolate(t)
	t.Setenv(asCommand, "1")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	args := []string{"bench", "--json", "--viewers", "2", "--eyes", "2", "--seconds", "4", "--warm-up", "0.5", "--size", "128x128", smallRig}
	if code := execute(ctx, args, &out, &errs); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	var report crowdReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	if len(report.ByEyes) != 2 || len(report.ByAudience) != 2 || report.Walk == nil || report.Narrow == nil || report.Views != 2 {
		t.Fatalf("report %s", &out)
	}
	for i, row := range append(report.ByEyes, report.ByAudience...) {
		if row.ViewsPerSecond <= 0 || row.LatencyMS.Median <= 0 || row.CPUPerSecond <= 0 || row.SentBits <= 0 || row.Views != row.Eyes {
			t.Errorf("row %d: %+v", i, row)
		}
	}
	one, two := report.ByAudience[0], report.ByAudience[1]
	if two.Viewers != 2 || two.FramesPerSecond < 1.5*two.EncodesPerSecond || one.FramesPerSecond > 1.2*one.EncodesPerSecond {
		t.Errorf("one viewer: %+v, two: %+v", one, two)
	}
	if w := report.Walk; w.Standing.Frames == 0 || w.Standing.Moves != 0 || w.Walking.Frames == 0 || w.Walking.Moves == 0 {
		t.Errorf("the walk: %+v", w)
	}
	if n := report.Narrow; n == nil || len(n.Seconds) < 3 || n.Seconds[0].Wide.Frames == 0 || n.Seconds[0].Narrow.Bits == 0 || n.Seconds[0].Wide.Size != "128x128" {
		t.Errorf("the narrow link: %+v", n)
	}
	var text bytes.Buffer
	report.print(&text)
	if lines := strings.Count(text.String(), "\n"); lines < 12 {
		t.Errorf("printed %d lines: %s", lines, &text)
	}
}

func TestBenchRefuses(t *testing.T) {
	isolate(t)
	for _, args := range [][]string{{"--eyes", "2"}, {"--viewers", "2", "--eyes", "3"}, {"--seconds", "0"}} {
		var out, errs bytes.Buffer
		if code := execute(t.Context(), append([]string{"bench", smallRig}, args...), &out, &errs); code != exitFailed || !strings.Contains(errs.String(), args[len(args)-2]) {
			t.Errorf("%v: exit code %d, %s", args, code, &errs)
		}
	}
}

func TestWalkFigures(t *testing.T) {
	at := func(ms int, sequence uint16, err float64) sighting {
		return sighting{capture.Time(ms) * capture.Time(time.Millisecond), sequence, err}
	}
	got := newWalkFigures([]sighting{at(0, 7, 0), at(30, 8, 0.1), at(40, 8, 0), at(140, 11, 0)})
	if got.Frames != 4 || got.Twice != 1 || got.GapMS != 100 || got.MedianGapMS != 30 || math.Abs(got.ErrorDegrees-5.73) > 0.01 {
		t.Errorf("figures %+v", got)
	}
	if got := newWalkFigures(nil); got != (walkFigures{}) {
		t.Errorf("figures of nothing %+v", got)
	}
}

func TestWalkPath(t *testing.T) {
	begin := make(chan struct{})
	path := walkPath(begin, time.Second)
	home, other := onArc(walkAngle), onArc(-walkAngle)
	if path(9*time.Second) != home {
		t.Error("it walks before it may")
	}
	close(begin)
	for _, test := range []struct {
		after float64
		want  float64 // share of the way
	}{{10, 0}, {11, 0}, {11.5, 0.5}, {12, 1}, {12.9, 1}, {13.5, 0.5}, {14, 0}, {99, 0}} {
		if got, want := path(seconds(test.after)), onArc(walkAngle*(1-2*test.want)); got.Sub(want).Norm() > 1e-9 {
			t.Errorf("after %v s at %v, want %v between %v and %v", test.after, got, want, home, other)
		}
	}
}
