package view

import "context"

// mailbox holds at most one value: a newer one replaces it. One goroutine
// puts, one takes.
type mailbox[T any] struct{ slot chan T }

func newMailbox[T any]() mailbox[T] { return mailbox[T]{slot: make(chan T, 1)} }

// put stores a value and returns the one that it replaced, if any.
func (m mailbox[T]) put(value T) (old T, replaced bool) {
	select {
	case m.slot <- value:
		return old, false
	default:
	}
	select {
	case old = <-m.slot:
		replaced = true
	default:
	}
	m.slot <- value // free: only this goroutine puts
	return old, replaced
}

// take waits for a value; ok is false when the context ended.
func (m mailbox[T]) take(ctx context.Context) (value T, ok bool) {
	if ctx.Err() != nil {
		return value, false
	}
	select {
	case value = <-m.slot:
		return value, true
	case <-ctx.Done():
		return value, false
	}
}
