package roomclient

import (
	"context"
	"encoding/json"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// FailedError is the node's refusal of a request.
type FailedError struct{ protocol.Failed }

func (e *FailedError) Error() string { return e.Failed.Error + ": " + e.Message }

type answer struct {
	done   protocol.Done
	failed *protocol.Failed
}

// Ask sends the request that make returns for its number, and waits for the
// answer: an error is a *FailedError, where the node refused.
func (c *Client) Ask(ctx context.Context, request func(req int) any) (protocol.Done, error) {
	waits := make(chan answer, 1)
	c.mu.Lock()
	c.req++
	req := c.req
	c.answers[req] = waits
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.answers, req)
	}()
	if err := c.send(ctx, request(req)); err != nil {
		return protocol.Done{}, err
	}
	select {
	case a := <-waits:
		if a.failed != nil {
			return protocol.Done{}, &FailedError{*a.failed}
		}
		return a.done, nil
	case <-c.ended:
		return protocol.Done{}, ErrEnded
	case <-ctx.Done():
		return protocol.Done{}, ctx.Err()
	}
}

// Send sends a message that is not answered.
func (c *Client) Send(ctx context.Context, message any) error { return c.send(ctx, message) }

// Look tells where the eye is and looks; lost ones are not repeated.
func (c *Client) Look(l protocol.Look) error { return c.media.Load().look(l) }

// Publish tells the room that a source is on or off.
func (c *Client) Publish(ctx context.Context, source session.Source, on bool) error {
	_, err := c.Ask(ctx, func(req int) any {
		return protocol.Publish{Type: "publish", Req: req, Source: string(source), On: on}
	})
	return err
}

// answered hands an answer to whoever waits for it, under the lock.
func (c *Client) answered(kind string, data []byte) error {
	var a answer
	var re int
	if kind == "done" {
		if err := json.Unmarshal(data, &a.done); err != nil {
			return err
		}
		re = a.done.Re
	} else {
		a.failed = new(protocol.Failed)
		if err := json.Unmarshal(data, a.failed); err != nil {
			return err
		}
		re = a.failed.Re
	}
	if waits := c.answers[re]; waits != nil {
		delete(c.answers, re)
		waits <- a
	}
	return nil
}
