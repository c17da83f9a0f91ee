package room

import (
	"context"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// Visit is how software that is no page of ours comes into a room: to publish
// what it sends, or to watch.
type Visit struct {
	Room  string
	Token string // see Config.Admit
	Name  string
	// Watch, if not nil, is told of what may be watched, whole, whenever it
	// changes, from the goroutine of Visitor.Run; it must not block. The visitor is
	// then a listener without a name of their own: many may come by one token. A
	// view of a cube is not among it, since it takes a page of ours to show one.
	Watch func([]Medium)
}

// Visit lets a visitor in, or into the lobby. Its errors are a *session.Refusal
// or a *token.Error.
func (e *Endpoint) Visit(ctx context.Context, v Visit) (_ *Visitor, err error) {
	running, ok := e.begin(ctx)
	if !ok {
		err = &session.Refusal{Cause: session.ErrFull, Message: "This node is full, or stops. Try again later."}
	}
	defer func() {
		if err == nil {
			return
		}
		code, _ := explain(err)
		e.counts.refused(code)
		if ok {
			e.done()
		}
	}()
	if !ok {
		return nil, err
	}
	if !session.ValidName(v.Room) {
		return nil, &session.Refusal{Cause: session.ErrUnknown, Message: "A room's name has 1 to 64 letters, digits, - and _."}
	}
	entry, err := e.config.Admit(ctx, protocol.Enter{Room: v.Room, Token: v.Token, Name: v.Name})
	if err != nil {
		return nil, err
	}
	if entry, err = v.narrow(entry); err != nil {
		return nil, err
	}
	h := e.hall(ctx, v.Room)
	if h == nil {
		return nil, errNoRoom
	}
	m, err := h.room.Enter(ctx, entry)
	if err != nil {
		return nil, err
	}
	return &Visitor{
		endpoint: e, hall: h, member: m, watch: v.Watch, log: e.config.Log.With("room", v.Room), running: running,
		offers: make(chan offered), over: make(chan struct{}),
		people: make(map[string]session.Person), relays: make(map[session.Source]*fanout.Relay),
	}, nil
}

// narrow leaves of an entry what a visitor can make use of.
func (v Visit) narrow(e session.Entry) (session.Entry, error) {
	e.Program = true
	if v.Watch != nil {
		if !e.Grants.Receive {
			return e, &session.Refusal{Cause: session.ErrForbidden, Message: "The token does not allow to watch. Ask for one with canSubscribe."}
		}
		g := e.Grants
		e.Identity, e.Role = "", session.Listener
		e.Grants = session.Grants{Receive: true, Direct: g.Direct, Wait: g.Wait}
		return e, nil
	}
	if e.Role == session.Listener || !e.Grants.Microphone && !e.Grants.Camera {
		return e, &session.Refusal{Cause: session.ErrForbidden, Message: "The token does not allow to publish. Ask for one with canPublish and the role of a speaker."}
	}
	e.Role = session.Speaker
	e.Grants.Receive = false
	return e, nil
}
