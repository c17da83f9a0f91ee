// Package room is how people reach a room: one WebSocket with the messages of
// package protocol, and beside it one peer connection (package rtc) that the
// node offers. Who is in the room and what they may is package session's.
//
// Endpoint serves GET /api/room, the WebSocket, and the pictures of a room
// below /api/room/{room}/pictures. Its Run owns all rooms and connections.
//
// # A connection
//
// The first message is Enter, within ten seconds. Whoever the token lets in is
// welcomed, or waits in the lobby; then the state comes, and offers. All of a
// connection happens in one goroutine: requests, news of the room, and what the
// peer connection reports. A page that does not read is cut off after ten
// seconds; it may come back to its seat, as after any loss, with the secret of
// Welcome. The peer connection lives as long as the WebSocket: a page whose
// network changed restarts ICE over the same WebSocket, or resumes over another.
//
// Software that is no page comes as a Visitor, without a WebSocket: package whip.
//
// # Media
//
// What a participant publishes becomes a relay in the room's exchange, under
// participant and source. Every connection asks the room which streams it is to
// get, and connects those that the exchange has: so the node decides who gets a
// packet, and a side discussion is one. A view of a cube comes from the cube's
// own views; the eye that the page sends is mapped into every cube that it sees.
//
// # Filters
//
// What a participant sends, from a page or by WHIP, is their sending. Where the room
// says that filters work on a source, its treater has a treatment work on it (package
// treatment) and exposes the relay of that in place of what is published. One becomes
// as late as the other before they change places, so that no picture is lost and no
// word said twice; voice and webcam wait for each other.
package room
