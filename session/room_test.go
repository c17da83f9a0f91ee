package session_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// faked runs a test in faked time, on one processor: see package fanout.
func faked(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, test)
}

// open runs a room until the test ends.
func open(t testing.TB, c session.Config) *session.Room {
	t.Helper()
	r, _ := openUntil(t, c)
	return r
}

// openUntil runs a room until the test ends or stop is called, which returns
// after the room.
func openUntil(t testing.TB, c session.Config) (r *session.Room, stop func()) {
	t.Helper()
	c.Name, c.Log = "test", slog.New(slog.DiscardHandler)
	r, err := session.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx); close(ended) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the room ended with %v", err)
		}
	}
	t.Cleanup(stop)
	return r, stop
}

// client is a member as a page is one: it keeps what it was told.
type client struct {
	*session.Member
	mirror
	t         testing.TB
	room      *session.Room
	self      session.Self
	waiting   int // how often it was told to wait
	streams   []session.Stream
	newStream int // how often streams were said to be others
}

func host(name string) session.Entry    { return entry(session.Host, name) }
func speaker(name string) session.Entry { return entry(session.Speaker, name) }

func entry(role session.Role, name string) session.Entry {
	return session.Entry{Identity: name, Name: name, Role: role, Grants: session.AllGrants()}
}

// enter brings somebody into a room, or its lobby, and reads what they are told.
func enter(t testing.TB, r *session.Room, e session.Entry) *client {
	t.Helper()
	m, err := r.Enter(t.Context(), e)
	if err != nil {
		t.Fatalf("%s does not come in: %v", e.Name, err)
	}
	c := &client{Member: m, t: t, room: r}
	c.read()
	return c
}

// back brings somebody back with their secret, who knows what they knew.
func (c *client) back() {
	c.t.Helper()
	c.backAt(c.Revision)
}

func (c *client) backAt(revision uint64) {
	c.t.Helper()
	m, err := c.room.Enter(c.t.Context(), session.Entry{Role: session.Speaker, Resume: c.self.Resume, Revision: revision})
	if err != nil {
		c.t.Fatalf("%s does not come back: %v", c.self.ID, err)
	}
	c.Member = m
}

// read takes what there is to be told; it returns the updates.
func (c *client) read() (updates []session.Update) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Millisecond)
	defer cancel()
	for {
		n, err := c.Next(ctx)
		if errors.Is(err, context.DeadlineExceeded) || c.isOver() {
			return updates
		}
		if err != nil {
			c.t.Fatalf("read news: %v", err)
		}
		updates = append(updates, n.Update)
		c.take(n)
	}
}

func (c *client) take(n session.News) {
	if n.Waiting {
		c.waiting++
		c.mirror = mirror{}
		return
	}
	c.self, c.streams = n.Self, n.Streams
	if n.Changed {
		c.newStream++
	}
	c.apply(n.Update)
}

func (c *client) isOver() bool {
	select {
	case <-c.Over():
		return true
	default:
		return false
	}
}

// person is one as the client knows them.
func (c *client) person(id string) session.Person {
	c.t.Helper()
	c.read()
	p, ok := c.People[id]
	if !ok {
		c.t.Fatalf("%s does not know %s", c.self.ID, id)
	}
	return p
}

// me is the client's own person.
func (c *client) me() session.Person {
	c.t.Helper()
	c.read()
	return c.person(c.self.ID)
}

// ended expects that the room ended the membership because of cause.
func (c *client) ended(cause error) {
	c.t.Helper()
	if !c.isOver() {
		c.t.Fatalf("%s is still a member, not %v", c.self.ID, cause)
	}
	_, err := c.Next(c.t.Context())
	if !errors.Is(err, cause) || !errors.Is(c.Reason(), cause) {
		c.t.Errorf("over because of %v and %v, not %v", err, c.Reason(), cause)
	}
	if refusal, ok := errors.AsType[*session.Refusal](err); !ok || refusal.Message == "" {
		c.t.Errorf("%v has no words for people", err)
	}
}

// must expects that a command is done.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused expects that a command is refused, with words for people.
func refused(t testing.TB, err, cause error) {
	t.Helper()
	if _, ok := errors.AsType[*session.Refusal](err); !ok || !errors.Is(err, cause) {
		t.Errorf("%v, not %v", err, cause)
	}
}
