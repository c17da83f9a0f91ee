package roomclient

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/virtualcube/virtualcube/signaling/protocol"
)

func (c *Client) read(ctx context.Context) error {
	for {
		_, data, err := c.socket.Read(ctx)
		if err != nil {
			return fmt.Errorf("read from the room: %w", err)
		}
		if err := c.take(ctx, data); err != nil {
			return err
		}
	}
}

// take does what a message of the node says.
func (c *Client) take(ctx context.Context, data []byte) error {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("read from the room: %w", err)
	}
	if head.Type == "offer" {
		var o protocol.Offer
		if err := json.Unmarshal(data, &o); err != nil {
			return err
		}
		m, err := c.current(o.SDP)
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		answer, err := m.answer(ctx, o.SDP)
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		return c.send(ctx, protocol.Answer{Type: "answer", ID: o.ID, SDP: answer})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages[head.Type]++
	err := c.note(head.Type, data)
	close(c.changed)
	c.changed = make(chan struct{})
	return err
}

// current is the peer connection that an offer is for: a new one where the node
// has made its end anew, as after a time in the lobby.
func (c *Client) current(offer string) (*media, error) {
	session := ""
	if _, line, ok := strings.Cut(offer, "\no="); ok {
		session, _, _ = strings.Cut(line, "\n")
		session = strings.Join(strings.Fields(session)[:min(2, len(strings.Fields(session)))], " ")
	}
	m := c.media.Load()
	if m.session == "" || m.session == session {
		m.session = session
		return m, nil
	}
	if err := m.close(); err != nil {
		return nil, err
	}
	fresh, err := newMedia(c.config)
	if err != nil {
		return nil, err
	}
	fresh.session = session
	// What the sections carry was told before, and what came still counts.
	m.mu.Lock()
	fresh.mids, fresh.counts = m.mids, m.counts
	m.mu.Unlock()
	c.media.Store(fresh)
	return fresh, nil
}

// note takes over what a message says, under the lock.
func (c *Client) note(kind string, data []byte) error {
	switch kind {
	case "welcome":
		first := c.welcome.You == ""
		if err := json.Unmarshal(data, &c.welcome); err != nil {
			return err
		}
		c.waiting = false
		if first {
			close(c.inside)
		}
	case "waiting":
		c.waiting = true
	case "state":
		var m protocol.State
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		c.state.apply(m.Update)
	case "streams":
		var m protocol.Streams
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		c.media.Load().carry(m.Streams)
	case "window":
		c.windows++
	case "figures":
		var m protocol.Figures // whoever asked has the maps of the one before
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		c.figures = m
	case "done", "failed":
		return c.answered(kind, data)
	case "end":
		var m protocol.End
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		return &EndError{m}
	}
	return nil
}
