package room

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

const (
	maxConnections = 512 // of all rooms, those at the door included
	retryAfter     = "5" // seconds, for a node that is full
	maxRooms       = 32
	// idleRoom is how long a room that nobody is in is kept, unless it is one
	// of the configuration.
	idleRoom = 5 * time.Minute
)

// Timeouts bound what a page may keep a connection waiting for. Zero fields
// take the defaults that their comments name.
type Timeouts struct {
	Enter  time.Duration // for the first message: 10 s
	Silent time.Duration // between messages, of which there is a ping a second: 15 s
	Write  time.Duration // for taking a message: 10 s
}

func (t *Timeouts) complete() error {
	for _, d := range []struct {
		of        *time.Duration
		otherwise time.Duration
	}{{&t.Enter, 10 * time.Second}, {&t.Silent, 15 * time.Second}, {&t.Write, 10 * time.Second}} {
		if *d.of < 0 {
			return fmt.Errorf("make rooms: a time-out of %v must be positive", *d.of)
		}
		if *d.of == 0 {
			*d.of = d.otherwise
		}
	}
	return nil
}

// Config is what the rooms of a node are made of. Admit, Media, Clock and Log
// are needed.
type Config struct {
	// Rooms are open from the beginning. Open says how another one is made,
	// nil: there are no others.
	Rooms []session.Config
	Open  func(name string) session.Config
	// Admit says who somebody is, by their token: see Keyed and Open. Its errors
	// are a *session.Refusal or a *token.Error.
	Admit func(ctx context.Context, e protocol.Enter) (session.Entry, error)
	// Invite makes a token with which guests enter a room; nil: there is none.
	Invite func(room string) (string, error)
	Media  *media.Port
	Cubes  []Cube
	// Filters are those that participants may use, and Opener opens them; nil: there
	// are none.
	Filters models.Table
	Opener  Opener
	// Lift makes a cube of a webcam whose pictures a filter gives depth; nil: they
	// are shown flat. name is the cube's.
	Lift func(name string, camera space.Camera) (Lifted, error)
	// Ice are the servers that a participant may use; nil: none. Left is told
	// when one is gone; nil: nobody wants to know.
	Ice      func(participant string) []protocol.IceServer
	Left     func(participant string)
	Timeouts Timeouts
	Version  string // of the node
	Clock    *capture.Clock
	Log      *slog.Logger
}

// Endpoint serves the rooms of a node.
type Endpoint struct {
	config Config
	mux    *http.ServeMux
	cubes  map[string]*Cube
	lips   map[string]*lips // by cube
	counts counts
	chains chains
	opens  chan opening  // to Run
	begun  chan struct{} // closed by Run
	ended  chan struct{} // closed by Run
	open   atomic.Int64  // connections

	mu          sync.Mutex // guards all below; held for a few instructions
	running     context.Context
	connections sync.WaitGroup
	halls       map[string]*hall
}

// opening asks Run for a room.
type opening struct {
	name string
	hall chan *hall // nil: there can be no more
}

// New makes an endpoint whose rooms are not open yet.
func New(config Config) (*Endpoint, error) {
	c := config
	if c.Admit == nil || c.Media == nil || c.Clock == nil || c.Log == nil {
		return nil, errors.New("make rooms: admit, media, clock and log are needed")
	}
	if err := c.Timeouts.complete(); err != nil {
		return nil, err
	}
	e := &Endpoint{
		config: c, mux: http.NewServeMux(), cubes: make(map[string]*Cube), lips: make(map[string]*lips),
		opens: make(chan opening), begun: make(chan struct{}), ended: make(chan struct{}), halls: make(map[string]*hall),
	}
	for _, cube := range c.Cubes {
		e.cubes[cube.Name], e.lips[cube.Name] = &cube, &lips{cube: &cube}
	}
	for _, r := range c.Rooms {
		h, err := newHall(r, c.Invite, true)
		if err != nil {
			return nil, err
		}
		if e.halls[r.Name] != nil {
			return nil, fmt.Errorf("make rooms: there are two of the name %s", r.Name)
		}
		e.halls[r.Name] = h
	}
	e.mux.HandleFunc("GET /api/room", e.serveSocket)
	e.mux.HandleFunc("POST /api/room/{room}/pictures", e.postPicture)
	e.mux.HandleFunc("GET /api/room/{room}/pictures/{id}", e.getPicture)
	return e, nil
}

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.mux.ServeHTTP(w, r) }

// Run opens the rooms and serves until the context ends; it returns after all
// connections. It may be called once.
func (e *Endpoint) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var rooms sync.WaitGroup
	start := func(h *hall) {
		var own context.Context
		own, h.close = context.WithCancel(ctx)
		rooms.Go(func() { _ = h.room.Run(own) }) // only its context ends it
	}
	e.mu.Lock()
	e.running = ctx
	for _, h := range e.halls {
		start(h)
	}
	e.mu.Unlock()
	close(e.begun)
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	seconds := time.NewTicker(time.Second)
	defer seconds.Stop()
	for {
		select {
		case o := <-e.opens:
			h, fresh := e.find(o.name)
			if fresh {
				start(h)
			}
			o.hall <- h
		case <-seconds.C:
			for _, l := range e.lips {
				l.follow()
			}
			e.followLifted()
		case now := <-ticker.C:
			e.sweep(ctx, now)
		case <-ctx.Done():
			e.mu.Lock()
			e.running = nil
			e.mu.Unlock()
			close(e.ended)
			rooms.Wait() // everybody is told by their room
			e.connections.Wait()
			return nil
		}
	}
}

// find returns a room and whether it was made just now; nil where there can
// be no more.
func (e *Endpoint) find(name string) (h *hall, fresh bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if h = e.halls[name]; h != nil {
		return h, false
	}
	if e.config.Open == nil || len(e.halls) >= maxRooms {
		return nil, false
	}
	h, err := newHall(e.config.Open(name), e.config.Invite, false)
	if err != nil {
		e.config.Log.Error("room not opened", "room", name, "error", err)
		return nil, false
	}
	e.halls[name] = h
	return h, true
}

// hall returns the room of a name, or nil.
func (e *Endpoint) hall(ctx context.Context, name string) *hall {
	o := opening{name: name, hall: make(chan *hall, 1)}
	select {
	case e.opens <- o:
		return <-o.hall
	case <-e.ended:
	case <-ctx.Done():
	}
	return nil
}

// keeps says whether a seat is kept for somebody, whose token may have expired
// since they came.
func (e *Endpoint) keeps(ctx context.Context, enter protocol.Enter) bool {
	h := e.known(enter.Room)
	return h != nil && h.room.Knows(ctx, enter.Resume)
}

// sweep closes rooms that nobody was in for a while.
func (e *Endpoint) sweep(ctx context.Context, now time.Time) {
	e.mu.Lock()
	halls := make([]*hall, 0, len(e.halls))
	for _, h := range e.halls {
		halls = append(halls, h)
	}
	e.mu.Unlock()
	for _, h := range halls {
		if people, guests := h.room.People(ctx); people+guests > 0 || h.kept {
			h.used = now
		} else if now.Sub(h.used) > idleRoom {
			e.mu.Lock()
			delete(e.halls, h.room.Name())
			e.mu.Unlock()
			h.close()
		}
	}
}

// begin lets a connection run as long as the endpoint; every true is answered
// by e.done. Whoever comes before Run, as ports are open by then, waits for it.
func (e *Endpoint) begin(ctx context.Context) (context.Context, bool) {
	select {
	case <-e.begun:
	case <-ctx.Done():
		return nil, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.running == nil || e.open.Load() >= maxConnections {
		return nil, false
	}
	e.open.Add(1)
	e.connections.Add(1)
	return e.running, true
}

func (e *Endpoint) done() {
	e.open.Add(-1)
	e.connections.Done()
}

// serveSocket is one connection, in net/http's goroutine.
func (e *Endpoint) serveSocket(w http.ResponseWriter, r *http.Request) {
	ctx, ok := e.begin(r.Context())
	if !ok {
		e.counts.refused(protocol.ErrorFull)
		w.Header().Set("Retry-After", retryAfter)
		http.Error(w, "this node is full, or stops: try again later", http.StatusServiceUnavailable)
		return
	}
	defer e.done()
	// Origin was checked with every other request's; see package signaling.
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // Accept has answered
	}
	socket.SetReadLimit(protocol.MaxRoomMessage)
	newConnection(e, socket).run(ctx)
}
