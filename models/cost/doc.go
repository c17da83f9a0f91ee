// Package cost measures what filters and their host cost on this machine.
//
// # What a frame costs beyond its filter
//
// A filter that does nothing is given pictures of 720p, thirty a second, as a
// room does: then processors sleep and caches are cold. The time is that from
// Chain.Put to Config.Out. In this process nothing is copied, so the whole of it
// counts (Idle.Chain). Of a filter in a process of its own, one copy of the
// picture, measured in turn with it, is taken off (Idle.Process): a frame has to
// come into the memory that the two share.
//
// # What the host adds to a model
//
// Overhead compares the filter matte as a room runs it, in a chain and in a
// process of its own, with the same filter called in a loop in this process: the
// same network, computed by the same runtime with one thread, with the same work
// before and after it, which whoever uses the network has to do. Their quotient is
// what the host adds. The network alone is measured too, on tensors that are
// there: what a frame takes beyond it is the filter's, and not the host's.
//
// Blocks of the ways that are compared take turns, first one first and then the
// other. The figures are medians of Rounds rounds.
//
// # What filters cost
//
// Each filter works on the stream of package scene for its kind (720p, 20 ms of
// sound, or a rig of two small cameras), opened as a room opens it, one frame
// after the other.
package cost
