package view

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/limitedlog"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/session/encode"
)

// Renderer turns a frame set, which it borrows, and a request into a view.
type Renderer interface {
	Render(ctx context.Context, set *capture.FrameSet, request render.Request) (*render.View, error)
}

// Framing finds the window and depth range in which an eye sees the person.
type Framing interface {
	Frame(set *capture.FrameSet, eye space.Vec3) (w space.Window, near, far float64, err error)
}

// MaxRungs is how many rungs a view may have.
const MaxRungs = 2

// Ladder sends encoded pictures to whoever watches: rung 0 is the view's own
// size, rung 1 half its width and height.
type Ladder interface {
	// Rungs is how many there are, 1 or 2.
	Rungs() int
	// Watching says whether somebody watches a rung.
	Watching(rung int) bool
	// KeyDue says whether the rung's next picture should be a key frame.
	KeyDue(rung int) bool
	// Layered says whether somebody gets a rung's base layer alone: only then
	// are there two.
	Layered(rung int) bool
	// Target is what the rung's encoder should aim at, in bits a second.
	Target(rung int) int
	// Send hands a picture on; it copies its data and does not block.
	Send(rung int, p encode.Packet, timestamp uint32) error
}

// Config is what a view is made of. All but Traced is needed.
type Config struct {
	Cube     string // its name, for the log
	Renderer Renderer
	Framing  Framing
	// Announce gives a new framing window its id, which must be that of no
	// other window in use, and tells the view's viewers of it before a frame
	// uses it. Render calls it.
	Announce func(space.Window) space.Window
	Ladder   Ladder
	// Encoder opens an encoder for packed views of a size.
	Encoder func(width, height, bitsPerSecond int) (encode.Encoder, error)
	Clock   *capture.Clock
	Log     *slog.Logger
	// Traced, if not nil, is told of every view that was sent. It must not
	// block and is called from one goroutine.
	Traced func(Trace)
}

// View is one view of a cube. Make it with New. One goroutine calls Render
// while another is in Run; Snapshot may be called from any.
type View struct {
	config   Config
	tally    tally
	log      *limitedlog.Log
	rendered mailbox[rendered]

	// Render's.
	framed    space.Window // as Framing gave it
	announced space.Window // the same under its id
}

// rendered is a view on its way to the encoder, which releases it. Its frame
// set is released already.
type rendered struct {
	view *render.View
	instants
}

// instants are those of a view's frame set.
type instants struct{ captured, emitted, closed capture.Time }

// New makes a view that nobody watches yet.
func New(config Config) (*View, error) {
	c := config
	if c.Renderer == nil || c.Framing == nil || c.Announce == nil || c.Ladder == nil || c.Encoder == nil || c.Clock == nil || c.Log == nil {
		return nil, errors.New("make view: renderer, framing, announce, ladder, encoder, clock and log are needed")
	}
	return &View{config: c, log: limitedlog.New(c.Log.With("cube", c.Cube)), rendered: newMailbox[rendered]()}, nil
}

// Snapshot returns the counts.
func (v *View) Snapshot() Stats { return v.tally.snapshot() }

// Run encodes and sends what is rendered until the context ends; it then
// returns nil. It returns an error where no encoder can be opened. It may be
// called again, after it returned.
func (v *View) Run(ctx context.Context) error {
	defer v.Discard()
	if err := v.encode(ctx); err != nil {
		return fmt.Errorf("view of %s: %w", v.config.Cube, err)
	}
	return nil
}

// Discard releases a view that was rendered and that Run did not come to.
func (v *View) Discard() {
	select {
	case r := <-v.rendered.slot:
		r.view.Release()
	default:
	}
}
