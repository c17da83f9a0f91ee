package fanout

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"
)

// Payloads of frames, told apart by their first byte: RFC 6386 section 9.1
// makes an even one a key frame.
const (
	keyA, interA, keyB, interB = 0x10, 0x11, 0x20, 0x21
)

// crossing is a subscriber between two rungs, in a bubble of faked time.
type crossing struct {
	t       *testing.T
	a, b    *Rung
	peer    *peer
	s       *Subscriber
	stop    context.CancelFunc
	runs    sync.WaitGroup
	arrived int
}

func newCrossing(t *testing.T, b Config) *crossing {
	t.Helper()
	c := &crossing{t: t, peer: &peer{feedback: make(chan []rtcp.Packet)}}
	var err error
	if c.a, err = NewRung(Config{}); err != nil {
		t.Fatal(err)
	}
	if c.b, err = NewRung(b); err != nil {
		t.Fatal(err)
	}
	c.s = c.a.Subscribe("view", fixed(2_000_000))
	if _, err := c.s.Bind(c.peer); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.stop = cancel
	c.runs.Go(func() {
		if err := c.s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	return c
}

func (c *crossing) end() {
	c.t.Helper()
	c.stop()
	c.runs.Wait()
	if a, b := c.a.Subscribers(), c.b.Subscribers(); a != 0 || b != 0 {
		c.t.Errorf("after the end %d and %d are subscribed", a, b)
	}
}

// send sends one frame of a rung; its first byte says which.
func (c *crossing) send(tag byte, timestamp uint32) {
	c.t.Helper()
	r := c.a
	if tag >= keyB {
		r = c.b
	}
	if err := r.Send([]byte{tag, 0, 0}, tag&1 == 0, timestamp); err != nil {
		c.t.Error(err)
	}
	synctest.Wait()
}

func (c *crossing) move(to *Rung) {
	c.t.Helper()
	if err := c.s.Move(to, func() { c.arrived++ }); err != nil {
		c.t.Error(err)
	}
	synctest.Wait()
}

// expect says which frames came, one packet each, with growing timestamps.
func (c *crossing) expect(what string, tags ...byte) {
	c.t.Helper()
	c.peer.mu.Lock()
	defer c.peer.mu.Unlock()
	var got []byte
	for i, p := range c.peer.packets {
		got = append(got, p.Payload[descriptorSize])
		if i > 0 && int32(p.Timestamp-c.peer.packets[i-1].Timestamp) <= 0 {
			c.t.Errorf("%s: timestamps %d, %d do not grow", what, c.peer.packets[i-1].Timestamp, p.Timestamp)
		}
		if i > 0 && p.SequenceNumber != c.peer.packets[i-1].SequenceNumber+1 {
			c.t.Errorf("%s: a gap in the sequence", what)
		}
	}
	if string(got) != string(tags) {
		c.t.Errorf("%s: frames %x came, want %x", what, got, tags)
	}
}

func TestMoveAtTheKeyFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrossing(t, Config{})
		defer c.end()
		c.send(keyA, 3000)
		c.send(interB, 3000)
		c.move(c.b)
		if !c.b.KeyDue() || c.a.Subscribers() != 1 || c.b.Subscribers() != 1 {
			t.Errorf("a key frame is asked for: %v; %d and %d are subscribed", c.b.KeyDue(), c.a.Subscribers(), c.b.Subscribers())
		}
		c.send(interA, 6000)
		c.send(interB, 6000)
		c.send(keyA, 9000)
		if c.arrived != 0 {
			t.Error("arrived before the key frame")
		}
		c.send(keyB, 9000) // of the same instant
		if c.arrived != 1 || c.a.Subscribers() != 0 || c.b.Subscribers() != 1 {
			t.Errorf("arrived %d times, %d and %d are subscribed", c.arrived, c.a.Subscribers(), c.b.Subscribers())
		}
		c.send(interA, 12000)
		c.send(interB, 8999) // the new view lags a little
		c.send(interB, 15000)
		c.expect("all", keyA, interA, keyA, keyB, interB, interB)
	})
}

func TestMoveBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrossing(t, Config{})
		defer c.end()
		c.send(keyA, 3000)
		c.move(c.b)
		c.move(c.a) // before any key frame of b
		if c.arrived != 1 || c.b.Subscribers() != 0 || c.a.Subscribers() != 1 {
			t.Errorf("arrived %d times, %d and %d are subscribed", c.arrived, c.a.Subscribers(), c.b.Subscribers())
		}
		c.send(keyB, 6000)
		c.send(interA, 9000)
		c.move(c.b)
		c.send(keyB, 12000)
		c.move(c.a)
		c.send(interA, 15000)
		c.send(keyA, 18000)
		c.send(interB, 18000)
		c.expect("there and back", keyA, interA, keyB, keyA)
		if c.arrived != 3 || c.b.Subscribers() != 0 {
			t.Errorf("arrived %d times, %d are at the left rung", c.arrived, c.b.Subscribers())
		}
	})
}

func TestMoveToAFullRung(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrossing(t, Config{Limit: 1})
		defer c.end()
		other := c.b.Subscribe("view", fixed(0))
		if _, err := other.Bind(&peer{}); err != nil {
			t.Fatal(err)
		}
		ctx, leave := context.WithCancel(t.Context())
		c.runs.Go(func() { _ = other.Run(ctx) })
		defer leave()
		synctest.Wait()
		if err := c.s.Move(c.b, func() { t.Error("arrived") }); !errors.Is(err, ErrFull) {
			t.Errorf("error %v", err)
		}
		c.send(keyA, 3000)
		c.send(keyB, 6000)
		c.send(interA, 9000)
		c.expect("nothing changes", keyA, interA)
		leave()
	})
}

// TestMovesAtRandom is for the race detector; whatever happens, the subscriber
// ends on one rung, of which it gets frames.
func TestMovesAtRandom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrossing(t, Config{})
		defer c.end()
		ctx, stop := context.WithCancel(t.Context())
		var senders sync.WaitGroup
		for i, r := range []*Rung{c.a, c.b} {
			senders.Go(func() {
				for n := uint32(0); ctx.Err() == nil; n++ {
					tag := byte(0x10<<i | 1)
					if r.KeyDue() {
						tag--
					}
					if err := r.Send([]byte{tag, 0}, tag&1 == 0, 3000*n); err != nil {
						t.Error(err)
					}
					r.Target()
					pass(time.Duration(1+rand.IntN(30)) * time.Millisecond)
				}
			})
		}
		for range 300 {
			to := c.a
			if rand.IntN(2) == 0 {
				to = c.b
			}
			if err := c.s.Move(to, nil); err != nil {
				t.Error(err)
			}
			pass(time.Duration(rand.IntN(500)) * time.Millisecond)
		}
		pass(3 * time.Second)
		stop()
		senders.Wait()
		if n := c.a.Subscribers() + c.b.Subscribers(); n != 1 {
			t.Errorf("the subscriber counts %d times", n)
		}
	})
}
