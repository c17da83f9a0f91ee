package host

import (
	"errors"
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// Link says which filter a chain has at a place, with which parameters.
type Link struct {
	// ID tells it from others of the chain, and makes it the same one where the
	// chain is set anew.
	ID string
	models.Bound
}

// link is a filter of a chain, owned by the chain's goroutine.
type link[T any] struct {
	Link
	chain  *Chain[T]
	worker *worker[T] // nil: it is not open
	stats  LinkStats
	number uint64      // of the newest job
	recent []T         // what came, for the look-ahead and for a new instance
	last   T           // what it returned last; only where it holds
	pace   models.Pace // of one that observes
	// guards says that nothing may pass while the filter is away.
	guards bool
	tries  int       // since it last worked for healthy
	opened time.Time // when it last opened
	retry  time.Time // when it is to be opened again; zero: not
	cancel func()    // of the opening under way
	// dropped says that the link is in the chain no more, and its counts are in
	// the chain's.
	dropped bool
}

func newLink[T any](c *Chain[T], l Link) *link[T] {
	return &link[T]{Link: l, chain: c, stats: LinkStats{
		ID: l.ID, Filter: l.Name, Kind: l.Kind, Summary: l.Summary, State: Opening, Values: l.Values, Latency: l.Latency,
	}}
}

// through passes a frame, which it takes over, through the filter; ok is false
// where nothing comes out.
func (l *link[T]) through(in T) (out T, ok bool) {
	m := l.chain.medium
	l.remember(in)
	l.collect()
	if l.worker == nil {
		if l.Private && l.guards {
			l.chain.stats.Withheld++
			m.Release(in)
			return out, false
		}
		return l.passed(in)
	}
	if l.Period != nil && l.Observes && !l.pace.Due(m.Captured(in), l.Period(l.Values)) {
		return in, true
	}
	l.number++
	given := l.worker.give(job[T]{number: l.number, in: in, values: l.Values})
	if l.Observes {
		if !given {
			l.stats.Late++
		}
		return in, true
	}
	if given {
		if r, came := l.await(); came {
			return l.finish(in, r)
		}
	}
	l.stats.Late++
	return l.instead(in, l.Late)
}

// await waits for the newest job's result until it is late.
func (l *link[T]) await() (result[T], bool) {
	timer := time.NewTimer(l.Latency)
	defer timer.Stop()
	for {
		select {
		case r := <-l.worker.results:
			l.account(r)
			if r.number == l.number {
				return r, true
			}
			l.discard(r)
			if l.broken(r.err) {
				return result[T]{}, false
			}
		case <-timer.C:
			return result[T]{}, false
		}
	}
}

// collect takes results that nobody waits for any more.
func (l *link[T]) collect() {
	for l.worker != nil {
		select {
		case r := <-l.worker.results:
			l.account(r)
			l.discard(r)
			l.broken(r.err)
		default:
			return
		}
	}
}

func (l *link[T]) discard(r result[T]) {
	if r.err == nil && !l.chain.medium.Absent(r.out) {
		l.chain.medium.Release(r.out)
	}
}

func (l *link[T]) account(r result[T]) {
	l.worker.took()
	s := &l.stats
	s.Last, s.Longest, s.Busy = r.took, max(s.Longest, r.took), s.Busy+r.took
	if r.err != nil {
		s.Errors++
		s.Error = r.err.Error()
		l.chain.log.Warn(l.ID, "a filter failed", "filter", l.Name, "link", l.ID, "error", r.err)
		return
	}
	s.Frames++
}

// finish is what comes out for a frame, in the place of which r came.
func (l *link[T]) finish(in T, r result[T]) (out T, ok bool) {
	m := l.chain.medium
	if r.err != nil {
		policy := l.Failing
		if l.broken(r.err) && !l.Private {
			policy = models.Pass
		}
		return l.instead(in, policy)
	}
	if m.Absent(r.out) {
		m.Release(in)
		return out, false
	}
	if due := m.Captured(in); l.LookAhead == 0 && m.Captured(r.out) < due {
		// What it made is of now, though a set of frames that were held be dated by them.
		made := r.out
		r.out = m.Held(made, in, due)
		m.Release(made)
	}
	m.Release(in)
	if l.Late == models.Hold || l.Failing == models.Hold {
		l.hold(r.out)
	}
	return r.out, true
}

// broken cuts the filter out where it cannot work any more.
func (l *link[T]) broken(err error) bool {
	if err == nil {
		return false
	}
	p, panicked := errors.AsType[*panicError](err)
	if panicked {
		c := l.chain.config
		c.Log.Error("a filter panicked", "chain", c.Name, "filter", l.Name, "link", l.ID, "panic", p.value, "stack", string(p.stack))
	}
	if !panicked && !errors.Is(err, models.ErrDead) {
		return false
	}
	l.cutOut(err)
	return true
}

// instead stands for a frame that the filter did not make.
func (l *link[T]) instead(in T, policy models.Policy) (out T, ok bool) {
	m := l.chain.medium
	due := m.Captured(in).Add(-l.LookAhead)
	switch policy {
	case models.Pass:
		return l.passed(in)
	case models.Hold:
		if !m.Absent(l.last) {
			out = m.Held(l.last, in, due)
			m.Release(in)
			return out, true
		}
	}
	out, ok = m.Skipped(in, due)
	m.Release(in)
	return out, ok
}

// passed is what came as long ago as the filter looks ahead: its content is due.
func (l *link[T]) passed(in T) (out T, ok bool) {
	if l.LookAhead == 0 {
		return in, true
	}
	m := l.chain.medium
	out, ok = m.At(l.recent, m.Captured(in).Add(-l.LookAhead))
	m.Release(in)
	return out, ok
}

// remember keeps what came for as long as it may be asked for.
func (l *link[T]) remember(in T) {
	m := l.chain.medium
	l.recent = append(l.recent, m.Retain(in))
	oldest := m.Captured(in).Add(-l.LookAhead - m.keep())
	for len(l.recent) > 1 && (m.Captured(l.recent[0]) < oldest || len(l.recent) > maxRecent) {
		m.Release(l.recent[0])
		l.recent = l.recent[1:]
	}
}

// maxRecent bounds what is remembered, whatever the stamps say.
const maxRecent = 160

func (l *link[T]) hold(f T) {
	m := l.chain.medium
	if !m.Absent(l.last) {
		m.Release(l.last)
	}
	l.last = m.Retain(f)
}

// forget gives the frames up.
func (l *link[T]) forget() {
	m := l.chain.medium
	for _, f := range l.recent {
		m.Release(f)
	}
	l.recent = nil
	var none T
	if !m.Absent(l.last) {
		m.Release(l.last)
	}
	l.last = none
}

// figures are the link's counts now.
func (l *link[T]) figures() LinkStats {
	s := l.stats
	s.Values = l.Values
	if l.worker != nil {
		s.Queue = len(l.worker.waiting)
	}
	return s
}
