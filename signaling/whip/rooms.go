package whip

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	rooms "github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/token"
)

// Rooms lets people into rooms: package room's Endpoint.
type Rooms interface {
	Visit(ctx context.Context, v room.Visit) (*room.Visitor, error)
}

// RoomEndpoint lets software that is no page of ours take part in rooms: WHIP
// at /room/{room}/whip to publish, WHEP at /room/{room}/whep to watch. Run owns
// the sessions.
type RoomEndpoint struct {
	media  *media.Port
	rooms  Rooms
	log    *slog.Logger
	mux    *http.ServeMux
	starts chan *guest   // to Run
	ended  chan struct{} // closed by Run

	mu     sync.Mutex // guards all below
	guests map[string]*guest
}

// guest is a session in a room.
type guest struct {
	*session
	path   string            // of the session
	bearer [sha256.Size]byte // of the token that made it
	run    func(context.Context) error
}

// NewRoomEndpoint makes an endpoint without sessions.
func NewRoomEndpoint(port *media.Port, to Rooms, log *slog.Logger) *RoomEndpoint {
	e := &RoomEndpoint{
		media: port, rooms: to, log: log, mux: http.NewServeMux(), starts: make(chan *guest), ended: make(chan struct{}), guests: make(map[string]*guest),
	}
	e.mux.HandleFunc("/room/{room}/whip", func(w http.ResponseWriter, r *http.Request) { e.serveEndpoint(w, r, e.publish) })
	e.mux.HandleFunc("/room/{room}/whep", func(w http.ResponseWriter, r *http.Request) { e.serveEndpoint(w, r, e.watch) })
	e.mux.HandleFunc("/room/{room}/whip/{id}", e.serveSession)
	e.mux.HandleFunc("/room/{room}/whep/{id}", e.serveSession)
	return e
}

// ServeHTTP implements http.Handler.
func (e *RoomEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.mux.ServeHTTP(w, r) }

// Run serves sessions until the context ends and returns after they are gone.
// It may be called once.
func (e *RoomEndpoint) Run(ctx context.Context) error {
	var guests sync.WaitGroup
	for {
		select {
		case g := <-e.starts:
			guests.Go(func() {
				g.log.Info("session began")
				reason := g.run(ctx)
				e.mu.Lock()
				delete(e.guests, g.id)
				e.mu.Unlock()
				g.log.Info("session ended", "reason", reason)
			})
		case <-ctx.Done():
			close(e.ended)
			guests.Wait()
			return nil
		}
	}
}

// serveEndpoint makes sessions (RFC 9725 section 4.2).
func (e *RoomEndpoint) serveEndpoint(w http.ResponseWriter, r *http.Request, enter func(*http.Request, string) (*guest, string, error)) {
	w.Header().Set("Accept-Post", typeSDP)
	switch r.Method {
	case http.MethodOptions:
		allow(w, "OPTIONS, POST")
		return
	case http.MethodPost:
	default:
		refuseMethod(w, "OPTIONS, POST")
		return
	}
	offer, ok := body(w, r, typeSDP, maxOffer)
	if !ok {
		return
	}
	g, answer, err := enter(r, offer)
	if err == nil {
		g.path, g.bearer = r.URL.Path+"/"+g.id, sha256.Sum256([]byte(bearer(r)))
		err = e.start(r.Context(), g)
	}
	if err != nil {
		e.refuse(w, err)
		return
	}
	g.created(w, g.path, answer)
}

// start hands a session to Run.
func (e *RoomEndpoint) start(ctx context.Context, g *guest) (err error) {
	e.mu.Lock()
	e.guests[g.id] = g
	e.mu.Unlock()
	select {
	case e.starts <- g:
		return nil
	case <-e.ended:
		err = errStopped
	case <-ctx.Done():
		err = ctx.Err()
	}
	e.mu.Lock()
	delete(e.guests, g.id)
	e.mu.Unlock()
	over, cancel := context.WithCancel(context.Background())
	cancel()
	return errors.Join(err, g.run(over)) // which ends what was made
}

// serveSession changes or ends a session. Who may, has the token that made it.
func (e *RoomEndpoint) serveSession(w http.ResponseWriter, r *http.Request) {
	if !preflight(w, r) {
		return
	}
	e.mu.Lock()
	g := e.guests[r.PathValue("id")]
	e.mu.Unlock()
	if g == nil || g.path != r.URL.Path {
		fail(w, http.StatusNotFound, "this session has ended: offer again")
		return
	}
	if sum := sha256.Sum256([]byte(bearer(r))); subtle.ConstantTimeCompare(sum[:], g.bearer[:]) == 0 {
		w.Header().Set("WWW-Authenticate", `Bearer realm="room"`)
		fail(w, http.StatusUnauthorized, "send the token that made this session as Authorization: Bearer TOKEN")
		return
	}
	g.serveHTTP(w, r)
}

// bearer is a request's token (RFC 6750 section 2.1), or empty.
func bearer(r *http.Request) string {
	scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(raw)
}

// refuse maps an error to its status. Nothing was made, or it is gone again.
func (e *RoomEndpoint) refuse(w http.ResponseWriter, err error) {
	status, text := http.StatusInternalServerError, err.Error()
	refusal, refused := errors.AsType[*rooms.Refusal](err)
	if refused {
		text = refusal.Message
	}
	switch {
	case token.ReasonOf(err) != "":
		w.Header().Set("WWW-Authenticate", `Bearer realm="room"`)
		status = http.StatusUnauthorized
	case errors.Is(err, rooms.ErrFull), errors.Is(err, rooms.ErrShutdown), errors.Is(err, errStopped):
		w.Header().Set("Retry-After", retryAfter)
		status = http.StatusServiceUnavailable
	case errors.Is(err, rooms.ErrUnknown):
		status = http.StatusNotFound
	case refused:
		status = http.StatusForbidden
	case errors.Is(err, errNoCodec), errors.Is(err, errNothing):
		status = http.StatusUnprocessableEntity
	case errors.Is(err, errBadOffer), errors.Is(err, errNoTransport):
		status = http.StatusBadRequest
	default:
		e.log.Error("offer not answered", "error", err)
		text = "the node could not do this; its log says why"
	}
	fail(w, status, text)
}

// visit is who enters by a request.
func visit(r *http.Request, otherwise string) room.Visit {
	name := r.URL.Query().Get("name")
	if name == "" {
		name = otherwise
	}
	return room.Visit{Room: r.PathValue("room"), Token: bearer(r), Name: name}
}

// enter lets a session's visitor into the room.
func (e *RoomEndpoint) enter(ctx context.Context, v room.Visit) (*room.Visitor, error) {
	visitor, err := e.rooms.Visit(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("enter room: %w", err)
	}
	return visitor, nil
}
