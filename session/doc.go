// Package session is the room: who is in it, what they may, where they sit,
// what they look at, and who gets which stream. It knows neither codec nor
// transport; package signaling/room brings people to it, and media to people.
//
// Room.Run's goroutine owns all state; Member is one connection of a
// participant, and asks it. What changed is kept by entity with the revision of
// its last change, so that a member is told, whenever there is time, the newest
// of everything that changed since: nothing queues up for a slow one, a
// participant who comes back is told what they missed, and one who comes late
// the present state.
//
// # Seats
//
// A participant has an id that is never used again. A connection that breaks
// leaves the seat to its participant for Config.Kept, who comes back with a
// secret that only they were told. Somebody else of the same identity takes the
// place over as another participant, and the older is told so. Nobody moves
// when somebody comes or leaves; only a host arranges.
//
// # Hosts
//
// A host is one by token, or made one by another host. Where the last host is
// gone for good, whoever is there longest leads until one comes by token.
//
// The folders below, from frame set to packet:
//
//   - assembly: where seats and work items are
//   - gaze: who looks at what
//   - vantage: eyes to vantage points under a budget
//   - multiview: the loop that renders the views of a rig, and their viewers
//   - view: one view, framed, rendered and encoded
//   - encode: the encoder's contract, and one folder a codec library
//   - voice: microphones, levels and murmurs; opus, below it, is the codec
//   - fanout: a view, as one rung or two, to many peers, each by what its link holds
package session
