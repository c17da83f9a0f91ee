package signaling

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/virtualcube/virtualcube/capture/frameset"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/whip"
)

// Metrics is where /metrics takes its numbers from: snapshots at the time of
// the request.
type Metrics struct {
	Cubes []CubeMetrics
	// WHEP and Rooms may be nil.
	WHEP  func() whip.Stats
	Rooms func() room.Stats
}

// CubeMetrics are the snapshots of one cube. Each may be nil.
type CubeMetrics struct {
	Name   string
	Sets   func() frameset.Stats
	View   func() view.Stats
	Ladder func() fanout.Stats // of all views together
	Open   func() int          // views at present
	// Filters are the chains on what the cube's rig captures.
	Filters func() []host.Stats
}

const scrapeWithin = 5 * time.Second

// handler serves the metrics from a registry of their own.
func (m Metrics) handler() (http.Handler, error) {
	registry := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{Timeout: scrapeWithin, MaxRequestsInFlight: 4}), nil
}

func description(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("virtualcube_"+name, help, labels, nil)
}

var (
	setsDesc     = description("frame_sets_total", "Frame sets that were closed.", "cube")
	captureDrops = description("capture_drops_total", "Frames that were not used, by camera and reason.", "cube", "camera", "reason")
	viewsDesc    = description("views_total", "Views that were rendered.", "cube")
	openDesc     = description("open_views", "Views at present: places from which eyes are served.", "cube")
	encodesDesc  = description("encodes_total", "Views that were encoded, once for all viewers.", "cube")
	encodedKeys  = description("encoded_key_frames_total", "Key frames among the encodes.", "cube")
	encodedBytes = description("encoded_bytes_total", "Bytes of encoded views.", "cube")
	dropsDesc    = description("drops_total", "Views that were not sent, by reason.", "cube", "reason")
	stageDesc    = description("stage_seconds", "Time of a view in each stage.", "cube", "stage")
	targetDesc   = description("target_bits_per_second", "Bitrate that the congestion controllers allow the encoder.", "cube")
	rungTarget   = description("rung_target_bits_per_second", "The same, of each rung: the full size and half of it.", "cube", "rung")
	rungViewers  = description("rung_viewers", "Viewers by the rung and the temporal layers that they get.", "cube", "rung", "layers")
	rungEncodes  = description("rung_encodes_total", "Views that were encoded for a rung.", "cube", "rung")
	rungBytes    = description("rung_encoded_bytes_total", "Bytes of encoded views of a rung.", "cube", "rung")
	rungSeconds  = description("rung_encode_seconds_total", "Time from the packed view to the transport, of a rung.", "cube", "rung")
	stepsDesc    = description("steps_total", "Changes of a viewer's rung or layers, by cause: climb leads up, the others down.", "cube", "cause")
	skippedDesc  = description("skipped_frames_total", "Frames of the upper layer that a viewer's link does not hold, counted once a viewer.", "cube")
	viewersDesc  = description("viewers", "Viewers that are connected.", "cube")
	joinsDesc    = description("joins_total", "Viewers that connected.", "cube")
	keyRequests  = description("key_requests_total", "Requests for key frames, by viewers that joined, lost packets or lagged.", "cube")
	sentKeys     = description("key_frames_total", "Key frames that were sent to viewers, each counted once.", "cube")
	sentFrames   = description("sent_frames_total", "Frames sent, counted once a viewer.", "cube")
	sentPackets  = description("sent_packets_total", "Packets sent, counted once a viewer.", "cube")
	sentBytes    = description("sent_bytes_total", "Payload bytes sent, counted once a viewer.", "cube")
	sendFailures = description("send_failures_total", "Packets that the transport refused.", "cube")
	acceptedDesc = description("whep_accepted_total", "Offers that were answered.")
	refusedDesc  = description("whep_refused_total", "Offers that were refused, by reason.", "reason")
	ignoredDesc  = description("messages_ignored_total", "Messages of viewers that were ignored, by reason.", "reason")
	roomsDesc    = description("rooms", "Rooms that are open.")
	roomSockets  = description("room_connections", "WebSockets of rooms, those at the door included.")
	enteredDesc  = description("room_entered_total", "Participants that came into a room, or back to it.")
	resumedDesc  = description("room_resumed_total", "Those of them that came back.")
	roomRefused  = description("room_refused_total", "Connections that were refused or ended by the node, by reason.", "reason")
	roomIgnored  = description("room_messages_ignored_total", "Messages of participants that were ignored, by reason.", "reason")
)

// Describe implements prometheus.Collector: the numbers are unchecked, since
// reasons and cameras come and go.
func (Metrics) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (m Metrics) Collect(out chan<- prometheus.Metric) {
	for _, c := range m.Cubes {
		c.collect(sink(out))
	}
	var rooms room.Stats
	if m.Rooms != nil {
		rooms = m.Rooms()
		collectRooms(sink(out), rooms)
	}
	m.filtering(rooms).collect(sink(out))
	if m.WHEP == nil {
		return
	}
	s, to := m.WHEP(), sink(out)
	to.counter(acceptedDesc, s.Accepted)
	for reason, n := range s.Refused {
		to.counter(refusedDesc, n, reason)
	}
	for reason, n := range s.Ignored {
		to.counter(ignoredDesc, n, reason)
	}
}

func collectRooms(to sink, s room.Stats) {
	to.gauge(roomsDesc, s.Rooms)
	to.gauge(roomSockets, s.Connections)
	to.counter(enteredDesc, s.Entered)
	to.counter(resumedDesc, s.Resumed)
	for reason, n := range s.Refused {
		to.counter(roomRefused, n, reason)
	}
	for reason, n := range s.Ignored {
		to.counter(roomIgnored, n, reason)
	}
}

// sink takes metrics of a scrape.
type sink chan<- prometheus.Metric

func (s sink) counter(d *prometheus.Desc, n uint64, labels ...string) {
	s <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}

func (s sink) gauge(d *prometheus.Desc, v int, labels ...string) {
	s <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
}

func (c CubeMetrics) collect(to sink) {
	if c.Sets != nil {
		s := c.Sets()
		to.counter(setsDesc, s.Sets, c.Name)
		for _, camera := range s.Cameras {
			for reason, n := range camera.Drops {
				to.counter(captureDrops, n, c.Name, camera.Name, string(reason))
			}
		}
	}
	if c.View != nil {
		c.collectView(to, c.View())
	}
	if c.Open != nil {
		to.gauge(openDesc, c.Open(), c.Name)
	}
	if c.Ladder != nil {
		s := c.Ladder()
		to.gauge(viewersDesc, s.Subscribers, c.Name)
		to.gauge(targetDesc, s.Target, c.Name)
		for _, v := range []struct {
			desc *prometheus.Desc
			n    uint64
		}{
			{joinsDesc, s.Joined}, {keyRequests, s.KeyRequests}, {sentKeys, s.Keys}, {sentFrames, s.Frames},
			{sentPackets, s.Packets}, {sentBytes, s.Bytes}, {sendFailures, s.Failed}, {skippedDesc, s.Skipped},
		} {
			to.counter(v.desc, v.n, c.Name)
		}
		to.counter(dropsDesc, s.Dropped, c.Name, "slow-viewer")
		c.collectRungs(to, s)
	}
}

// rungName is a rung's label.
func rungName(i int) string { return [fanout.MaxRungs]string{"full", "half"}[i] }

func (c CubeMetrics) collectRungs(to sink, s fanout.Stats) {
	for i, r := range s.Rungs {
		to.gauge(rungTarget, r.Target, c.Name, rungName(i))
		to.gauge(rungViewers, r.Both, c.Name, rungName(i), "both")
		to.gauge(rungViewers, r.Base, c.Name, rungName(i), "base")
	}
	for cause, n := range s.Steps {
		to.counter(stepsDesc, n, c.Name, cause)
	}
}

func (c CubeMetrics) collectView(to sink, s view.Stats) {
	to.counter(viewsDesc, s.Views, c.Name)
	to.counter(encodesDesc, s.Encodes, c.Name)
	to.counter(encodedKeys, s.Keys, c.Name)
	to.counter(encodedBytes, s.Bytes, c.Name)
	for reason, n := range s.Drops {
		to.counter(dropsDesc, n, c.Name, reason)
	}
	for i, r := range s.Rungs {
		to.counter(rungEncodes, r.Pictures, c.Name, rungName(i))
		to.counter(rungBytes, r.Bytes, c.Name, rungName(i))
		to <- prometheus.MustNewConstMetric(rungSeconds, prometheus.CounterValue, r.Time.Seconds(), c.Name, rungName(i))
	}
	bounds := view.Buckets()
	for i, h := range s.Stages {
		buckets := make(map[float64]uint64, len(bounds))
		for j, bound := range bounds {
			buckets[bound] = h.Below[j]
		}
		to <- prometheus.MustNewConstHistogram(stageDesc, h.Count, h.Sum.Seconds(), buckets, c.Name, view.Stage(i).String())
	}
}
