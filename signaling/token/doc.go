// Package token makes and verifies access tokens: who may enter which room, as
// what.
//
// A token is a JSON Web Token (RFC 7519) with LiveKit's claim names and grants
// (livekit/protocol, auth/grants.go), so that what makes tokens for LiveKit
// makes them for a node too. The claim "iss" names the API key that signed it,
// "sub" is the identity, "video" has the grants. What LiveKit has no word for
// is in the claim "virtualcube":
//
//	{"iss": "VC2J…", "sub": "ada", "name": "Ada", "nbf": …, "exp": …, "jti": …,
//	 "video": {"roomJoin": true, "room": "tea", "canPublish": true},
//	 "virtualcube": {"role": "host", "lobby": "bypass", "cube": "ada-rig"}}
//
// Claims and fields that are not known here are ignored. A token needs an
// "exp", and a room where it allows to join or to administer one.
//
// # Who may sign
//
// HS256 is accepted with the node's named API keys alone, and RS256, ES256 and
// EdDSA with the keys of a JSON Web Key Set (RFC 7517) alone, so that no public
// key can be taken for a secret. Nothing else is accepted, "none" least of all.
// The key set is a file or an https URL; only Verifier.Run reads it.
//
// # Invitations
//
// An invitation is a token with roomJoin and without an identity: each guest
// gets one of the node's making. It is handed out as a link,
//
//	https://node/#room=NAME&token=TOKEN
//
// with the token in the fragment and not in the query, since a fragment stays in
// the browser: it is in no server's or proxy's log, and no Referer header has
// it. The page accepts ?room=NAME&token=TOKEN too, as other conferencing
// software writes it, and then removes the token from the address.
//
// # Secrets
//
// No error, String or log line of this package holds a token or a secret.
package token
