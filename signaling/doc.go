// Package signaling is the node's HTTP server: the embedded page, GET
// /api/node, the WHEP endpoint of package whip, the rooms of package room,
// /healthz, /readyz and /metrics.
//
// # Who may ask
//
// On loopback no key is needed, and the Host and Origin headers are checked so
// that a foreign page in the same browser can neither read nor watch (DNS
// rebinding). Anywhere else New refuses to listen without TLS, and without keys
// or a verifier of access tokens. Keys are bearer tokens for /api/node, /metrics
// and WHEP, access tokens (package token) for all but /metrics and for rooms; who
// enters a room sends theirs in the first message. The page itself,
// /healthz and /readyz are open.
package signaling
