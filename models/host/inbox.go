package host

import (
	"sync/atomic"
	"time"
)

// inbox holds the frames that wait for a chain. One goroutine takes; any may put.
type inbox[T any] struct {
	medium  stream[T]
	slots   chan arrival[T]
	overrun atomic.Uint64
}

type arrival[T any] struct {
	frame T
	at    time.Time
}

func newInbox[T any](m stream[T]) *inbox[T] {
	depth, _ := m.depth()
	return &inbox[T]{medium: m, slots: make(chan arrival[T], depth)}
}

// put takes a frame over; where there is no room the oldest is dropped.
func (b *inbox[T]) put(frame T) {
	a := arrival[T]{frame: frame, at: time.Now()}
	for {
		select {
		case b.slots <- a:
			return
		default:
		}
		select {
		case old := <-b.slots:
			b.medium.Release(old.frame)
			b.overrun.Add(1)
		default:
		}
	}
}

// empty drops what waits.
func (b *inbox[T]) empty() {
	for {
		select {
		case a := <-b.slots:
			b.medium.Release(a.frame)
		default:
			return
		}
	}
}
