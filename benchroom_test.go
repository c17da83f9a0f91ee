package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestBenchRoom measures little. The node is in a process of its own, which is
// this test binary again.
func TestBenchRoom(t *testing.T) {
	isolate(t)
	t.Setenv(asCommand, "1")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	args := []string{"bench", "room", "--json", "--participants", "2", "--kind", "mixed", "--seconds", "2", "--warm-up", "0.5", "--joins", "4", "--log-level", "warn", "--size", "128x128", smallRig}
	if code := execute(ctx, args, &out, &errs); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	var report roomReport
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	if len(report.Rows) != 1 || report.Joins == nil || report.Participants != 2 {
		t.Fatalf("report %s", &out)
	}
	r := report.Rows[0]
	// A webcam is 3 packets 30 times a second, a voice 50 packets.
	if r.Kind != "mixed" || r.CPUPerSecond <= 0 || r.VoicesPerSecond < 20 || r.PacketsPerSecond < r.VoicesPerSecond+30 || r.BitsPerSecond <= 0 {
		t.Errorf("row %+v", r)
	}
	if v := r.VoiceMS; v.Median <= 0 || v.P95 < v.Median || v.Median > 1000 || r.VoicesLost > 0.5 {
		t.Errorf("voices %+v, %v lost", v, r.VoicesLost)
	}
	j := report.Joins
	if j.Joins != 4 || j.TimeMS.Median <= 0 || j.Before.RSS == 0 || j.After.Heap == 0 || j.After.Goroutines > j.Before.Goroutines+20 || j.After.Files > j.Before.Files+5 {
		t.Errorf("joins %+v", j)
	}
	var text bytes.Buffer
	report.print(&text)
	if lines := strings.Count(text.String(), "\n"); lines != 10 {
		t.Errorf("printed %d lines: %s", lines, &text)
	}
}

func TestBenchRoomRefuses(t *testing.T) {
	isolate(t)
	for _, args := range [][]string{{"--participants", "1"}, {"--participants", "49"}, {"--seconds", "0"}, {"--joins", "1000001"}} {
		var out, errs bytes.Buffer
		if code := execute(t.Context(), append([]string{"bench", "room", smallRig}, args...), &out, &errs); code != exitFailed || !strings.Contains(errs.String(), args[0]) {
			t.Errorf("%v: exit code %d, %s", args, code, &errs)
		}
	}
}

func TestRoomRow(t *testing.T) {
	var r roomRow
	before := tally{said: 100, heard: 90, packets: 1000, bytes: 5000}
	after := tally{said: 300, heard: 280, packets: 1500, bytes: 30000, delays: []time.Duration{2 * time.Millisecond, time.Millisecond, 9 * time.Millisecond}}
	r.fill(before, after, 2*time.Second)
	if r.PacketsPerSecond != 250 || r.BitsPerSecond != 100_000 || r.VoicesPerSecond != 95 || r.VoicesLost < 0.0499 || r.VoicesLost > 0.0501 || r.VoiceMS.Median != 2 {
		t.Errorf("row %+v", r)
	}
}
