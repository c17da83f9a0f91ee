package fanout

import (
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// maxNames bounds the counts by source of one outlet: those of the sources that
// were connected longest ago are forgotten.
const maxNames = 32

// count only grows.
type count struct{ packets, bytes atomic.Uint64 }

func (c *count) add(packets, bytes int) {
	c.packets.Add(uint64(packets))
	c.bytes.Add(uint64(bytes))
}

// Count is of RTP packets and bytes of payload.
type Count struct{ Packets, Bytes uint64 }

func (c *count) read() Count { return Count{Packets: c.packets.Load(), Bytes: c.bytes.Load()} }

// countOf returns the counts of a name, under the lock.
func (o *Outlet) countOf(name string, s Source) *count {
	if s == nil {
		return new(count)
	}
	if c := o.counts[name]; c != nil {
		o.names = append(slices.DeleteFunc(o.names, func(n string) bool { return n == name }), name)
		return c
	}
	if o.counts == nil {
		o.counts = make(map[string]*count)
	}
	if len(o.names) == maxNames {
		delete(o.counts, o.names[0])
		o.names = slices.Delete(o.names, 0, 1)
	}
	c := new(count)
	o.counts[name], o.names = c, append(o.names, name)
	return c
}

// Quality is what a peer last reported of one outlet (RFC 3550 section 6.4).
type Quality struct {
	RoundTrip time.Duration // 0: not known
	Jitter    time.Duration
	Loss      float64 // of the packets since the report before, 0 to 1
	Lost      uint64  // packets, of all
}

// judge takes a receiver report.
func (o *Outlet) judge(reports []rtcp.ReceptionReport) {
	for _, r := range reports {
		if r.SSRC != o.binding.ssrc {
			continue
		}
		q := Quality{Loss: float64(r.FractionLost) / 256, Lost: uint64(r.TotalLost)}
		q.Jitter = time.Duration(float64(r.Jitter) / float64(o.binding.clock) * float64(time.Second))
		if r.LastSenderReport != 0 {
			// Units of 1/65536 s, modulo 2^32: a report from the future is none.
			if span := int32(shortNTP(time.Now()) - r.LastSenderReport - r.Delay); span > 0 {
				q.RoundTrip = time.Duration(span) * time.Second >> 16
			}
		}
		o.mu.Lock()
		o.quality = q
		o.loss.Store(uint32(r.FractionLost))
		o.mu.Unlock()
	}
}

// shortNTP is the middle of an NTP timestamp (RFC 3550 section 4).
func shortNTP(t time.Time) uint32 {
	const from1900 = 2208988800
	return uint32(t.Unix()+from1900)<<16 | uint32(uint64(t.Nanosecond())<<16/1e9)
}

// OutletStats are the counts of an outlet since it was made.
type OutletStats struct {
	ID     string
	Source string // the name of the present source; empty: none
	// Ended is why the present source ended by itself; nil while it runs.
	Ended error
	Count
	// Sources are the counts by the source's name, of the latest 32.
	Sources map[string]Count
	// Yields says what the link does not hold of a relay: "", "layers" or "all".
	Yields string
	Quality
}

// Snapshot returns the counts.
func (o *Outlet) Snapshot() OutletStats {
	o.mu.Lock()
	s := OutletStats{ID: o.id, Quality: o.quality, Ended: o.failure}
	if o.feed.source != nil {
		s.Source = o.feed.name
	}
	counts := maps.Clone(o.counts)
	o.mu.Unlock()
	s.Count, s.Yields = o.total.read(), yield(o.yields.Load()).String()
	s.Sources = make(map[string]Count, len(counts))
	for name, c := range counts {
		s.Sources[name] = c.read()
	}
	return s
}
