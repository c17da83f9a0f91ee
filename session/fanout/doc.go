// Package fanout sends one encoded video, a Rung, to any number of
// subscribers, each behind a WebRTC peer connection of its own.
//
// A frame is packetised once (RFC 7741) into a pooled buffer that all
// subscribers share. Each subscriber writes it from a goroutine and a bounded
// queue of its own, under a fresh RTP header with its own SSRC, sequence,
// payload type and negotiated header extensions: nothing of one peer's header
// can reach another.
//
// Key frames are asked for by joins, by picture-loss indications and by queues
// that overflowed; a gate gathers them to at most one a second. Each peer has
// a congestion controller; Rung.Target is what the encoder should aim at.
//
// NewPeer is the one place where the WebRTC stack is put together.
package fanout
