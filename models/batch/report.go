package batch

import (
	"context"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
)

// Report is what a run was. Times are in milliseconds where the name says so.
type Report struct {
	Seconds     float64        `json:"seconds"`      // of the clip that were done
	OpenSeconds float64        `json:"open_seconds"` // of opening the filters
	TookSeconds float64        `json:"took_seconds"` // reading, filtering and writing
	Streams     []StreamReport `json:"streams"`
	Filters     []FilterReport `json:"filters"`
	Notes       []string       `json:"notes,omitempty"`
}

// StreamReport is one stream of the clip. Sound is counted in stretches of 20 ms.
type StreamReport struct {
	Kind    models.Kind `json:"kind"`
	Read    int         `json:"read"`
	Written int         `json:"written"`
	Seconds float64     `json:"seconds"`
}

// FilterReport is one filter of the chain.
type FilterReport struct {
	Filter       string        `json:"filter"`
	Kind         models.Kind   `json:"kind"`
	Values       models.Values `json:"parameters"`
	LookAheadMS  float64       `json:"look_ahead_ms"`
	LatencyMS    float64       `json:"latency_ms"` // that it declares
	Frames       int           `json:"frames"`
	MeanMS       float64       `json:"mean_ms"`
	MedianMS     float64       `json:"median_ms"`
	P95MS        float64       `json:"p95_ms"`
	MaxMS        float64       `json:"max_ms"`
	Share        float64       `json:"share"` // of the time that filters took together, 0 to 1
	Late         int           `json:"late"`  // frames that took longer than it declares
	Errors       int           `json:"errors"`
	FirstError   string        `json:"first_error,omitempty"`
	FirstErrorAt float64       `json:"first_error_seconds,omitempty"`
	Restarts     uint64        `json:"restarts,omitempty"` // in a live run
	Observations int           `json:"observations"`
}

func (r *run) report(opened, took time.Duration) Report {
	out := Report{OpenSeconds: opened.Seconds(), TookSeconds: took.Seconds()}
	for _, l := range r.lanes {
		s := l.counted()
		out.Seconds = max(out.Seconds, s.Seconds)
		out.Streams = append(out.Streams, s)
	}
	for _, a := range r.accounts {
		out.Filters = append(out.Filters, a.report())
	}
	out.shares()
	return out
}

// shares says what part of the filters' time each took.
func (r *Report) shares() {
	all := 0.
	for _, f := range r.Filters {
		all += f.MeanMS * float64(f.Frames)
	}
	for i := range r.Filters {
		if f := &r.Filters[i]; all > 0 {
			f.Share = f.MeanMS * float64(f.Frames) / all
		}
	}
}

// note notes what was found in the clip.
func (r *Report) note(ctx context.Context, from *clip.Clip) {
	r.Notes = append(r.Notes, from.Info.Notes...)
	if from.Found != nil && ctx.Err() == nil {
		r.Notes = append(r.Notes, from.Found()...)
	}
}

func (a *account) report() FilterReport {
	f := FilterReport{
		Filter: a.Name, Kind: a.Kind, Values: a.Values, LookAheadMS: ms(a.LookAhead), LatencyMS: ms(a.Latency),
		Frames: len(a.took), Errors: a.errors, Observations: int(a.observations.Load()),
	}
	if a.first != nil {
		f.FirstError, f.FirstErrorAt = a.first.Error(), seconds(a.firstAt)
	}
	if len(a.took) == 0 {
		return f
	}
	own, sorted := sum(a.took), slices.Sorted(slices.Values(a.took))
	for _, d := range sorted {
		if d > a.Latency {
			f.Late++
		}
	}
	n := len(sorted)
	f.MeanMS, f.MedianMS, f.P95MS, f.MaxMS = ms(own)/float64(n), ms(sorted[n/2]), ms(sorted[(n*95+99)/100-1]), ms(sorted[n-1])
	return f
}

func sum(list []time.Duration) (total time.Duration) {
	for _, d := range list {
		total += d
	}
	return total
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
