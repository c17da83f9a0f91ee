package capture

import (
	"context"
	"time"
)

// Source captures one rig. Opening it (each source package has its own Open)
// reads the calibration; Run plays it.
type Source interface {
	// Rig describes the cameras; it does not change.
	Rig() Rig
	// Run hands frames to the sink until the context ends (it then returns
	// nil), the recording is over (nil) or nothing more can be captured (an
	// error that names file or camera). It starts all the source's goroutines
	// and returns after them. It may be called once.
	Run(ctx context.Context, sink Sink) error
	// Close frees what Open took, after Run has returned. Frames that others
	// still hold stay valid.
	Close() error
}

// Recording is a Source that can be read out of time, in place of Run.
type Recording interface {
	Source
	// Next returns the frames of the next instant and its time since the
	// beginning, from which Captured counts too. However long the caller takes,
	// none is passed over; a camera that lost its frame has none, and an instant
	// that all lost is left out. The caller owns the frames alone, and may stamp
	// them anew. After the last instant it returns io.EOF: nothing loops.
	Next(ctx context.Context) (time.Duration, []*Frame, error)
}

// Sink takes what a source captures. Its methods do not block; they may be
// called from several goroutines at once.
type Sink interface {
	// Frame takes over the caller's reference.
	Frame(*Frame)
	// Sound takes the next stretch of audio of a rig with a microphone. Each
	// is SoundLength long and begins where the one before ended; all come from
	// one goroutine at a time.
	Sound(Sound)
	// Dropped reports a frame that a camera lost before it became one.
	Dropped(camera int, reason DropReason)
}

// DropReason says why a frame was not used.
type DropReason string

// Reasons. Every queue and every source uses one of these.
const (
	DropCorrupt  DropReason = "corrupt"  // does not decode
	DropTorn     DropReason = "torn"     // incomplete
	DropSize     DropReason = "size"     // not of the calibrated size
	DropBlack    DropReason = "black"    // no light or no depth at all
	DropLate     DropReason = "late"     // after its set's deadline
	DropMissing  DropReason = "missing"  // did not come at all
	DropOverrun  DropReason = "overrun"  // a newer one replaced it
	DropUnpaired DropReason = "unpaired" // colour without depth, or the reverse
)
