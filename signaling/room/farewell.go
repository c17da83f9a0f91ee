package room

import (
	"context"
	"errors"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/token"
)

// final are the codes after which entering again is of no use by itself.
var final = map[string]bool{
	protocol.ErrorVersion: true, protocol.ErrorToken: true, protocol.ErrorExpired: true, protocol.ErrorMalformed: true, protocol.ErrorForbidden: true,
	protocol.ErrorLocked: true, protocol.ErrorDenied: true, protocol.ErrorUnknown: true, protocol.ErrorRemoved: true, protocol.ErrorReplaced: true,
}

// farewell is the last message of a connection; without an Error none is sent.
func farewell(reason error) protocol.End {
	switch {
	case errors.Is(reason, errLeft), errors.Is(reason, errCut):
		return protocol.End{}
	case errors.Is(reason, context.Canceled):
		return protocol.End{Type: "end", Error: protocol.ErrorShutdown, Message: "The node was stopped. Try again in a minute.", Retry: true}
	}
	end := protocol.End{Type: "end"}
	end.Error, end.Message = explain(reason)
	end.Retry = !final[end.Error]
	return end
}

// codes are the identifiers of what is refused.
var codes = []struct {
	cause error
	code  string
}{
	{errVersion, protocol.ErrorVersion},
	{session.ErrForbidden, protocol.ErrorForbidden},
	{session.ErrUnknown, protocol.ErrorUnknown},
	{session.ErrFull, protocol.ErrorFull},
	{session.ErrLocked, protocol.ErrorLocked},
	{session.ErrMalformed, protocol.ErrorMalformed},
	{session.ErrDenied, protocol.ErrorDenied},
	{session.ErrRemoved, protocol.ErrorRemoved},
	{session.ErrReplaced, protocol.ErrorReplaced},
	{session.ErrGone, protocol.ErrorGone},
	{session.ErrShutdown, protocol.ErrorShutdown},
	{errMedia, protocol.ErrorMedia},
	{errGarbage, protocol.ErrorMedia},
	{errEncrypted, protocol.ErrorEncrypted},
}

// errMedia is what the peer connection ended with.
var errMedia = errors.New("media")

// explain turns an error into a stable identifier and words for people.
func explain(err error) (code, message string) {
	if refused, ok := errors.AsType[*token.Error](err); ok {
		if refused.Reason == token.Expired {
			return protocol.ErrorExpired, refused.Error()
		}
		return protocol.ErrorToken, refused.Error()
	}
	code = protocol.ErrorInternal
	for _, c := range codes {
		if errors.Is(err, c.cause) {
			code = c.code
			break
		}
	}
	if r, ok := errors.AsType[*session.Refusal](err); ok {
		return code, r.Message
	}
	if code == protocol.ErrorMedia {
		return code, "The media connection broke. The page connects again by itself."
	}
	return code, "The node could not do this. Its log says why."
}
