// Package session is the room: today the media path of one view, in the
// folders below, from frame set to packet.
//
//   - view: the loop that renders, encodes and hands on
//   - encode: the encoder's contract, and one folder a codec library
//   - fanout: a view, as one rung or two, to many peers, each by what its link holds
package session
