package main

import (
	"slices"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// Stages that the viewer adds to the node's.
const (
	transport = view.Stages + iota // handed to the transport, to the last packet's arrival
	decode
	benchStages // how many there are
)

func stageName(s view.Stage) string {
	switch s {
	case transport:
		return "transport"
	case decode:
		return "decode"
	}
	return s.String()
}

// sample is one view from its newest capture instant to the decoder's return.
// Its stages follow one another without gap, so they sum to the latency.
type sample struct {
	latency time.Duration
	stages  [benchStages]time.Duration
}

// sequences is how many there are in the strip's 12 bits.
const sequences = 1 << 12

// measurement joins what the node knows of a view with what the viewer saw of
// it, by the sequence and the window in the strip. Node and viewer may tell in
// either order.
type measurement struct {
	clock   *capture.Clock
	decoder *vpx.Decoder // the viewer's goroutine
	first   chan struct{}
	once    sync.Once
	// saw, if not nil, is told of every view that was decoded, by the viewer's
	// goroutine.
	saw func(strip pack.Strip, decoded capture.Time)

	mu      sync.Mutex              // guards all below
	sent    [sequences][]view.Trace // of several views
	seen    [sequences]*sight
	samples []sample
	broken  uint64 // units that do not decode, or whose strip is not to be read
}

func newMeasurement(clock *capture.Clock) *measurement {
	return &measurement{clock: clock, first: make(chan struct{})}
}

// readStrip reads the strip of a view of any size.
func readStrip(p capture.Picture) (pack.Strip, error) {
	layout, err := pack.LayoutOf(p.Width, p.Height)
	if err != nil {
		return pack.Strip{}, err
	}
	return layout.ReadStrip(p.Planes[0], p.Strides[0])
}

// sight is when a view had arrived and was decoded.
type sight struct {
	arrived, decoded capture.Time
	window           uint16
}

func (m *measurement) open() (err error) {
	m.decoder, err = vpx.NewDecoder()
	return err
}

func (m *measurement) close() { _ = m.decoder.Close() } // it only frees memory

// traced takes the node's part of a view.
func (m *measurement) traced(t view.Trace) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sent := &m.sent[t.Sequence%sequences]
	*sent = append(slices.DeleteFunc(*sent, func(o view.Trace) bool { return t.Captured-o.Captured > stale }), t)
	m.join(t.Sequence % sequences)
}

// unit takes and decodes the viewer's part.
func (m *measurement) unit(u whepclient.AccessUnit) {
	arrived := m.clock.Now()
	picture, err := m.decoder.Decode(u.Data)
	decoded := m.clock.Now()
	var strip pack.Strip
	if err == nil {
		strip, err = readStrip(picture)
	}
	if err == nil && m.saw != nil {
		m.saw(strip, decoded)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.broken++
		return
	}
	m.seen[strip.Sequence%sequences] = &sight{arrived, decoded, strip.Window}
	m.join(strip.Sequence % sequences)
	m.once.Do(func() { close(m.first) })
}

// stale is the age beyond which a trace belongs to an earlier turn of the
// sequence.
const stale = capture.Time(30 * time.Second)

// join makes a sample where both parts are there. The caller holds the lock.
func (m *measurement) join(sequence uint16) {
	s := m.seen[sequence]
	if s == nil {
		return
	}
	i := slices.IndexFunc(m.sent[sequence], func(t view.Trace) bool { return t.Window == s.window })
	if i < 0 {
		return
	}
	t := m.sent[sequence][i]
	if age := s.decoded - t.Captured; age < 0 {
		m.seen[sequence] = nil // of an earlier turn
		return
	} else if age > stale {
		m.sent[sequence] = slices.Delete(m.sent[sequence], i, i+1)
		return
	}
	x := sample{latency: s.decoded.Sub(t.Captured)}
	copy(x.stages[:], t.Stages[:])
	x.stages[transport] = s.arrived.Sub(t.Sent)
	x.stages[decode] = s.decoded.Sub(s.arrived)
	m.samples = append(m.samples, x)
	m.sent[sequence] = slices.Delete(m.sent[sequence], i, i+1)
	m.seen[sequence] = nil
}

// take returns the samples since the last call.
func (m *measurement) take() []sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.samples
	m.samples = nil
	return s
}

// unreadable counts the units that were of no use.
func (m *measurement) unreadable() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.broken
}
