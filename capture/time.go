package capture

import "time"

// Time is an instant on the node's monotonic clock, in nanoseconds since the
// clock was made. It is never wall-clock time.
type Time int64

// Sub returns the duration t - u.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Add returns t + d.
func (t Time) Add(d time.Duration) Time { return t + Time(d) }

// Milliseconds returns the instant in whole milliseconds.
func (t Time) Milliseconds() int64 { return int64(t) / int64(time.Millisecond) }

// Clock is the node's monotonic clock. Make one a node with NewClock and pass
// it on; the zero value is not usable.
type Clock struct{ start time.Time }

// NewClock starts a clock at 1 s, so that no instant is the zero Time.
func NewClock() *Clock { return &Clock{start: time.Now().Add(-time.Second)} }

// Now returns the present instant.
func (c *Clock) Now() Time { return Time(time.Since(c.start)) }

// UTC returns the wall-clock time of an instant, for publishing only.
func (c *Clock) UTC(t Time) time.Time { return c.start.Add(time.Duration(t)).UTC() }
