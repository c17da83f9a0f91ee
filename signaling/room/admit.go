package room

import (
	"context"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/token"
)

// Unkeyed lets everybody in as a speaker who names themselves: for development
// on loopback.
func Unkeyed(_ context.Context, e protocol.Enter) (session.Entry, error) {
	return session.Entry{Name: e.Name, Role: session.Speaker, Grants: session.AllGrants()}, nil
}

// Keyed lets in whom a token allows to join the room.
func Keyed(v *token.Verifier) func(context.Context, protocol.Enter) (session.Entry, error) {
	return func(_ context.Context, e protocol.Enter) (session.Entry, error) {
		t, err := v.Join(e.Token, e.Room)
		if err != nil {
			return session.Entry{}, err
		}
		name := t.Name
		if name == "" || t.Grants.UpdateOwnMetadata() && e.Name != "" {
			name = e.Name
		}
		return session.Entry{
			Identity: t.Identity, Name: name, Role: session.Role(t.Role),
			Grants: session.Grants{
				Microphone: t.Grants.PublishSource(token.Microphone), Camera: t.Grants.PublishSource(token.Camera),
				Screen:  t.Grants.PublishSource(token.ScreenShare),
				Receive: t.Grants.Subscribe(), Write: t.Grants.PublishData(), Cube: t.Cube,
				Direct: t.Lobby == token.Bypass, Wait: t.Lobby == token.Wait,
			},
		}, nil
	}
}
