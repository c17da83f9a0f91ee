// Package session is the room: today the media path of one view, in the
// folders below, from frame set to packet.
//
//   - view: the loop that renders, encodes and hands on
//   - encode: the encoder's contract, and one folder a codec library
//   - fanout: one encoded video to many peers
package session
