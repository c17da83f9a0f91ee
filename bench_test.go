package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/view"
)

func TestBench(t *testing.T) {
	isolate(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	if code := execute(ctx, []string{"bench", "--json", "--seconds", "2", "--warm-up", "0", "--size", "128x128", smallRig}, &out, &errs); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	var report map[string]any
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	number := func(values any, key string) float64 {
		t.Helper()
		object, _ := values.(map[string]any)
		n, ok := object[key].(float64)
		if !ok {
			t.Errorf("%s is no number in %s", key, &out)
		}
		return n
	}
	latency := report["latency_ms"]
	if v := number(report, "views_per_second"); v <= 0 {
		t.Errorf("views_per_second = %v", v)
	}
	if m, p := number(latency, "median"), number(latency, "p95"); m <= 0 || p < m {
		t.Errorf("latency median %v, p95 %v", m, p)
	}
	if v := number(report, "peak_rss_bytes"); v < 1<<20 {
		t.Errorf("peak_rss_bytes = %v", v)
	}
	if s, _ := report["gl_renderer"].(string); s == "" {
		t.Error("gl_renderer is empty")
	}
	if _, ok := report["drops"].(map[string]any); !ok {
		t.Errorf("drops = %v", report["drops"])
	}
	sum := 0.0
	for _, stage := range []string{"source", "sync", "wait", "upload", "clean", "warp", "blend", "readback", "encode", "transport", "decode"} {
		sum += number(report["stages_ms"], stage)
	}
	if mean := number(latency, "mean"); math.Abs(sum-mean) > mean/10 {
		t.Errorf("the stages sum to %.2f ms, the mean latency is %.2f", sum, mean)
	}
}

func TestMeasurementJoinsInEitherOrder(t *testing.T) {
	trace := func(sequence uint16, captured capture.Time) view.Trace {
		x := view.Trace{Sequence: sequence, Captured: captured, Sent: captured.Add(9 * time.Millisecond)}
		for i := range x.Stages {
			x.Stages[i] = time.Millisecond
		}
		return x
	}
	see := func(m *measurement, sequence uint16, arrived, decoded capture.Time) {
		m.seen[sequence] = &sight{arrived: arrived, decoded: decoded}
		m.join(sequence)
	}
	at := func(d time.Duration) capture.Time { return capture.Time(time.Second + d) }
	m := &measurement{}
	m.traced(trace(1, at(0)))
	see(m, 1, at(10*time.Millisecond), at(12*time.Millisecond))
	see(m, 2, at(8*time.Millisecond), at(13*time.Millisecond)) // arrived before the node said that it was sent
	m.traced(trace(2, at(0)))
	m.traced(trace(3, at(0))) // lost
	m.traced(trace(3, at(2*time.Minute)))
	see(m, 3, at(0), at(time.Millisecond)) // of the turn before
	see(m, 4, at(0), at(40*time.Second))
	m.traced(trace(4, at(0))) // stale
	samples := m.take()
	if len(samples) != 2 {
		t.Fatalf("%d samples, want 2: %v", len(samples), samples)
	}
	for i, want := range []struct{ latency, transport, decode float64 }{{12, 1, 2}, {13, -1, 5}} {
		s := samples[i]
		if milliseconds(s.latency) != want.latency || milliseconds(s.stages[transport]) != want.transport || milliseconds(s.stages[decode]) != want.decode {
			t.Errorf("sample %d = %v", i, s)
		}
		var sum time.Duration
		for _, d := range s.stages {
			sum += d
		}
		if sum != s.latency {
			t.Errorf("stages of sample %d sum to %v, the latency is %v", i, sum, s.latency)
		}
	}
	if again := m.take(); len(again) != 0 {
		t.Errorf("samples come twice: %v", again)
	}
}

func TestLatency(t *testing.T) {
	var samples []sample
	for i := range 101 {
		samples = append(samples, sample{latency: time.Duration(100-i) * time.Millisecond})
	}
	if got, want := newLatency(samples), (latencyReport{Median: 50, P95: 95, Mean: 50, Max: 100}); math.Abs(got.Mean-want.Mean) > 1e-9 || got.Median != want.Median || got.P95 != want.P95 || got.Max != want.Max {
		t.Errorf("newLatency = %+v, want %+v", got, want)
	}
	if got := newLatency(nil); got != (latencyReport{}) {
		t.Errorf("newLatency of nothing = %+v", got)
	}
}

func TestMemory(t *testing.T) {
	m, err := readMemory()
	if err != nil || m.peak < m.resident || m.resident == 0 || m.anonymous == 0 {
		t.Errorf("readMemory = %+v, %v", m, err)
	}
}
