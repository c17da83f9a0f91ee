package room

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/coder/websocket"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// take does what a message says.
func (c *connection) take(ctx context.Context, m any) error {
	c.received = time.Now()
	if err, bad := m.(error); bad {
		reason := ignoredInvalid
		if errors.Is(err, protocol.ErrUnknownType) {
			reason = ignoredType
		}
		return c.ignore(reason)
	}
	if !c.limit.Allow() {
		return c.hurry(ctx, m)
	}
	switch q := m.(type) {
	case protocol.Ping:
		now := float64(c.endpoint.config.Clock.Now()) / 1e6
		return c.send(ctx, protocol.Pong{Type: "pong", T0: q.T0, T1: now, T2: float64(c.endpoint.config.Clock.Now()) / 1e6})
	case protocol.Leave:
		return errLeft
	case protocol.Point:
		_ = c.member.Point(ctx, q.Item, q.X, q.Y) // is not answered
		return nil
	case protocol.Answer, protocol.Candidate, protocol.Restart:
		return c.negotiate(ctx, m)
	}
	req, id, known, err := c.ask(ctx, m)
	if !known {
		return c.ignore(ignoredType)
	}
	if err != nil {
		code, text := explain(err)
		return c.send(ctx, protocol.Failed{Type: "failed", Re: req, Error: code, Message: text})
	}
	return c.send(ctx, protocol.Done{Type: "done", Re: req, ID: id})
}

// hurry ignores a message that came too fast. Who waits for an answer gets one.
func (c *connection) hurry(ctx context.Context, m any) error {
	if err := c.ignore(ignoredRate); err != nil {
		return err
	}
	number := reflect.ValueOf(m).FieldByName("Req")
	if !number.IsValid() {
		return nil
	}
	return c.send(ctx, protocol.Failed{
		Type: "failed", Re: int(number.Int()), Error: protocol.ErrorRate,
		Message: fmt.Sprintf("%d messages a second are possible. Try again in a moment.", messagesEvery),
	})
}

func (c *connection) ignore(reason string) error {
	c.endpoint.counts.ignored(reason)
	if c.ignored++; c.ignored > maxIgnored {
		return &session.Refusal{Cause: session.ErrMalformed, Message: "Too many messages made no sense or came too fast. Reload the page."}
	}
	return nil
}

// send writes a message. A page that does not take it is cut off.
func (c *connection) send(ctx context.Context, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("send %T: %w", message, err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.endpoint.config.Timeouts.Write)
	defer cancel()
	if err := c.socket.Write(ctx, websocket.MessageText, text); err != nil {
		return fmt.Errorf("%w: %w", errCut, err)
	}
	return nil
}
