package view

import (
	"maps"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/session/encode"
)

// Buckets are the upper bounds of a stage's histogram, in seconds.
var buckets = [...]float64{0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1}

// Buckets returns the upper bounds of the histograms, in seconds.
func Buckets() []float64 { return append([]float64(nil), buckets[:]...) }

// Histogram counts durations.
type Histogram struct {
	Count uint64
	Sum   time.Duration
	Below [len(buckets)]uint64 // cumulative: at most Buckets()[i]
}

func (h *Histogram) add(d time.Duration) {
	h.Count++
	h.Sum += d
	for i, bound := range buckets {
		if d.Seconds() <= bound {
			h.Below[i]++
		}
	}
}

// Stats are the counts of a view since it was made.
type Stats struct {
	Views   uint64 // rendered
	Encodes uint64 // views that were encoded, as one rung or two
	Keys    uint64 // key frames of all rungs
	Bytes   uint64 // of encoded pictures of all rungs
	Drops   map[string]uint64
	Stages  [Stages]Histogram // of views that were encoded
	Target  int               // of the full size's encoder, bits a second
	Rungs   [MaxRungs]Encodes
}

// Encodes are the counts of one rung's encoder.
type Encodes struct {
	Pictures uint64
	Keys     uint64
	Bytes    uint64
	Time     time.Duration // all in all, from the packed view to the transport
	Target   int           // bits a second
}

// Add adds the counts of another view; Target is the sum too.
func (s Stats) Add(o Stats) Stats {
	s.Views, s.Encodes, s.Keys, s.Bytes, s.Target = s.Views+o.Views, s.Encodes+o.Encodes, s.Keys+o.Keys, s.Bytes+o.Bytes, s.Target+o.Target
	for i, r := range o.Rungs {
		mine := &s.Rungs[i]
		mine.Pictures, mine.Keys, mine.Bytes = mine.Pictures+r.Pictures, mine.Keys+r.Keys, mine.Bytes+r.Bytes
		mine.Time, mine.Target = mine.Time+r.Time, mine.Target+r.Target
	}
	drops := maps.Clone(s.Drops)
	for reason, n := range o.Drops {
		if drops == nil {
			drops = make(map[string]uint64)
		}
		drops[reason] += n
	}
	s.Drops = drops
	for i, h := range o.Stages {
		mine := &s.Stages[i]
		mine.Count, mine.Sum = mine.Count+h.Count, mine.Sum+h.Sum
		for b, n := range h.Below {
			mine.Below[b] += n
		}
	}
	return s
}

// Reasons for which a view was not sent.
const (
	DropOverrun = "overrun"      // a newer view replaced it before it was encoded
	DropNobody  = "nobody"       // no person in the volume
	DropLost    = "context-lost" // the OpenGL context was lost
	DropRender  = "render"       // any other error of the renderer
	DropEncode  = "encode"       // the encoder refused it
)

// Mean returns the mean time of each stage since an earlier snapshot.
func (s Stats) Mean(before Stats) [Stages]time.Duration {
	var mean [Stages]time.Duration
	for i := range mean {
		if n := s.Stages[i].Count - before.Stages[i].Count; n > 0 {
			mean[i] = (s.Stages[i].Sum - before.Stages[i].Sum) / time.Duration(n)
		}
	}
	return mean
}

// tally collects Stats. Its lock is held for a few instructions only.
type tally struct {
	mu    sync.Mutex
	stats Stats
}

func (t *tally) rendered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Views++
}

func (t *tally) dropped(reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stats.Drops == nil {
		t.stats.Drops = make(map[string]uint64)
	}
	t.stats.Drops[reason]++
}

func (t *tally) encoded(tr Trace) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Encodes++
	for i := range t.stats.Stages {
		t.stats.Stages[i].add(tr.Stages[i])
	}
}

func (t *tally) sent(rung int, p encode.Packet, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &t.stats.Rungs[rung]
	r.Pictures++
	r.Bytes += uint64(len(p.Data))
	r.Time += took
	t.stats.Bytes += uint64(len(p.Data))
	if p.Key {
		r.Keys++
		t.stats.Keys++
	}
}

func (t *tally) target(rung, bitsPerSecond int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Rungs[rung].Target = bitsPerSecond
	t.stats.Target = t.stats.Rungs[0].Target
}

func (t *tally) snapshot() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.stats
	s.Drops = maps.Clone(s.Drops)
	return s
}
