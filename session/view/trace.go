package view

import (
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Stage is one step of a view's way through the node. Stages follow one
// another without gap or overlap, from the newest capture instant of the frame
// set to the instant at which the packets were handed to the transport.
type Stage int

// Stages.
const (
	Source Stage = iota // captured to emitted by the source
	Sync                // emitted to the frame set's closing
	Wait                // in mailboxes, framing and whatever no other stage counts
	Upload              // render.Stages, these five
	Clean
	Warp
	Blend
	Readback
	Encode // with packetising
	Stages // how many there are
)

// String is the stage's name in metrics and messages.
func (s Stage) String() string {
	return [Stages]string{"source", "sync", "wait", "upload", "clean", "warp", "blend", "readback", "encode"}[s]
}

// Trace is the way of one view through the node.
type Trace struct {
	Sequence uint16       // as in the strip, and
	Window   uint16       // this: together they name the view
	Captured capture.Time // newest instant of the frame set
	Sent     capture.Time // handed to the transport
	Rung     int          // that was sent first, as are Sent, Key and the stages
	Key      bool
	Bytes    int // of all rungs
	Stages   [Stages]time.Duration
}

func trace(r rendered, begun, sent capture.Time) Trace {
	t := Trace{Sequence: r.view.Sequence, Window: r.view.Window.ID, Captured: r.captured, Sent: sent}
	s := r.view.Stages
	drawn := s.Upload + s.Clean + s.Warp + s.Blend + s.Readback
	t.Stages = [Stages]time.Duration{
		Source: r.emitted.Sub(r.captured), Sync: r.closed.Sub(r.emitted),
		Wait:   begun.Sub(r.closed) - drawn,
		Upload: s.Upload, Clean: s.Clean, Warp: s.Warp, Blend: s.Blend, Readback: s.Readback,
		Encode: sent.Sub(begun),
	}
	return t
}
