package whip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// DefaultLimit is how many viewers an endpoint serves at once.
const DefaultLimit = 64

// Views are what the endpoint needs of a cube's views.
type Views interface {
	Watch() *multiview.Watcher
	// View returns the counts of one view, by the index of its ladder.
	View(i int) view.Stats
}

// Cube is one that can be watched.
type Cube struct {
	Name    string           // one path segment: the endpoint is /{name}/whep
	Ladders []*fanout.Ladder // one a view
	Views   Views
	// Hello is what the page is told first; Type, Protocol and Cube are
	// filled in.
	Hello protocol.Hello
}

// Config is what an endpoint is made of. Media, Clock and Log are needed.
type Config struct {
	Media *media.Port
	Cubes []Cube
	Clock *capture.Clock
	Log   *slog.Logger
	// Authorized says whether a request may watch; nil means that all may.
	Authorized func(*http.Request) bool
	// Limit is the number of viewers at once, DefaultLimit if zero.
	Limit int
}

// Endpoint serves WHEP for all cubes: it handles /{cube}/whep and
// /{cube}/whep/{id}. Run owns the viewers.
type Endpoint struct {
	config Config
	cubes  map[string]*Cube
	mux    *http.ServeMux
	counts counts
	starts chan *viewer  // to Run
	ended  chan struct{} // closed by Run

	mu      sync.Mutex // guards all below
	viewers map[string]*viewer
	taken   int // places, of viewers and of offers that are being answered
}

// NewEndpoint makes an endpoint without viewers.
func NewEndpoint(config Config) (*Endpoint, error) {
	if config.Media == nil || config.Clock == nil || config.Log == nil {
		return nil, errors.New("make whep endpoint: media, clock and log are needed")
	}
	if config.Limit == 0 {
		config.Limit = DefaultLimit
	}
	e := &Endpoint{
		config: config, cubes: make(map[string]*Cube), mux: http.NewServeMux(),
		starts: make(chan *viewer), ended: make(chan struct{}), viewers: make(map[string]*viewer),
	}
	for _, c := range config.Cubes {
		if len(c.Ladders) == 0 || c.Views == nil || !validName(c.Name) || e.cubes[c.Name] != nil {
			return nil, fmt.Errorf("make whep endpoint: cube %q needs ladders, views and a name of its own of letters, digits, - and _", c.Name)
		}
		e.cubes[c.Name] = &c
	}
	e.mux.HandleFunc("/{cube}/whep", e.serveEndpoint)
	e.mux.HandleFunc("/{cube}/whep/{id}", e.serveViewer)
	return e, nil
}

func validName(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.mux.ServeHTTP(w, r) }

// Snapshot returns the counts.
func (e *Endpoint) Snapshot() Stats {
	s := e.counts.snapshot()
	e.mu.Lock()
	s.Viewers = len(e.viewers)
	e.mu.Unlock()
	return s
}

// Run serves viewers until the context ends and returns after they are gone.
// It may be called once.
func (e *Endpoint) Run(ctx context.Context) error {
	var viewers sync.WaitGroup
	for {
		select {
		case v := <-e.starts:
			viewers.Go(func() {
				v.run(ctx)
				e.remove(v)
			})
		case <-ctx.Done():
			close(e.ended)
			viewers.Wait()
			return nil
		}
	}
}

var errStopped = errors.New("the node is not running")

// start hands a viewer to Run.
func (e *Endpoint) start(ctx context.Context, v *viewer) error {
	e.mu.Lock()
	e.viewers[v.id] = v
	e.mu.Unlock()
	var err error
	select {
	case e.starts <- v:
		e.counts.accepted()
		return nil
	case <-e.ended:
		err = errStopped
	case <-ctx.Done():
		err = ctx.Err()
	}
	v.close()
	e.mu.Lock()
	delete(e.viewers, v.id)
	e.mu.Unlock()
	return err
}

// reserve takes a viewer's place; every true is answered by remove or release.
func (e *Endpoint) reserve() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.taken >= e.config.Limit {
		return false
	}
	e.taken++
	return true
}

func (e *Endpoint) release() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.taken--
}

func (e *Endpoint) remove(v *viewer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.viewers, v.id)
	e.taken--
}

// find returns the viewer of a request's path, or nil.
func (e *Endpoint) find(r *http.Request) *viewer {
	e.mu.Lock()
	defer e.mu.Unlock()
	if v := e.viewers[r.PathValue("id")]; v != nil && v.cube.Name == r.PathValue("cube") {
		return v
	}
	return nil
}

// newID returns a name that nobody can guess: 130 bits.
func newID() string { return rand.Text() }

// newETag names one ICE session of a viewer.
func newETag() string { return `"` + rand.Text()[:16] + `"` }
