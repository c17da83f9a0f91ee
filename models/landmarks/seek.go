package landmarks

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/face"
	"github.com/virtualcube/virtualcube/models/landmarks/sight"
)

// windows are how much is shown to the detector round the cube's origin, m, from
// look to look without a face.
var windows = [...]float64{0.7, 1.1, 1.6}

const (
	// certain is from which score on something is a face.
	certain = 0.75
	// apart is by how much rays to the eyes may pass each other to be of one face, m.
	apart = 0.03
	// boxed is the side of the detector's box round an average adult's face, m.
	boxed = 0.165
)

// seek looks for a face and notes roughly where its eyes are and how it is turned.
func (w *watcher) seek(s *capture.FrameSet, cameras int) (bool, error) {
	up, ahead := space.Vec3{Y: 1}, space.Vec3{Z: 1}
	all := w.choose(s, nil, ahead, space.Vec3{}, len(w.rig.Cameras))
	if len(all) == 0 {
		return false, nil
	}
	// From look to look a wider window; after all of them, other cameras.
	first := w.misses / len(windows) * cameras % len(all)
	window := windows[w.misses%len(windows)]
	var lines [2][]sight.Line
	var best face.Detection
	var alone [2]space.Ray
	var away float64 // m
	for k := range min(cameras, len(all)) {
		i := all[(first+k)%len(all)]
		c := w.rig.Cameras[i].Colour
		d, err := w.finder.Detect(s.Frames[i].Colour, c, face.Square{Middle: c.Pose.T.Scale(-1), Up: up, Size: window})
		if err != nil {
			return false, err
		}
		if d.Score < certain {
			continue
		}
		right, left := toward(c, d.Right), toward(c, d.Left)
		lines[sight.Right] = append(lines[sight.Right], sight.Line{Ray: right, Weight: 1})
		lines[sight.Left] = append(lines[sight.Left], sight.Line{Ray: left, Weight: 1})
		if d.Score > best.Score {
			best, alone, ahead = d, [2]space.Ray{right, left}, c.Pose.T.Unit()
			if away = distance(s.Frames[i].Depth, w.rig.Cameras[i].Depth, between(right, left)); away == 0 {
				away = boxed * d.Box.Middle.Norm() / d.Box.Size
			}
		}
	}
	if best.Score == 0 {
		return false, nil
	}
	a, offA, okA := sight.Triangulate(lines[sight.Right])
	b, offB, okB := sight.Triangulate(lines[sight.Left])
	if !okA || !okB || max(offA, offB) > apart || !near(a.Sub(b).Norm()) {
		a, b = alone[sight.Right].At(away), alone[sight.Left].At(away)
	} else {
		ahead = b.Sub(a).Cross(up)
	}
	x := b.Sub(a).Unit()
	z := x.Cross(up).Unit()
	if z.Dot(ahead) <= 0 || x == (space.Vec3{}) {
		return false, nil
	}
	w.turn, w.eyes, w.width = space.Columns(x, z.Cross(x), z), a.Lerp(b, 0.5), sight.AverageWidth
	return w.inside(w.eyes), nil
}

// near says whether eyes can be so far apart, m.
func near(d float64) bool { return d > 0.04 && d < 0.1 }

// between is the ray in the middle of two from one point.
func between(a, b space.Ray) space.Ray {
	return space.Ray{Origin: a.Origin, Direction: a.Direction.Add(b.Direction).Unit()}
}
