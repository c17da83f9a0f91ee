package room

import (
	"context"
	"errors"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// Reasons for which a source is not taken that the room knows nothing of.
var (
	errEncrypted = errors.New("end-to-end encryption")
	errGarbage   = errors.New("garbage")
)

// ask does what the participant asks for, as request, if the media allows it.
func (c *connection) ask(ctx context.Context, message any) (req int, id string, known bool, err error) {
	if p, ok := message.(protocol.Publish); ok && p.On {
		switch {
		case p.Encrypted:
			return p.Req, "", true, &session.Refusal{Cause: errEncrypted, Message: "The node has to see pictures and hear voices to place them in the room: end-to-end encryption is not possible here. Switch it off."}
		case c.barred[session.Source(p.Source)]:
			return p.Req, "", true, &session.Refusal{Cause: errGarbage, Message: "What your " + p.Source + " sent could not be forwarded. Reload the page to try it again."}
		}
	}
	return request(ctx, c.member, c.hall, message)
}

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
	case protocol.FilterChain:
		return q.Req, "", true, m.Filter(ctx, q.Person, session.Source(q.Source), q.Links)
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
	return rule(ctx, m, h, message)
}

// rule does what only hosts may.
func rule(ctx context.Context, m *session.Member, h *hall, message any) (req int, id string, known bool, err error) {
	switch q := message.(type) {
	case protocol.Block:
		return q.Req, "", true, m.Block(ctx, q.Person, session.Source(q.Source), q.Blocked)
	case protocol.Admit:
		return q.Req, "", true, m.Admit(ctx, q.Guest, q.In)
	case protocol.Invite:
		if err := m.Hosts(ctx); err != nil {
			return q.Req, "", true, err
		}
		id, err := h.invite()
		return q.Req, id, true, err
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
