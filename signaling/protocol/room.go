package protocol

// RoomVersion is that of the room protocol. Another one is refused with
// ErrorVersion.
const RoomVersion = 1

// MaxRoomMessage bounds a message of the room protocol, in bytes, either way:
// a session description is the longest.
const MaxRoomMessage = 128 << 10

// Reasons of Refusal and End, and of Failed.
const (
	ErrorVersion   = "protocol-version"
	ErrorToken     = "token"
	ErrorExpired   = "token-expired"
	ErrorMalformed = "malformed"
	ErrorRate      = "rate"
	ErrorForbidden = "forbidden"
	ErrorFull      = "full"
	ErrorLocked    = "locked"
	ErrorDenied    = "denied"
	ErrorUnknown   = "unknown"
	ErrorInternal  = "internal"
	ErrorRemoved   = "removed"
	ErrorReplaced  = "replaced"
	ErrorGone      = "gone" // the seat was not kept that long
	ErrorShutdown  = "shutdown"
	ErrorMedia     = "media"
	ErrorEncrypted = "end-to-end-encryption"
)
