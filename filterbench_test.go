package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models/cost"
)

// TestFilterBenchReport looks for the figures where programs and people do.
func TestFilterBenchReport(t *testing.T) {
	r := filterBenchReport{Machine: thisMachine(), Report: cost.Report{
		Idle: cost.Idle{Copy: 81, Chain: 12.5, Process: 97}, OverheadRatio: 1.021,
		Overhead: &cost.Overhead{Filter: "matte", Host: 10.21, Direct: 10, Ratios: []float64{1.02, 1.021, 1.1}, Net: 3.5, Asked: 1.6},
		Filters:  []cost.Filter{{Name: "matte", Process: true, Frames: 100, Mean: 10.4, P95: 12, Declared: 30, Over: 3}, {Name: "vad", Problem: "pull its weights"}},
	}}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"noop_us": 12.5, "noop_process_us": 97, "copy_us": 81, "overhead_ratio": 1.021} {
		if read[name] != want {
			t.Errorf("%s is %v, want %v", name, read[name], want)
		}
	}
	var out bytes.Buffer
	r.print(&out)
	for _, want := range []string{"CPUs", "noop_us", "overhead_ratio 1.021 (at most 1.05)", "3 of 100", "vad: pull its weights"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &out)
		}
	}
	if r.Machine.Load == "" || r.Machine.Processor == "unknown" {
		t.Errorf("%+v", r.Machine)
	}
}

// TestFilterBenchHelp says what the figures are of.
func TestFilterBenchHelp(t *testing.T) {
	out, _ := filtered(t, exitOK, "bench", "--help")
	for _, want := range []string{"noop_us", "noop_process_us", "overhead_ratio", "net_ms"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}
