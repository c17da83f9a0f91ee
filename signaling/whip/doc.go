// Package whip is how media reaches viewers: WHEP over net/http
// (draft-ietf-wish-whep, which shares its mechanics with WHIP, RFC 9725), and
// one peer connection a viewer with the data channels of package protocol.
//
// Endpoint is the http.Handler; its Run owns all viewers. A viewer ends by DELETE, by ICE
// failure, after 30 s without a connection or with Endpoint.Run.
//
// Package whepclient is the other end, in Go.
package whip
