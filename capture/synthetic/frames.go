package synthetic

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// studio draws the rig's pictures. What is drawn once a camera is drawn when
// it is first needed; after that it is read-only.
type studio struct {
	scene   *Scene
	rig     capture.Rig
	options Options
	rooms   []cameraRoom
}

// cameraRoom is the room as one sensor sees it.
type cameraRoom struct {
	once    sync.Once
	colour  *backdrop
	encoded []uint8
	depth   *echoes
}

func newStudio(o Options) *studio {
	return &studio{scene: NewScene(o), rig: rig(o), options: o, rooms: make([]cameraRoom, o.Cameras)}
}

// drawer is one goroutine's memory for drawing.
type drawer struct {
	studio  *studio
	painter painter
	pose    *pose
	posed   Instant
	image   Image
	echoes  *echoes
}

func (s *studio) drawer(workers int) *drawer {
	return &drawer{studio: s, painter: painter{scene: s.scene, workers: workers}}
}

// gain is a camera's factor for each channel in linear light.
func (s *studio) gain(camera int) figure.RGB {
	g := figure.RGB{1, 1, 1}
	for c := range g {
		if s.options.Mismatch {
			g[c] += 0.08 * (2*figure.Unit(figure.Hash(s.options.Seed)+uint64(3*camera+c)) - 1)
		}
	}
	return g
}

// shot draws one camera of one frame set into the given memory.
func (d *drawer) shot(camera, index int, seed uint64, colour capture.Picture, depth []uint16) error {
	s := d.studio
	c := s.rig.Cameras[camera]
	room := &s.rooms[camera]
	room.once.Do(func() { d.drawRoom(camera, room) })
	if t := s.scene.Instant(index); d.pose == nil || d.posed != t {
		d.pose, d.posed = s.scene.pose(t, d.pose), t
	}
	w, h := c.Colour.Lens.Width, c.Colour.Lens.Height
	if len(d.image.RGB) != 3*w*h {
		d.image = Image{Width: w, Height: h, RGB: make([]uint8, 3*w*h)}
		d.echoes = newEchoes(c.Depth.Lens.Width * c.Depth.Lens.Height)
	}
	d.pose.flash = s.options.Flash && s.options.pulses(index) // also where the pose is frozen
	d.painter.colour(c.Colour, d.pose, room.colour, room.encoded, s.gain(camera), &d.image)
	if s.options.Noise {
		grain(d.image.RGB, newStream(seed, camera, index, 1))
	}
	if err := nv12.FromPacked(colour, d.image.RGB, 3*w, nv12.RGB); err != nil {
		return fmt.Errorf("draw camera %d, frame %d: %w", camera, index, err)
	}
	d.painter.sense(c.Depth, d.pose, room.depth, d.echoes)
	measure(d.echoes, c.Depth.Lens.Width, c.Depth.Lens.Height, s.options.Noise, newStream(seed, camera, index, 2), depth)
	return nil
}

// drawRoom draws what never changes before a camera.
func (d *drawer) drawRoom(camera int, room *cameraRoom) {
	c := d.studio.rig.Cameras[camera]
	room.colour, room.depth = d.painter.backdrop(c.Colour), d.painter.senseRoom(c.Depth)
	room.encoded = d.painter.encoded(room.colour, d.studio.gain(camera))
}

// set draws one frame set into memory of its own. Captured is the frame's
// place in the loop, after the clock's first second.
func (s *studio) set(index int, seed uint64) ([]*capture.Frame, error) {
	if index < 0 || index >= s.options.Frames {
		return nil, fmt.Errorf("draw frame set %d: the loop has %d", index, s.options.Frames)
	}
	d := s.drawer(runtime.GOMAXPROCS(0))
	frames := make([]*capture.Frame, len(s.rig.Cameras))
	for i, c := range s.rig.Cameras {
		f := capture.NewFrame(nil)
		f.Camera = i
		stamp(f, index, s.options.Rate)
		f.Colour = nv12.New(c.Colour.Lens.Width, c.Colour.Lens.Height, capture.Full)
		f.Depth = capture.DepthPicture{Width: c.Depth.Lens.Width, Height: c.Depth.Lens.Height, Millimetres: make([]uint16, c.Depth.Lens.Width*c.Depth.Lens.Height)}
		if err := d.shot(i, index, seed, f.Colour, f.Depth.Millimetres); err != nil {
			return nil, err
		}
		frames[i] = f
	}
	return frames, nil
}

// stamp gives a frame its place in the loop, after the clock's first second.
func stamp(f *capture.Frame, index int, rate float64) {
	f.Sequence = uint64(index)
	f.Captured = capture.Time(1e9 + float64(index)/rate*1e9)
	f.Emitted = f.Captured
}
