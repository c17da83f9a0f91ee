package netem

import (
	"container/heap"
	"net"
	"sync"
	"time"
)

// maxWaiting bounds the packets on their way in one direction.
const maxWaiting = 4096

// packet is one on its way.
type packet struct {
	data    [maxPacket]byte
	size    int
	address net.Addr // from where, or where to
	at      time.Time
	order   uint64 // among those of one time
}

// line holds packets until they are due. One goroutine takes at a time.
type line struct {
	changed chan struct{} // one slot

	mu      sync.Mutex // guards all below; held for a few instructions
	waiting packets
	order   uint64
}

func newLine() *line { return &line{changed: make(chan struct{}, 1)} }

// put returns false where the line is full.
func (l *line) put(p *packet) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= maxWaiting {
		return false
	}
	l.order++
	p.order = l.order
	heap.Push(&l.waiting, p)
	select {
	case l.changed <- struct{}{}:
	default:
	}
	return true
}

// due takes the first packet whose time has come, or says how long the first
// has to wait; 0: there is none.
func (l *line) due(now time.Time) (*packet, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		return nil, 0
	}
	if wait := l.waiting[0].at.Sub(now); wait > 0 {
		return nil, wait
	}
	p, _ := heap.Pop(&l.waiting).(*packet)
	return p, 0
}

// take waits for a packet; it returns nil when one of the channels is closed.
func (l *line) take(ended, deadline <-chan struct{}) *packet {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		p, wait := l.due(time.Now())
		if p != nil {
			return p
		}
		var due <-chan time.Time
		if wait > 0 {
			timer.Reset(wait)
			due = timer.C
		}
		select {
		case <-due:
		case <-l.changed:
		case <-ended:
			return nil
		case <-deadline:
			return nil
		}
	}
}

// packets is a heap by time.
type packets []*packet

// Len implements heap.Interface.
func (p packets) Len() int { return len(p) }

// Less implements heap.Interface.
func (p packets) Less(i, j int) bool {
	return p[i].at.Before(p[j].at) || p[i].at.Equal(p[j].at) && p[i].order < p[j].order
}

// Swap implements heap.Interface.
func (p packets) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

// Push implements heap.Interface.
func (p *packets) Push(x any) {
	if q, ok := x.(*packet); ok {
		*p = append(*p, q)
	}
}

// Pop implements heap.Interface.
func (p *packets) Pop() any {
	n := len(*p) - 1
	last := (*p)[n]
	(*p)[n] = nil
	*p = (*p)[:n]
	return last
}
