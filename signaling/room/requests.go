package room

import (
	"context"
	"errors"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// request does what a participant asks for and returns the number that it is
// answered under, and the id of what was made. known is false for what is no
// request.
func request(ctx context.Context, m *session.Member, h *hall, message any) (req int, id string, known bool, err error) {
	switch q := message.(type) {
	case protocol.Say:
		id, err = m.Say(ctx, q.Text, q.Aside)
		return q.Req, id, true, err
	case protocol.Raise:
		return q.Req, "", true, m.Raise(ctx, q.Person, q.Up)
	case protocol.Publish:
		return q.Req, "", true, m.Publish(ctx, session.Source(q.Source), q.On)
	case protocol.Whisper:
		id, err = m.Whisper(ctx, q.Person)
		return q.Req, id, true, err
	case protocol.ShareLooks:
		return q.Req, "", true, m.ShareLooks(ctx, q.Share)
	case protocol.Sit:
		return q.Req, "", true, m.Sit(ctx, q.Person, q.Seat)
	case protocol.Place:
		if q.Kind == session.Picture && !h.holds(q.Picture) {
			return q.Req, "", true, errNoPicture
		}
		id, err = m.Place(ctx, session.Placing{Kind: q.Kind, Title: q.Title, Picture: q.Picture, Aspect: q.Aspect})
		return q.Req, id, true, err
	case protocol.Move:
		return q.Req, "", true, m.Move(ctx, q.Item, q.Pose, q.Width)
	case protocol.Clear:
		return q.Req, "", true, m.Clear(ctx, q.Item)
	}
	return rule(ctx, m, message)
}

// rule does what only hosts may.
func rule(ctx context.Context, m *session.Member, message any) (req int, id string, known bool, err error) {
	switch q := message.(type) {
	case protocol.Block:
		return q.Req, "", true, m.Block(ctx, q.Person, session.Source(q.Source), q.Blocked)
	case protocol.Admit:
		return q.Req, "", true, m.Admit(ctx, q.Guest, q.In)
	case protocol.Remove:
		return q.Req, "", true, m.Remove(ctx, q.Person, q.Lobby)
	case protocol.Appoint:
		return q.Req, "", true, m.Appoint(ctx, q.Person, q.Role)
	case protocol.Rule:
		return q.Req, "", true, m.Rule(ctx, session.Rules{Locked: q.Locked, Lobby: q.Lobby, Murmur: q.Murmur})
	case protocol.Arrange:
		return q.Req, "", true, m.Arrange(ctx, q.Layout, q.Seats)
	}
	return 0, "", false, nil
}

// codes are the identifiers of what a room refuses.
var codes = []struct {
	cause error
	code  string
}{
	{ErrExpired, protocol.ErrorExpired},
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
}

// explain turns an error into a stable identifier and words for people.
func explain(err error) (code, message string) {
	code = protocol.ErrorInternal
	for _, c := range codes {
		if errors.Is(err, c.cause) {
			code = c.code
			break
		}
	}
	if r, ok := session.IsRefusal(err); ok {
		return code, r.Message
	}
	return code, "The node could not do this. Its log says why."
}
