package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"syscall"
	"time"

	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/view"
)

// crowdReport is what bench prints with --viewers.
type crowdReport struct {
	Rig        string        `json:"rig"`
	Size       string        `json:"size"`
	Views      int           `json:"views"` // the budget
	Seconds    float64       `json:"seconds"`
	GLRenderer string        `json:"gl_renderer"`
	GLVersion  string        `json:"gl_version"`
	ByEyes     []crowdRow    `json:"by_eyes"`     // one viewer an eye
	ByAudience []crowdRow    `json:"by_audience"` // all at one eye
	Walk       *walkReport   `json:"walk"`
	Narrow     *narrowReport `json:"narrow"`
}

// crowdRow is one row of the table. CPU is this process's: the node and one
// viewer an eye, who decodes.
type crowdRow struct {
	Viewers          int           `json:"viewers"`
	Eyes             int           `json:"eyes"`
	Views            int           `json:"views"` // rendered
	Seconds          float64       `json:"seconds"`
	CPUPerSecond     float64       `json:"cpu_ms_per_second"`
	RendersPerSecond float64       `json:"renders_per_second"` // of all views
	EncodesPerSecond float64       `json:"encodes_per_second"`
	ViewsPerSecond   float64       `json:"views_per_second"` // decoded, of the viewer who gets the fewest
	FramesPerSecond  float64       `json:"sent_frames_per_second"`
	SentBits         float64       `json:"sent_bits_per_second"` // to all viewers
	LatencyMS        latencyReport `json:"latency_ms"`
	ErrorDegrees     float64       `json:"error_degrees"` // of the viewer with the greatest mean, package vantage
	Lost             uint64        `json:"lost"`          // packets and pictures, of those who decode
}

// crowdCounters are what grows while viewers watch.
type crowdCounters struct {
	cpu   time.Duration
	views view.Stats
	sent  fanout.Stats
	lost  uint64
}

func (b *crowdBench) count(seats []*seat) (crowdCounters, error) {
	c := crowdCounters{views: b.node.pipeline.views.Snapshot(), sent: b.node.pipeline.sent()}
	for _, s := range seats {
		c.lost += s.viewer.Lost() + s.m.unreadable()
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return c, fmt.Errorf("read the process's times: %w", err)
	}
	c.cpu = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	return c, nil
}

func (r *crowdRow) fill(before, after crowdCounters, took time.Duration) {
	rate := func(n uint64) float64 { return float64(n) / took.Seconds() }
	r.CPUPerSecond = milliseconds(after.cpu-before.cpu) / took.Seconds()
	r.RendersPerSecond = rate(after.views.Views - before.views.Views)
	r.EncodesPerSecond = rate(after.views.Encodes - before.views.Encodes)
	r.FramesPerSecond = rate(after.sent.Frames - before.sent.Frames)
	r.SentBits = 8 * rate(after.sent.Bytes-before.sent.Bytes)
	r.Lost = after.lost - before.lost
	r.ViewsPerSecond = math.Inf(1)
}

// see takes what one viewer saw.
func (r *crowdRow) see(seen []sighting, took time.Duration) {
	mean := 0.0
	for _, s := range seen {
		mean += s.error * 180 / math.Pi / float64(len(seen))
	}
	r.ErrorDegrees = max(r.ErrorDegrees, mean)
	r.ViewsPerSecond = min(r.ViewsPerSecond, float64(len(seen))/took.Seconds())
}

// walkReport compares a viewer who walks with the same one as it stands.
type walkReport struct {
	Views    int         `json:"views"` // rendered before the walk
	Standing walkFigures `json:"standing"`
	Walking  walkFigures `json:"walking"`
}

// walkFigures are those of one viewer over the time of the walk.
type walkFigures struct {
	Frames       int     `json:"frames"` // decoded
	GapMS        float64 `json:"largest_gap_ms"`
	MedianGapMS  float64 `json:"median_gap_ms"`
	StallMS      float64 `json:"process_stall_ms"` // largest time between two eyes: far above 33 the machine is too busy for the gap to mean much
	Twice        int     `json:"twice"`            // frame sets that were seen in two frames
	Lost         uint64  `json:"lost"`             // packets, and pictures that could not be decoded
	Moves        uint64  `json:"moves"`            // to another view, of both viewers
	ErrorDegrees float64 `json:"largest_error_degrees"`
}

func newWalkFigures(seen []sighting) (f walkFigures) {
	f.Frames = len(seen)
	var gaps []float64
	for i, s := range seen {
		f.ErrorDegrees = max(f.ErrorDegrees, s.error*180/math.Pi)
		if i == 0 {
			continue
		}
		gaps = append(gaps, milliseconds(s.at.Sub(seen[i-1].at)))
		if s.sequence == seen[i-1].sequence {
			f.Twice++
		}
	}
	if len(gaps) > 0 {
		slices.Sort(gaps)
		f.GapMS, f.MedianGapMS = gaps[len(gaps)-1], gaps[len(gaps)/2]
	}
	return f
}

func (r *crowdReport) print(w io.Writer) {
	fmt.Fprintf(w, "%s at %s, %d views at most, %.0f s a row, %s, OpenGL %s\n", r.Rig, r.Size, r.Views, r.Seconds, r.GLRenderer, r.GLVersion)
	table := func(title string, rows []crowdRow) {
		fmt.Fprintf(w, "\n%s\n%7s %5s %5s %9s %9s %9s %9s %9s %8s %8s %7s %5s\n", title,
			"viewers", "eyes", "views", "CPU ms/s", "renders/s", "encodes/s", "views/s", "Mbit/s", "median", "p95 ms", "error", "lost")
		for _, x := range rows {
			fmt.Fprintf(w, "%7d %5d %5d %9.0f %9.1f %9.1f %9.1f %9.2f %8.1f %8.1f %6.1f° %5d\n", x.Viewers, x.Eyes, x.Views, x.CPUPerSecond,
				x.RendersPerSecond, x.EncodesPerSecond, x.ViewsPerSecond, x.SentBits/1e6, x.LatencyMS.Median, x.LatencyMS.P95, x.ErrorDegrees, x.Lost)
		}
	}
	table("distinct eyes, one viewer each", r.ByEyes)
	table("audience, one eye", r.ByAudience)
	r.Walk.print(w)
	r.Narrow.print(w)
}

func (r *walkReport) print(w io.Writer) {
	fmt.Fprintf(w, "\none of two viewers walks %.0f° to the other and back, from %d views\n%9s %7s %8s %8s %8s %6s %6s %6s %8s\n",
		2*walkAngle*180/math.Pi, r.Views, "", "frames", "gap ms", "median", "stall ms", "twice", "lost", "moves", "error")
	for _, x := range []struct {
		name string
		walkFigures
	}{{"standing", r.Standing}, {"walking", r.Walking}} {
		fmt.Fprintf(w, "%9s %7d %8.1f %8.1f %8.1f %6d %6d %6d %7.1f°\n", x.name, x.Frames, x.GapMS, x.MedianGapMS, x.StallMS, x.Twice, x.Lost, x.Moves, x.ErrorDegrees)
	}
}
