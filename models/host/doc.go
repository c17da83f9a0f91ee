// Package host runs chains of filters on live streams.
//
// A Chain belongs to one stream: the voice or the pictures of one participant, or
// the frame sets of one rig. Its Run goroutine passes each frame from filter to
// filter; each filter works in a goroutine of its own, so that one that is slow,
// blocks or panics holds nobody up for longer than the latency that it declares.
//
// # What becomes of frames
//
// A video or rgbd frame that comes while the chain is busy replaces the one that
// waits (counted as overrun). Sound waits in a queue of half a second; above that
// the oldest is dropped and counted. A frame that a filter is late for or fails at
// is skipped, held or passed as the filter's description says, and counted. A
// filter that only observes is given a frame where it is idle and holds none up.
//
// # Changing a chain
//
// Set says what the chain should be. New filters are opened and warmed up, on the
// frames of the last half second, beside those that work; the chain changes at
// the edge of a frame when all are ready. Live parameters change at the next
// frame. Where the look-ahead of a voice's chain changes, its content goes on
// without a gap or a repetition: it comes later by the difference, or the
// difference comes at once.
//
// # Failing
//
// A filter that panics or does not return within Config.Wedged is cut out, closed
// and opened again, at most restarts times; one that cannot be killed is
// abandoned: its goroutine and its frames stay with it and are counted. While it
// is away frames pass, or, where the filter is Private, are withheld.
package host
