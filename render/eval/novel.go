package eval

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/score"
)

// Stage is a rig of which the truth is known for any camera.
type Stage interface {
	// Instants is the length of the loop.
	Instants() int
	// Frames returns one frame a camera of an instant; the caller owns a
	// reference to each.
	Frames(instant int) ([]*capture.Frame, error)
	// Again returns frame n, from 0, of a sequence in which the pose is that
	// of the instant throughout and the noise is new each time; the caller
	// owns a reference to each.
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

// Novel renders a stage from eyes between its cameras.
type Novel struct {
	Stage         Stage
	Eyes          []space.Vec3
	Frames        int // instants an eye, spread evenly over the loop; NovelFrames where 0
	Width, Height int // 512 x 512 where 0

	sets map[int]*capture.FrameSet
}

// Defaults of Novel.
const (
	NovelSize   = 512 // pixels, the side of a picture
	NovelFrames = 10  // instants an eye
)

// Len implements Suite.
func (n *Novel) Len() int { return len(n.Eyes) * n.frames() }

func (n *Novel) frames() int { return min(or(n.Frames, NovelFrames), n.Stage.Instants()) }

// Case implements Suite. It keeps the frame sets until Close, since every eye
// looks at the same ones.
func (n *Novel) Case(i int) (Case, error) {
	frames := n.frames()
	eye, instant := i/frames, i%frames*n.Stage.Instants()/frames
	target := TargetAt(n.Eyes[eye], or(n.Width, NovelSize), or(n.Height, NovelSize))
	truth, err := n.Stage.Truth(instant, target)
	if err != nil {
		return Case{}, fmt.Errorf("draw the truth of eye %d, instant %d: %w", eye+1, instant, err)
	}
	set, err := n.set(instant)
	if err != nil {
		return Case{}, err
	}
	return Case{
		Camera: eyeName(eye), Frame: instant, Set: set.Retain(),
		Target: target, Truth: truth.Picture, Silhouette: truth.Silhouette, Depth: truth.Depth,
	}, nil
}

// eyeName names the view of an eye, given from 0.
func eyeName(eye int) string { return fmt.Sprintf("eye%02d", eye+1) }

func (n *Novel) set(instant int) (*capture.FrameSet, error) {
	if s, ok := n.sets[instant]; ok {
		return s, nil
	}
	frames, err := n.Stage.Frames(instant)
	if err != nil {
		return nil, fmt.Errorf("capture instant %d: %w", instant, err)
	}
	if n.sets == nil {
		n.sets = map[int]*capture.FrameSet{}
	}
	s := capture.NewFrameSet(uint64(instant), 0, frames)
	n.sets[instant] = s
	return s, nil
}

// Close gives the frame sets back.
func (n *Novel) Close() {
	for _, s := range n.sets {
		s.Release()
	}
	n.sets = nil
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
