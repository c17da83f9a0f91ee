package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// benchReport is what bench prints. Memory is the whole process's, viewer
// included.
type benchReport struct {
	Rig            string             `json:"rig"`
	Size           string             `json:"size"`
	Seconds        float64            `json:"seconds"`
	ViewsPerSecond float64            `json:"views_per_second"` // decoded
	StagesMS       map[string]float64 `json:"stages_ms"`        // means
	StagesSumMS    float64            `json:"stages_sum_ms"`
	LatencyMS      latencyReport      `json:"latency_ms"`
	Drops          map[string]uint64  `json:"drops"` // by where and why
	PeakRSS        uint64             `json:"peak_rss_bytes"`
	FileRSS        uint64             `json:"file_rss_bytes"` // of mapped files, such as the synthetic cache, at the end
	AnonRSS        uint64             `json:"anon_rss_bytes"` // the process's own, at the end
	CPUPerView     float64            `json:"cpu_ms_per_view"`
	BitsPerSecond  float64            `json:"bits_per_second"`
	KeyFrames      uint64             `json:"key_frames"`
	GLRenderer     string             `json:"gl_renderer"`
	GLVersion      string             `json:"gl_version"`
	BakeSeconds    float64            `json:"bake_seconds"` // before the measurement, 0 where nothing is baked
	Minutes        []minute           `json:"minutes,omitempty"`
}

// latencyReport is from the newest capture instant to the decoder's return.
type latencyReport struct {
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
	Mean   float64 `json:"mean"`
	Max    float64 `json:"max"`
}

// minute is one minute of a long run.
type minute struct {
	ViewsPerSecond float64 `json:"views_per_second"`
	Median         float64 `json:"latency_ms_median"`
	P95            float64 `json:"latency_ms_p95"`
	RSS            uint64  `json:"rss_bytes"`
	AnonRSS        uint64  `json:"anon_rss_bytes"`
}

func newMinute(samples []sample, took time.Duration) (minute, error) {
	memory, err := readMemory()
	l := newLatency(samples)
	return minute{float64(len(samples)) / took.Seconds(), l.Median, l.P95, memory.resident, memory.anonymous}, err
}

func (m minute) String() string {
	return fmt.Sprintf("%.1f views a second, latency median %.1f ms, p95 %.1f ms, resident %s, of it own %s",
		m.ViewsPerSecond, m.Median, m.P95, megabytes(m.RSS), megabytes(m.AnonRSS))
}

// newLatency sums up. Without samples all is zero.
func newLatency(samples []sample) (l latencyReport) {
	if len(samples) == 0 {
		return l
	}
	sorted := make([]float64, len(samples))
	for i, s := range samples {
		sorted[i] = milliseconds(s.latency)
		l.Mean += sorted[i] / float64(len(samples))
	}
	slices.Sort(sorted)
	at := func(q float64) float64 { return sorted[int(q*float64(len(sorted)-1)+0.5)] }
	l.Median, l.P95, l.Max = at(0.5), at(0.95), at(1)
	return l
}

// counters are what grows while a node runs.
type counters struct {
	drops map[string]uint64
	bytes uint64
	keys  uint64
	cpu   time.Duration
	peak  memory
}

// count reads the counters of node, viewer and process.
func count(n *node, viewer *whepclient.Viewer, m *measurement) (counters, error) {
	views, rung := n.pipeline.views.Snapshot(), n.pipeline.sent()
	c := counters{drops: map[string]uint64{}, bytes: views.Bytes, keys: views.Keys}
	for _, camera := range n.pipeline.sets.Stats().Cameras {
		for reason, n := range camera.Drops {
			c.drops["capture "+string(reason)] += n
		}
	}
	for reason, n := range views.Drops {
		c.drops["view "+reason] = n
	}
	c.drops["fanout queue"], c.drops["fanout refused"] = rung.Dropped, rung.Failed
	c.drops["viewer lost packets"] = viewer.Lost()
	c.drops["viewer unreadable"] = m.unreadable()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return c, fmt.Errorf("read the process's times: %w", err)
	}
	c.cpu = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	var err error
	c.peak, err = readMemory()
	return c, err
}

func (r *benchReport) fill(samples []sample, took time.Duration, before, after counters) {
	r.Seconds = took.Seconds()
	r.ViewsPerSecond = float64(len(samples)) / took.Seconds()
	r.LatencyMS = newLatency(samples)
	r.StagesMS = map[string]float64{}
	for stage := range benchStages {
		var sum time.Duration
		for _, s := range samples {
			sum += s.stages[stage]
		}
		mean := milliseconds(sum) / max(1, float64(len(samples)))
		r.StagesMS[stageName(stage)] = mean
		r.StagesSumMS += mean
	}
	r.Drops = map[string]uint64{}
	for reason, n := range after.drops {
		if n > before.drops[reason] {
			r.Drops[reason] = n - before.drops[reason]
		}
	}
	r.PeakRSS, r.FileRSS, r.AnonRSS = after.peak.peak, after.peak.mapped, after.peak.anonymous
	r.CPUPerView = milliseconds(after.cpu-before.cpu) / max(1, float64(len(samples)))
	r.BitsPerSecond = 8 * float64(after.bytes-before.bytes) / took.Seconds()
	r.KeyFrames = after.keys - before.keys
}

func (r *benchReport) print(w io.Writer) {
	fmt.Fprintf(w, "%s at %s, %.0f s, %s, OpenGL %s\n", r.Rig, r.Size, r.Seconds, r.GLRenderer, r.GLVersion)
	if r.BakeSeconds > 0 {
		fmt.Fprintf(w, "%-12s %8.1f s, before the measurement\n", "bake", r.BakeSeconds)
	}
	fmt.Fprintf(w, "%-12s %8.1f a second, %.1f ms of CPU each, %.2f Mbit/s, %d key frames\n", "views", r.ViewsPerSecond, r.CPUPerView, r.BitsPerSecond/1e6, r.KeyFrames)
	fmt.Fprintf(w, "%-12s %8.1f ms median, %.1f p95, %.1f mean, %.1f most\n", "latency", r.LatencyMS.Median, r.LatencyMS.P95, r.LatencyMS.Mean, r.LatencyMS.Max)
	for stage := range benchStages {
		fmt.Fprintf(w, "  %-10s %8.2f ms\n", stageName(stage), r.StagesMS[stageName(stage)])
	}
	fmt.Fprintf(w, "  %-10s %8.2f ms, the mean latency is %.2f\n", "sum", r.StagesSumMS, r.LatencyMS.Mean)
	fmt.Fprintf(w, "%-12s %8s at most; now %s of its own and %s of mapped files\n", "memory", megabytes(r.PeakRSS), megabytes(r.AnonRSS), megabytes(r.FileRSS))
	if len(r.Drops) == 0 {
		fmt.Fprintf(w, "%-12s %8s\n", "drops", "none")
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Drops)) {
		fmt.Fprintf(w, "%-12s %8d %s\n", "drops", r.Drops[reason], reason)
	}
}

// memory is the process's, in bytes.
type memory struct{ peak, resident, mapped, anonymous uint64 }

// readMemory reads /proc/self/status (proc_pid_status(5)).
func readMemory() (memory, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return memory{}, fmt.Errorf("read the process's memory: %w", err)
	}
	var m memory
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		into := map[string]*uint64{"VmHWM": &m.peak, "VmRSS": &m.resident, "RssFile": &m.mapped, "RssAnon": &m.anonymous}[name]
		if into == nil {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return m, fmt.Errorf("read the process's memory: %w", err)
		}
		*into = n << 10
	}
	return m, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func megabytes(n uint64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }
