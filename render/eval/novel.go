package eval

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/score"
)

// Stage is a rig of which the truth is known for any camera, in a loop.
type Stage interface {
	// Instants is the length of the loop.
	Instants() int
	// Rate is how many instants make a second.
	Rate() float64
	// Frames returns one frame a camera of an instant; the caller owns a
	// reference to each. Sequence and Captured are those of the first round.
	Frames(instant int) ([]*capture.Frame, error)
	// Again returns frame n, from 0, of a sequence in which the pose is that
	// of the instant throughout and the noise is new each time; the caller
	// owns a reference to each. Sequence and Captured advance from the
	// instant's.
	Again(instant, n int) ([]*capture.Frame, error)
	// Truth draws the instant from a pinhole.
	Truth(instant int, target space.Camera) (Truth, error)
}

// Truth is what a pinhole sees, all of one size.
type Truth struct {
	Picture    score.Picture // the whole scene
	Silhouette score.Mask    // where the person is
	Depth      []float32     // metres along the optical axis, 0 where unknown
}

// Novel renders a stage from eyes between its cameras: all eyes at one instant,
// then all at the next.
type Novel struct {
	Stage         Stage
	Eyes          []space.Vec3
	Frames        int // instants an eye, spread evenly over the loop; NovelFrames where 0
	Width, Height int // 512 x 512 where 0

	present *capture.FrameSet // what all eyes look at
	tick    int               // of present
}

// Defaults of Novel.
const (
	NovelSize   = 512 // pixels, the side of a picture
	NovelFrames = 10  // instants an eye
)

// Len implements Suite.
func (n *Novel) Len() int { return len(n.Eyes) * n.frames() }

func (n *Novel) frames() int { return min(or(n.Frames, NovelFrames), n.Stage.Instants()) }

// Case implements Suite. The loop is in its second round, so that something
// precedes its first instant.
func (n *Novel) Case(i int) (Case, error) {
	eye, instant := i%len(n.Eyes), i/len(n.Eyes)*n.Stage.Instants()/n.frames()
	tick := n.Stage.Instants() + instant
	target := TargetAt(n.Eyes[eye], or(n.Width, NovelSize), or(n.Height, NovelSize))
	truth, err := n.Stage.Truth(instant, target)
	if err != nil {
		return Case{}, fmt.Errorf("draw the truth of eye %d, instant %d: %w", eye+1, instant, err)
	}
	if n.present == nil || n.tick != tick {
		n.Close()
		if n.present, err = n.capture(tick); err != nil {
			return Case{}, err
		}
		n.tick = tick
	}
	return Case{
		Camera: eyeName(eye), Frame: instant, Tick: tick, Set: n.present.Retain(),
		Before: func(count int, show func(*capture.FrameSet) error) error { return n.before(tick, count, show) },
		Target: target, Truth: truth.Picture, Silhouette: truth.Silhouette, Depth: truth.Depth,
	}, nil
}

// eyeName names the view of an eye, given from 0.
func eyeName(eye int) string { return fmt.Sprintf("eye%02d", eye+1) }

// capture returns the frame set of a tick: the loop goes round and round.
func (n *Novel) capture(tick int) (*capture.FrameSet, error) {
	length := n.Stage.Instants()
	frames, err := n.Stage.Frames(tick % length)
	if err != nil {
		return nil, fmt.Errorf("capture instant %d: %w", tick%length, err)
	}
	set := capture.NewFrameSet(uint64(tick%length), 0, frames)
	defer set.Release()
	before := tick - tick%length // in earlier rounds
	return later(set, uint64(before), capture.Time(float64(before)/n.Stage.Rate()*1e9)), nil
}

// before shows the count sets before a tick.
func (n *Novel) before(tick, count int, show func(*capture.FrameSet) error) error {
	for t := tick - min(count, tick); t < tick; t++ {
		set, err := n.capture(t)
		if err != nil {
			return err
		}
		err = show(set)
		set.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// Close gives the frame set back.
func (n *Novel) Close() {
	if n.present != nil {
		n.present.Release()
	}
	n.present = nil
}

func or(value, otherwise int) int {
	if value == 0 {
		return otherwise
	}
	return value
}

// What a target camera shows, in the cube: a seated person from the hair to
// the lap and both hands.
const (
	subjectY    = -0.24 // metres, the centre, under the head
	subjectSide = 0.96  // metres that the picture's shorter side covers there
)

// TargetAt returns the camera of an eye: upright, aimed at the person, who
// fills the picture whatever the distance.
func TargetAt(eye space.Vec3, width, height int) space.Camera {
	subject := space.Vec3{Y: subjectY}
	f := float64(min(width, height)) * eye.Sub(subject).Norm() / subjectSide
	return space.Camera{
		Lens: space.Lens{
			Width: width, Height: height, Fx: f, Fy: f,
			Cx: float64(width-1) / 2, Cy: float64(height-1) / 2,
		},
		Pose: space.LookAt(eye, subject, space.Vec3{Y: 1}),
	}
}
