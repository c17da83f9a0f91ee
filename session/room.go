package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// Limits of a room.
const (
	DefaultPeople = 48 // participants at once, beside those who stand for rigs
	maxGuests     = 32
	maxItems      = 16
	maxLines      = 200
	maxName       = 64   // characters
	maxTitle      = 120  // characters
	maxText       = 2000 // characters of a line of the chat
	maxPath       = 256  // bytes of the path of a picture
	// maxChat bounds the lines of the chat together, bytes of JSON: whoever comes
	// is told them all in one message, with the rest of the room.
	maxChat = 32 << 10
	// maxTombs is how many ids of what is gone are remembered for those who
	// come back; who was away for longer is told everything anew.
	maxTombs = 512
)

const (
	// DefaultKept is how long the seat of a lost connection is kept.
	DefaultKept = time.Minute
	// tick is how often time is looked at: attention, speech, seats.
	tick = 100 * time.Millisecond
)

// Config is what a room is made of. Name and Log are needed.
type Config struct {
	Name  string
	Seats int // at the beginning; 6 if zero
	// Layout is that at the beginning, "round-table" if empty. Layouts finds
	// one by its name; nil: the named ones of package assembly.
	Layout  string
	Layouts func(name string) (assembly.Layout, error)
	Lobby   bool
	Open    bool          // whoever comes first leads, without a host's token
	People  int           // at once; DefaultPeople if zero
	Kept    time.Duration // DefaultKept if zero
	Rigs    []Rig         // that are in the room from the beginning
	// Filters are those that there are; Chains are on what participants send, from
	// the beginning.
	Filters models.Table
	Chains  map[Source][]models.Link
	Log     *slog.Logger
}

// Rig is the cameras of a cube that is in the room. As long as nobody whose
// grants name its cube is there, it sits on a seat by itself.
type Rig struct {
	Cube string
	Name string // of who is shown
	// Level is the loudest sound of its microphone since it was last called, as
	// RFC 6464 has it; nil: it has none.
	Level func() uint8
	// Look is where who sits before its cameras was seen to look last, in the cube;
	// false: nobody was yet. It does not block. It says whom they attend to where
	// their own page does not; nil: nothing watches.
	Look func() (Look, bool)
	// Filter is told of the chain of one of its sources, View or Microphone; Fare
	// says how those filters fare. Neither blocks. nil: it takes no filters.
	Filter func(Source, []host.Link)
	Fare   func() []Fare
}

// Room is a meeting. Run owns its state; everything else asks Run.
type Room struct {
	config   Config
	requests chan request
	ended    chan struct{} // closed when Run ends
}

// request is a piece of work for Run's goroutine.
type request struct {
	do   func(*table)
	done chan struct{}
}

// New makes a room with nobody in it.
func New(config Config) (*Room, error) {
	c := config
	if !ValidName(c.Name) || c.Log == nil {
		return nil, fmt.Errorf("make room: %q needs a log and a name of 1 to 64 letters, digits, - and _", c.Name)
	}
	if c.Seats == 0 {
		c.Seats = 6
	}
	if c.Layout == "" {
		c.Layout = "round-table"
	}
	if c.Layouts == nil {
		c.Layouts = assembly.Named
	}
	if c.People == 0 {
		c.People = DefaultPeople
	}
	if c.Kept == 0 {
		c.Kept = DefaultKept
	}
	for source, links := range c.Chains {
		kind, known := kindOf(source)
		if !known {
			return nil, fmt.Errorf("make room %s: there is no source %q that could be filtered", c.Name, source)
		}
		if _, err := c.Filters.Bind(links, kind); err != nil {
			return nil, fmt.Errorf("make room %s: filters of the %s: %w", c.Name, source, err)
		}
	}
	r := &Room{config: c, requests: make(chan request), ended: make(chan struct{})}
	if _, err := newTable(c); err != nil {
		return nil, fmt.Errorf("make room %s: %w", c.Name, err)
	}
	return r, nil
}

var roomName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ValidName says whether a room may have this name.
func ValidName(name string) bool { return roomName.MatchString(name) }

// Name is the room's.
func (r *Room) Name() string { return r.config.Name }

// Kept is how long the seat of a lost connection is kept.
func (r *Room) Kept() time.Duration { return r.config.Kept }

// Run is the room until the context ends; everybody is then told and it
// returns nil. It may be called once.
func (r *Room) Run(ctx context.Context) error {
	t, err := newTable(r.config)
	if err != nil {
		return err // New has tried it
	}
	defer close(r.ended)
	t.log.Info("room opened", "layout", t.info.Layout, "seats", len(t.info.Seats))
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case q := <-r.requests:
			q.do(t)
			close(q.done)
		case <-ticker.C:
			t.pass()
		case <-ctx.Done():
			t.end(refuse(ErrShutdown, "The node was stopped. Try again in a minute."))
			t.log.Info("room closed", "reason", "stopped", "people", t.came)
			return nil
		}
		t.wake()
	}
}

// errNotRunning is returned by everything after Run has ended.
var errNotRunning = refuse(ErrShutdown, "The room is closed.")

// do runs f in the room's goroutine and returns its error.
func (r *Room) do(ctx context.Context, f func(*table) error) error {
	var err error
	q := request{do: func(t *table) { err = f(t) }, done: make(chan struct{})}
	select {
	case r.requests <- q:
		<-q.done
		return err
	case <-r.ended:
		return errNotRunning
	case <-ctx.Done():
		return ctx.Err()
	}
}

// People is how many are in the room, those on a connection that is lost
// included, and how many wait in the lobby.
func (r *Room) People(ctx context.Context) (people, guests int) {
	err := r.do(ctx, func(t *table) error {
		people, guests = len(t.people)-t.rigs(), len(t.guests)
		return nil
	})
	if err != nil {
		return 0, 0
	}
	return people, guests
}

// Refusal says why something was refused, in words for people that name the
// remedy. It wraps one of the sentinels.
type Refusal struct { //nolint:errname // it is the word for it, in the room protocol too
	Cause   error
	Message string
}

func (r *Refusal) Error() string { return r.Cause.Error() + ": " + r.Message }

// Unwrap returns the sentinel.
func (r *Refusal) Unwrap() error { return r.Cause }

func refuse(cause error, format string, arguments ...any) error {
	return &Refusal{Cause: cause, Message: fmt.Sprintf(format, arguments...)}
}

// What a Refusal wraps.
var (
	ErrForbidden = errors.New("not allowed")
	ErrUnknown   = errors.New("not there")
	ErrFull      = errors.New("full")
	ErrLocked    = errors.New("locked")
	ErrMalformed = errors.New("malformed")
	ErrDenied    = errors.New("denied")
	ErrRemoved   = errors.New("removed")
	ErrReplaced  = errors.New("replaced")
	ErrGone      = errors.New("gone")
	ErrShutdown  = errors.New("shutdown")
)

// Knows says whether a secret is that of somebody in the room.
func (r *Room) Knows(ctx context.Context, resume string) bool {
	known := false
	err := r.do(ctx, func(t *table) error {
		known = t.resumed(resume) != nil
		return nil
	})
	return err == nil && known
}
