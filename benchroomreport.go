package main

import (
	"fmt"
	"io"
	"time"
)

// roomReport is what bench room prints.
type roomReport struct {
	Rig          string       `json:"rig"`
	Size         string       `json:"size"`
	Participants int          `json:"participants"`
	Seconds      float64      `json:"seconds"`
	IdleCPU      float64      `json:"idle_cpu_ms_per_second"` // of the node, with nobody in a room
	Rows         []roomRow    `json:"rows"`
	Joins        *joinsReport `json:"joins,omitempty"`
}

// roomRow is one row of the table. CPU is the node's. All else is what the
// participants got, all together.
type roomRow struct {
	Kind              string        `json:"kind"`
	Participants      int           `json:"participants"`
	CPUPerSecond      float64       `json:"cpu_ms_per_second"`
	CPUPerParticipant float64       `json:"cpu_ms_per_second_per_participant"` // beyond the idle node's
	PacketsPerSecond  float64       `json:"received_packets_per_second"`
	BitsPerSecond     float64       `json:"received_bits_per_second"`
	VoicesPerSecond   float64       `json:"voice_packets_per_second"`
	VoicesLost        float64       `json:"voice_packets_lost"` // 0 to 1, of what was said
	VoiceMS           latencyReport `json:"voice_latency_ms"`   // from the sending program to the receiving one
}

func (r *roomRow) fill(before, after tally, took time.Duration) {
	r.PacketsPerSecond = float64(after.packets-before.packets) / took.Seconds()
	r.BitsPerSecond = 8 * float64(after.bytes-before.bytes) / took.Seconds()
	r.VoicesPerSecond = float64(after.heard-before.heard) / took.Seconds()
	if said := after.said - before.said; said > 0 {
		r.VoicesLost = max(0, 1-float64(after.heard-before.heard)/float64(said))
	}
	r.VoiceMS = newSpread(after.delays)
}

// joinsReport is how the node was before, in the middle of and after many who
// came and went.
type joinsReport struct {
	Joins  int           `json:"joins"`
	TimeMS latencyReport `json:"time_to_first_sound_ms"`
	Before nodeSize      `json:"before"`
	Half   nodeSize      `json:"half"`
	After  nodeSize      `json:"after"`
}

func (r *roomReport) print(w io.Writer) {
	fmt.Fprintf(w, "%d participants, %s at %s, %.0f s a row; the node without anybody: %.0f ms of CPU a second\n", r.Participants, r.Rig, r.Size, r.Seconds, r.IdleCPU)
	fmt.Fprintf(w, "\n%8s %6s %9s %11s %10s %8s %9s %7s %8s %8s %8s\n",
		"kind", "people", "CPU ms/s", "a person", "packets/s", "Mbit/s", "voices/s", "lost", "median", "p95", "most ms")
	for _, x := range r.Rows {
		fmt.Fprintf(w, "%8s %6d %9.0f %11.1f %10.0f %8.2f %9.0f %6.2f%% %8.1f %8.1f %8.1f\n", x.Kind, x.Participants, x.CPUPerSecond, x.CPUPerParticipant,
			x.PacketsPerSecond, x.BitsPerSecond/1e6, x.VoicesPerSecond, 100*x.VoicesLost, x.VoiceMS.Median, x.VoiceMS.P95, x.VoiceMS.Max)
	}
	j := r.Joins
	if j == nil {
		return
	}
	fmt.Fprintf(w, "\n%d joined, heard somebody (after %.0f ms median, %.0f p95) and left\n%8s %11s %6s %9s %9s\n",
		j.Joins, j.TimeMS.Median, j.TimeMS.P95, "", "goroutines", "files", "resident", "heap")
	for _, x := range []struct {
		name string
		nodeSize
	}{{"before", j.Before}, {"half", j.Half}, {"after", j.After}} {
		fmt.Fprintf(w, "%8s %11d %6d %9s %9s\n", x.name, x.Goroutines, x.Files, megabytes(x.RSS), megabytes(x.Heap))
	}
}
