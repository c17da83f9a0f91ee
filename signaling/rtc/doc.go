// Package rtc is one participant's peer connection in a room: the node offers,
// over whatever carries the offer, and the participant answers.
//
// # Sections
//
// The first three sections of an offer are inlets, which the participant may
// send into: "mic" (Opus), "cam" and "scr" (VP8). Then come the outlets, "a0"
// and so on for sound and "v0" and so on for video, each of a media stream of its
// own, and an application section with the data channel "eye": negotiated with id
// 0, unordered, without retransmission, towards the node. A participant answers
// the inlets sendonly (without a track if there is none yet; it can be replaced
// at any time) and the outlets recvonly.
//
// What an outlet sends changes without a new offer: Want says which streams the
// participant should get and returns the sections where they come. An offer is
// needed only where there are more streams than outlets, which then grow by four.
//
// # ICE
//
// The node is an ICE-lite agent though it offers; the participant's agent is
// the controlling one (RFC 8445 section 6.1.1). A participant whose network
// changed asks for an offer with restart; what it gets goes on with the same
// sections, keys and numbers. A peer without a connection is kept for
// Config.Patience.
package rtc
