// Package session is the room: today the media path of one cube, in the
// folders below, from frame set to packet.
//
//   - vantage: eyes to vantage points under a budget
//   - multiview: the loop that renders the views of a rig, and their viewers
//   - view: one view, framed, rendered and encoded
//   - encode: the encoder's contract, and one folder a codec library
//   - fanout: a view, as one rung or two, to many peers, each by what its link holds
package session
