// Package frameset groups the frames of a rig's cameras into frame sets.
//
// # What belongs together
//
// Each set has an anchor on the node's clock; a frame belongs to it when its
// capture instant lies within half a frame period of the anchor. The anchor of
// the first set is its first frame; later anchors follow the middle of the set
// before by whole periods, so that cameras that run free of one another still
// give one frame each to every set.
//
// # When a set closes
//
// A set closes when every live camera has delivered into it (or has already
// delivered something newer), and otherwise at its deadline with what it has.
// Sets close in the order of their instants. A frame that comes for a closed
// set is dropped and counted as late. A camera that is missing from many sets
// in a row is declared silent: it is not waited for until it delivers again.
//
// # Queues
//
// Arriving frames wait in a queue of a few frames a camera; when it is full
// the oldest is dropped and counted as overrun. Closed sets go to a mailbox of
// one: a newer set replaces an untaken one, which is counted as overrun for
// each of its frames.
//
// # Clocks
//
// ClockMap estimates offset and drift of a camera's own clock against the
// node's from pairs of stamp and arrival (minimum latency filter). Sources that
// stamp on the node's clock, as all recordings do, need none.
package frameset
