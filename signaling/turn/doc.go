// Package turn is the node's embedded TURN server (RFC 8656), for participants
// whose network lets no UDP through to the media port, or nothing but TCP to a
// port of their administrator's choice.
//
// It relays to the node's own media addresses and to nothing else: a permission
// for another IP address is refused with 403, a channel to it with 401, and as
// permissions say nothing of ports, what is sent to another port of a media
// address, or comes from one, is dropped at the relay and counted. Relays
// over TCP (RFC 6062) and reserved ports are refused. So a stolen credential
// opens no network to anybody.
//
// Credentials are a user name "EXPIRY:PARTICIPANT" and a password, the
// HMAC-SHA256 of it with a secret that is made at each start, in the manner of
// the TURN REST API (draft-uberti-behave-turn-rest). They are valid for
// participants that Credentials was called for, until Release. An allocation is
// opened before they expire; it may be kept up afterwards, so that long
// meetings go on, until Release.
//
// # When it is full
//
// A participant over its number of allocations is answered 486 (quota reached),
// and so is everybody when the node's are used up. Connections beyond their
// number are closed at once. A client over TCP that does not read loses what its
// 64 KiB send buffer and the relay's 128 KiB cannot hold, newest first, and its
// connection after 5 seconds; one that says nothing for a minute is closed, as is
// one that has no allocation after 20 seconds.
package turn
