// Package batch runs chains of filters over recordings, as fast as the machine
// goes: every frame passes every filter, in order, and nothing is dropped. Live
// plays them at their pace through package host instead, as a room does.
//
// # Time
//
// Content keeps its instant: what looks ahead is given as much more at the end as
// it looks ahead (silence, or the last picture again), and what comes is placed
// by its stamp. So sound and pictures stay together, and the result is as long as
// what came.
//
// # Failing
//
// A frame that a filter fails at, or returns something invalid for, becomes what
// the filter's description says under Failing; errors are counted, and the first
// of each filter is kept. A filter that panics ends the run, as does one that
// fails at every frame. Nothing is late in Run; Report counts the frames that
// would have been.
package batch
