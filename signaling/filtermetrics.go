package signaling

import (
	"maps"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/signaling/room"
)

var (
	filterFrames    = description("filter_frames_total", "Frames that filters made: pictures, frame sets, or 20 ms of sound.", "filter", "kind")
	filterLate      = description("filter_late_total", "Frames that filters were too late for.", "filter", "kind")
	filterErrors    = description("filter_errors_total", "Frames that filters failed at, and times that they hung.", "filter", "kind")
	filterRestarts  = description("filter_restarts_total", "Times that filters were opened again after they were cut out.", "filter", "kind")
	filterAbandoned = description("filter_abandoned_total", "Filters that did not return, and were left behind.", "filter", "kind")
	filterBusy      = description("filter_busy_seconds_total", "Time that filters worked.", "filter", "kind")
	filterQueue     = description("filter_queue", "Frames that wait for filters or that they work on.", "filter", "kind")
	filterChains    = description("filter_chains", "Streams that are filtered.", "kind")
)

// filtering is what filters do, in rooms and on rigs together.
type filtering struct {
	totals host.Totals
	chains map[models.Kind]int
}

// filtering sums what filters have done.
func (m Metrics) filtering(rooms room.Stats) filtering {
	f := filtering{totals: slices.Clone(rooms.Filters), chains: make(map[models.Kind]int)}
	maps.Copy(f.chains, rooms.Chains)
	for _, c := range m.Cubes {
		if c.Filters == nil {
			continue
		}
		for _, s := range c.Filters() {
			f.totals = f.totals.Add(s.Totals...)
			if len(s.Links) > 0 {
				f.chains[s.Links[0].Kind]++
			}
		}
	}
	return f
}

func (f filtering) collect(to sink) {
	for _, t := range f.totals {
		for _, v := range []struct {
			desc *prometheus.Desc
			n    uint64
		}{
			{filterFrames, t.Frames}, {filterLate, t.Late}, {filterErrors, t.Errors}, {filterRestarts, t.Restarts}, {filterAbandoned, t.Abandoned},
		} {
			to.counter(v.desc, v.n, t.Filter, string(t.Kind))
		}
		to <- prometheus.MustNewConstMetric(filterBusy, prometheus.CounterValue, t.Busy.Seconds(), t.Filter, string(t.Kind))
		to.gauge(filterQueue, t.Queue, t.Filter, string(t.Kind))
	}
	for _, kind := range []models.Kind{models.KindAudio, models.KindVideo, models.KindRGBD} {
		to.gauge(filterChains, f.chains[kind], string(kind))
	}
}
