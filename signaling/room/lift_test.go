package room_test

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	pionmedia "github.com/pion/webrtc/v4/pkg/media"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/signaling/room"
)

type reliefParameters struct {
	Fov float64 `param:"fov,live" min:"30" max:"120" help:"of the camera"`
}

// relief gives each picture a depth of a metre.
type relief struct{}

func (relief) Process(in *capture.Frame, _ reliefParameters) (*capture.Frame, error) {
	f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height, Depth: true, Matte: true})
	if err != nil {
		return nil, err
	}
	f.Captured = in.Captured
	for i := range f.Depth.Millimetres {
		f.Depth.Millimetres[i], f.Matte.Coverage[i] = 1000, 255
	}
	return f, nil
}

func (relief) Close() error { return nil }

// webcam is a cube of a webcam; its views are those of a rig without cameras.
type webcam struct {
	*rig
	frames atomic.Int64
	ended  atomic.Bool
}

func (w *webcam) Cube() room.Cube { return w.cube }

func (w *webcam) Put(f *capture.Frame) {
	if f.Depth.Millimetres[0] == 1000 {
		w.frames.Add(1)
	}
}

func (w *webcam) Run(ctx context.Context) error {
	<-ctx.Done()
	w.ended.Store(true)
	return nil
}

// TestLift has a filter give a webcam depth: the others get views of it, until the
// filter goes.
func TestLift(t *testing.T) {
	d, err := models.Video(models.Description{
		Name: "relief", Summary: "is for tests", Latency: 100 * time.Millisecond, Late: models.Hold, Failing: models.Hold,
	}, reliefParameters{Fov: 60}, func(context.Context, models.Environment, reliefParameters) (models.VideoFilter[reliefParameters], error) {
		return relief{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Camera = func(width, height int, v models.Values) space.Camera {
		f := float64(width) / 2 / math.Tan(v.Get("fov").(float64)*math.Pi/360)
		return space.Camera{Lens: space.Lens{Width: width, Height: height, Fx: f, Fy: f}, Pose: space.Identity()}
	}
	made := make(chan *webcam, 4)
	n := serve(t, func(c *room.Config) {
		c.Filters, c.Rooms[0].Filters, c.Opener = models.Table{d}, models.Table{d}, opener{}
		c.Lift = func(name string, camera space.Camera) (room.Lifted, error) {
			if camera.Lens.Width != 64 {
				return nil, errors.New("another size than the picture's")
			}
			w := &webcam{rig: newRig(t, name)}
			made <- w
			return w, nil
		}
	})
	ada, bob := n.enter("Ada"), n.enter("Bob")
	encoder, err := vpx.NewEncoder(64, 48, 200_000)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	if err := ada.Publish(ada.ctx, session.Camera, true); err != nil {
		t.Fatal(err)
	}
	picture := capture.Picture{Format: capture.I420, Width: 64, Height: 48, Strides: [3]int{64, 32, 32}, Planes: [3][]byte{make([]byte, 64*48), make([]byte, 32*24), make([]byte, 32*24)}}
	shown := 0
	// show sends pictures until something is so.
	show := func(what string, so func() bool) {
		t.Helper()
		for !so() {
			packet, err := encoder.Encode(picture, int64(shown)*6000, shown%10 == 0)
			if err == nil {
				err = ada.Camera().WriteSample(pionmedia.Sample{Data: packet.Data, Duration: time.Second / 15})
			}
			if err != nil {
				t.Fatal(err)
			}
			shown++
			select {
			case <-time.After(time.Second / 15):
			case <-ada.ctx.Done():
				t.Fatalf("%s: it never was so; %+v", what, bob.View().State.People)
			}
		}
	}
	id := ada.id()
	received := func(source string, n uint64) func() bool {
		begin := bob.Received()[id+"/"+source].Packets
		return func() bool { return bob.Received()[id+"/"+source].Packets >= begin+n }
	}
	show("flat", received("camera", 5))
	ada.ask(filters("", session.Camera, session.FilterLink{Name: "relief"}))
	var w *webcam
	show("a cube is made", func() bool {
		select {
		case w = <-made:
		default:
		}
		return w != nil
	})
	show("the cube gets frames", func() bool { return w.frames.Load() > 5 })
	show("everybody is told", func() bool { return bob.View().State.People[id].Cube == w.cube.Name })
	show("views come", received("view", 5))
	// Another field of view is another cube.
	link := bob.View().State.People[id].Filters[0].ID
	ada.ask(filters("", session.Camera, session.FilterLink{ID: link, Values: map[string]string{"fov": "80"}}))
	first := w
	show("another cube is made", func() bool {
		select {
		case w = <-made:
		default:
		}
		return w != first
	})
	show("the first one ends", first.ended.Load)
	show("its views come", received("view", 5))
	ada.ask(filters("", session.Camera))
	show("flat again", received("camera", 5))
	show("everybody is told", func() bool { return bob.View().State.People[id].Cube == "" })
	show("the cube ends", w.ended.Load)
}
