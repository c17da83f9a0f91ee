// Package roomclient is the other end of a room, in Go: a participant without a
// page, for tests, benchmarks and programs. It enters over the WebSocket,
// answers the node's offers, keeps the room's state as it is told, publishes
// what it is given and counts what it gets.
package roomclient
