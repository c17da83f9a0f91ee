// Package protocol holds the messages that a node and a page exchange, as JSON
// text over two data channels of the viewer's peer connection, and the answer
// of GET /api/node.
//
// The page opens the channels: "scene", ordered and reliable, both ways, and
// "eye", unordered and without retransmission, page to node. A message is at
// most MaxMessage bytes; fields that the reader does not know are ignored, and
// so are, but for a count, messages of an unknown type. A client that opens no
// channel gets the video alone.
//
// The structs here are the source of the page's types: go generate writes
// them to client/src/protocol/protocol.gen.ts.
package protocol

//go:generate go run ./generate ../../client/src/protocol room.gen.json
