// Package fanout sends media to any number of peers, each behind a WebRTC peer
// connection of its own: a view, encoded as the rungs of a Ladder, and published
// tracks, forwarded by a Relay without being decoded.
//
// An Outlet is one media section towards one peer. Its source, a Subscriber of a
// ladder, a Relay or nothing, changes at any time, and what the peer sees goes on
// in sequence numbers, timestamps and picture ids: who comes and goes costs no
// negotiation. The outlets of a peer share a Link. A viewer of one view needs
// none of that: its Subscriber is a track by itself.
//
// # Ladders
//
// A frame is copied once, into a pooled buffer that all subscribers share. Each
// subscriber writes it (RFC 7741) from a goroutine and a bounded queue of its
// own, under a fresh RTP header and payload descriptor with its own SSRC,
// payload type, negotiated header extensions and numbers: nothing of one peer's
// header can reach another, and what a peer is not sent leaves no gap.
//
// Key frames are asked for by joins, by picture-loss indications, by queues
// that overflowed and by changes of the rung; a gate gathers them to at most
// one a second and rung.
//
// # Steps
//
// Two rungs, the full size and half of it, each with two temporal layers where
// somebody needs them (Layered), make four steps: full size, its base layer (half the pictures, 0.6 of the bits),
// half size, its base layer. Every subscriber follows its own link:
//
//   - Its estimate is its congestion controller's, bounded by what arrives. A
//     peer that does not report what arrives stays where it is, unless the
//     transport does not take what is sent, and governs no bitrate but its own.
//   - Down: at once where the estimate is below three quarters of the step's
//     floor, or the transport did not take what was sent; after 1.5 s where it is
//     below three quarters of what the rung's other links hold. It goes to the
//     highest step that it holds; from a trial to the one that this began on.
//     Where less is sent, as of a still picture, three quarters of that suffice.
//   - Up: by trial, one step at a time, since a controller that does not probe
//     finds no more than is sent. A trial is lost when the estimate falls, and
//     won when it does not within 10 s: what was sent went through. After a step
//     down the next trial waits 5 s; whenever a step is left within 30 s after it
//     was climbed, the wait before it is tried again doubles, up to a minute.
//
// A layer changes with the next frame; a rung with its next key frame, and until
// then the old one goes on, downwards with its base layer alone.
//
// # The bitrate of a rung
//
// Bitrate.govern is the rule. A rung follows those links that can hold it: the
// subscribers of both layers who are not on trial. Its target is the least of
// their estimates, less 5 % for headers and never below the rung's floor, but no
// estimate below three quarters of their (upper) median counts. So one bad link
// costs the others a quarter at most; a worse one goes down a step and costs
// them nothing. Only where nobody holds both layers do those on trial count,
// then those of the base alone, by what the whole rung may take for the base to
// fit. The last rung follows in addition every link of its base layer, down to
// its floor, since there is nowhere else to go.
//
// # Relays
//
// A packet of a publisher is copied once and forwarded in the order in which it
// came, under a fresh header. What was lost on its way to the node leaves a gap,
// which the packet fills when it comes again; what is not sent on purpose does
// not. A video begins with a key frame, which the publisher is asked for once a
// second at most, and follows its temporal layers where a link does not hold
// them all: see Link. It yields where not all that is sent arrives, whatever the
// congestion controller makes of a busy peer's reports, and comes back by trial.
// Sound can wait for a view: see Relay.SetDelay. A relay that takes another's place,
// as where filters come or go, does so at its key frame: see Outlet.Replace.
//
// What is no packet of the track, no VP8 or Opus, or more than the source's
// Limits is dropped and counted by its reason; after too much of it the relay
// ends with a GarbageError.
//
// NewPeer and NewRoomPeer are the one place where the WebRTC stack is put
// together.
package fanout
