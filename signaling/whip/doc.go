// Package whip is how media reaches software that speaks HTTP: WHEP to watch
// (draft-ietf-wish-whep) and WHIP to publish (RFC 9725), which share their
// mechanics.
//
// # Cubes
//
// Endpoint serves the views of a cube, one peer connection a viewer with the
// data channels of package protocol. A viewer ends by DELETE, by ICE failure,
// after 30 s without a connection or with Endpoint.Run. Package whepclient is
// the other end, in Go.
//
// # Rooms
//
// RoomEndpoint lets software that is no page of ours into a room, by the access
// token in Authorization, which PATCH and DELETE need as well. Who publishes at
// /room/{room}/whip (?name= is shown) is a participant on a seat: of Opus and
// VP8, the first sound is their microphone and the first video their camera. They
// leave with the session; nothing is kept.
//
// Who watches at /room/{room}/whep is a listener without a seat, who gets one
// sound and one video: of whoever speaks, or with ?person= of one participant
// alone. Sources change without another offer. A view of a cube, which is packed
// (package pack), takes a page of ours: a person with a rig is heard and, where
// nobody has a webcam or shares a screen, not seen.
package whip
