package synthetic

import (
	"runtime"
	"sync"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// Instant is a time in the loop, in seconds from its start. Times beyond the
// period wrap round.
type Instant float64

// Truth is where the person is at an instant.
type Truth struct {
	Head space.Rigid   // the head's frame at rest (origin between the ears, +z out of the face) to the cube
	Eyes [2]space.Vec3 // centres of the left and the right eyeball, in the cube
	Gaze space.Vec3    // the point that both eyes look at, in the cube
}

// Image is a truth picture.
type Image struct {
	Width, Height int
	RGB           []uint8   // sRGB, 3 bytes a pixel, the whole scene
	PersonMask    []uint8   // how much of the pixel is the person, 255 is all
	Depth         []float32 // metres along the optical axis at the pixel's centre, 0 where nothing is
}

// Scene is the person and the room. It is immutable and may be used by
// several goroutines at once.
type Scene struct {
	options Options
	person  *figure.Figure
	room    *room
	markers []*marker
	badge   *badge
	volume  space.Box
	encode  *encoder

	// The person's mesh with the props at its end.
	vertices  int
	triangles [][3]int32
	twoSided  []bool
	props     []prop
	propOf    []uint8 // of the triangles after the person's
}

// staticRoom is the same for all scenes.
var staticRoom = sync.OnceValue(newRoom)

// NewScene returns the scene of valid options. The first call of a process
// builds the person, which takes some seconds.
func NewScene(o Options) *Scene {
	s := &Scene{options: o, person: figure.Person(), room: staticRoom(), encode: newEncoder(), volume: volumeOf(o)}
	s.vertices = len(s.person.Vertices)
	s.triangles, s.twoSided = s.person.Triangles, s.person.TwoSided
	if o.Markers {
		s.addMarkers()
	}
	if o.Flash {
		s.addBadge()
	}
	if o.Rod {
		s.addRod()
	}
	return s
}

// Instant returns the time of a frame of the loop, the freeze option applied.
func (s *Scene) Instant(index int) Instant {
	if s.options.Freeze >= 0 {
		index = s.options.Freeze
	}
	index = ((index % s.options.Frames) + s.options.Frames) % s.options.Frames
	return Instant(float64(index) / s.options.Rate)
}

// Truth returns where the person is at an instant.
func (s *Scene) Truth(t Instant) Truth {
	m := s.motion(t)
	return Truth{Head: m.Head, Eyes: m.Eyes, Gaze: m.Gaze}
}

// EyePoint returns the point between the centres of the eyeballs at an
// instant, in the cube. The gaze goes from there through Truth's point.
func (s *Scene) EyePoint(t Instant) space.Vec3 {
	m := s.motion(t)
	return m.Between()
}

func (s *Scene) motion(t Instant) figure.Motion {
	return figure.Loop(float64(t), s.options.period(), s.options.Gaze)
}

// Render draws the scene for any camera at an instant, without gain or noise:
// the truth. With the freeze option a flash is not told from its pose. It uses all cores and returns when it is done.
func (s *Scene) Render(camera space.Camera, t Instant) Image {
	p := s.pose(t, nil)
	l := &painter{scene: s, workers: runtime.GOMAXPROCS(0)}
	under := l.backdrop(camera)
	out := Image{
		Width: camera.Lens.Width, Height: camera.Lens.Height,
		RGB: make([]uint8, 3*camera.Lens.Width*camera.Lens.Height), PersonMask: make([]uint8, camera.Lens.Width*camera.Lens.Height),
		Depth: make([]float32, camera.Lens.Width*camera.Lens.Height),
	}
	gain := figure.RGB{1, 1, 1}
	l.colour(camera, p, under, l.encoded(under, gain), gain, &out)
	return out
}

// pose is the person's mesh at an instant.
type pose struct {
	positions, normals []space.Vec3
	motion             figure.Motion
	flash              bool
}

// pose moves the person; a pose that is given is reused.
func (s *Scene) pose(t Instant, reuse *pose) *pose {
	if reuse == nil {
		reuse = &pose{positions: make([]space.Vec3, s.vertices), normals: make([]space.Vec3, s.vertices)}
	}
	reuse.motion = s.motion(t)
	s.person.Pose(&reuse.motion, reuse.positions, reuse.normals)
	s.placeProps(reuse)
	reuse.flash = s.options.Flash && pulse(float64(t))
	return reuse
}
