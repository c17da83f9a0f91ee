package room_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/encode"
	"github.com/virtualcube/virtualcube/session/encode/encodetest"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

var layout = pack.Layout{Width: 64, Height: 64}

// sets emits empty frame sets at 30 a second.
type sets struct {
	clock  *capture.Clock
	ticker *time.Ticker
	n      uint64
}

func (s *sets) Next(ctx context.Context) (*capture.FrameSet, error) {
	select {
	case <-s.ticker.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.n++
	now := s.clock.Now()
	set := capture.NewFrameSet(s.n, now, nil)
	set.Captured, set.Emitted = now, now
	return set, nil
}

// renderer draws anything, and remembers from where.
type renderer struct {
	n int

	mu  sync.Mutex
	eye space.Vec3
}

func (r *renderer) Render(_ context.Context, set *capture.FrameSet, q render.Request) (*render.View, error) {
	r.n++
	r.mu.Lock()
	r.eye = q.Eye
	r.mu.Unlock()
	return &render.View{Request: q, Captured: set.Captured, Packed: encodetest.Scene(layout.FrameWidth(), layout.FrameHeight(), layout.FrameWidth(), r.n)}, nil
}

func (r *renderer) seenFrom() space.Vec3 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.eye
}

// framing never changes its window.
type framing struct{}

func (framing) Frame(*capture.FrameSet, space.Vec3) (space.Window, float64, float64, error) {
	return space.Window{ID: 1, Right: space.Vec3{X: 1}, Up: space.Vec3{Y: 1}, HalfWidth: 0.5, HalfHeight: 0.6}, 0.8, 1.6, nil
}

// rig is a cube without cameras and GL.
type rig struct {
	cube     room.Cube
	renderer *renderer
	views    *multiview.Views
}

func newRig(t *testing.T, name string) *rig {
	t.Helper()
	ladder, err := fanout.NewLadder(fanout.Config{})
	if err != nil {
		t.Fatal(err)
	}
	clock, ticker := capture.NewClock(), time.NewTicker(time.Second/30)
	r := &rig{renderer: &renderer{}}
	r.views, err = multiview.New(multiview.Config{
		Cube: name, Volume: capture.DefaultVolume(), Sets: &sets{clock: clock, ticker: ticker}, Renderer: r.renderer,
		Framing: func() view.Framing { return framing{} }, Ladders: []multiview.Ladder{ladder}, Clock: clock, Log: silent,
		Encoder: func(w, h, rate int) (encode.Encoder, error) { return vpx.NewEncoder(w, h, rate) },
	})
	if err != nil {
		t.Fatal(err)
	}
	r.cube = room.Cube{Name: name, Ladders: []*fanout.Ladder{ladder}, Views: r.views, Packed: protocol.CubeView{Rate: 30}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.views.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ticker.Stop()
	})
	return r
}

// toWorld maps a point of a seat's cube into the room.
func toWorld(p session.Pose, v space.Vec3) space.Vec3 {
	return turn(p.Rotation, v).Add(space.Vec3{X: p.Position[0], Y: p.Position[1], Z: p.Position[2]})
}

// toCube is its inverse.
func toCube(p session.Pose, v space.Vec3) space.Vec3 {
	q := p.Rotation
	return turn([4]float64{-q[0], -q[1], -q[2], q[3]}, v.Sub(space.Vec3{X: p.Position[0], Y: p.Position[1], Z: p.Position[2]}))
}

// turn rotates by a unit quaternion x, y, z, w: v + 2 q x (q x v + w v).
func turn(q [4]float64, v space.Vec3) space.Vec3 {
	u := space.Vec3{X: q[0], Y: q[1], Z: q[2]}
	return v.Add(u.Cross(u.Cross(v).Add(v.Scale(q[3]))).Scale(2))
}

func TestCubeIsSeenFromTheEye(t *testing.T) {
	r := newRig(t, "studio")
	n := serve(t, func(c *room.Config) {
		c.Cubes = []room.Cube{r.cube}
		c.Rooms[0].Rigs = []session.Rig{{Cube: "studio", Name: "Star"}}
	})
	ada := n.enter("Ada")
	if cubes := ada.View().Welcome.Cubes; len(cubes) != 1 || cubes[0].Cube != "studio" || cubes[0].Rate != 30 {
		t.Errorf("cubes %+v", cubes)
	}
	star := ""
	for id, p := range ada.View().State.People {
		if p.Cube == "studio" {
			star = id
		}
	}
	ada.gets(star+"/view", 10)
	ada.until("a framing window", func(v roomclient.View) bool { return v.Windows > 0 })
	seen := func(eye space.Vec3) {
		t.Helper()
		v := ada.View()
		want := toCube(v.State.Room.Seats[v.State.People[star].Seat], toWorld(v.State.Room.Seats[v.State.People[ada.id()].Seat], eye))
		ticker := time.NewTicker(10 * time.Millisecond)
		defer ticker.Stop()
		for r.renderer.seenFrom().Sub(want).Norm() > 0.002 { // the strip's unit is a millimetre
			select {
			case <-ticker.C:
			case <-ada.ctx.Done():
				t.Fatalf("seen from %v, want %v", r.renderer.seenFrom(), want)
			}
		}
	}
	seen(space.Vec3{}) // before there is an eye, from the seat
	ada.look(2, space.Vec3{X: 0.12, Y: -0.05, Z: 0.08})
	seen(space.Vec3{X: 0.12, Y: -0.05, Z: 0.08})
	ada.look(1, space.Vec3{X: 9})
	ada.look(3, space.Vec3{X: -0.2, Y: 0.1})
	seen(space.Vec3{X: -0.2, Y: 0.1})
	// The same eye, from another seat.
	seat := (ada.View().State.People[ada.id()].Seat + 1) % 4
	if seat == ada.View().State.People[star].Seat {
		seat = (seat + 1) % 4
	}
	ada.ask(func(req int) any { return protocol.Sit{Type: "sit", Req: req, Seat: seat} })
	ada.until("the seat", func(v roomclient.View) bool { return v.State.People[ada.id()].Seat == seat })
	seen(space.Vec3{X: -0.2, Y: 0.1})
	// A webcam beside the cube comes too, and the cube's seat is taken by nobody.
	bob := n.enter("Bob")
	bob.film()
	ada.gets(bob.id()+"/camera", 10)
	bob.gets(star+"/view", 10)
}

func (g *guest) look(sequence int, eye space.Vec3) {
	g.t.Helper()
	err := g.Look(protocol.Look{Sequence: sequence, Eye: session.Vector{eye.X, eye.Y, eye.Z}, Confidence: 1})
	if err != nil {
		g.t.Fatal(err)
	}
}
