package landmarks

import (
	"cmp"
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/face"
	"github.com/virtualcube/virtualcube/models/landmarks/sight"
)

// watcher follows the face of one person.
type watcher struct {
	rig    capture.Rig
	finder *face.Finder

	solver sight.Solver
	found  bool // whether the face was seen at the last look
	turn   space.Mat3
	eyes   space.Vec3 // the middle between the eyes, in the cube
	width  float64    // of the eyes' outer corners, m
	used   []int      // cameras
	misses int        // looks in a row in which there was no face
	lids   lids
	face   face.Face
}

const (
	// likely is from which score on the mesh takes it for a face.
	likely = 0.5
	// gone is after how many looks without a face another person may come.
	gone = 50
)

// look finds the face in a frame set. ok is false where none is seen.
func (w *watcher) look(s *capture.FrameSet, cameras int) (f sight.Face, ok bool, err error) {
	if w.found {
		if f, ok, err = w.follow(s, cameras); err != nil || ok {
			return f, ok, err
		}
	}
	if w.found, err = w.seek(s, cameras); err == nil && w.found {
		f, ok, err = w.follow(s, cameras)
	}
	if err == nil && !ok {
		if w.misses++; w.misses == gone {
			w.solver.Forget()
			w.lids = lids{}
		}
	}
	return f, ok, err
}

// follow looks where the face was.
func (w *watcher) follow(s *capture.FrameSet, cameras int) (sight.Face, bool, error) {
	w.used = w.choose(s, w.used, w.turn.Column(2), w.eyes, cameras)
	var list []sight.Sighting
	for _, i := range w.used {
		seen, ok, err := w.glance(s.Frames[i], w.rig.Cameras[i])
		if err != nil {
			return sight.Face{}, false, err
		}
		if ok {
			list = append(list, seen)
		}
	}
	if w.lids.shut() {
		for i := range list {
			list[i].Open = [2]bool{}
		}
	}
	f, ok := w.solver.Solve(list, w.turn)
	if ok = ok && w.inside(f.Eye()); ok {
		w.turn, w.eyes, w.width, w.misses = f.Pose.R, f.Pose.T, f.Width, 0
	}
	w.found = ok
	return f, ok, nil
}

// inside says whether an eye is where the rig's person can be.
func (w *watcher) inside(eye space.Vec3) bool {
	const margin = 0.15 // m
	box, by := w.rig.Volume, space.Vec3{X: margin, Y: margin, Z: margin}
	return space.Box{Min: box.Min.Sub(by), Max: box.Max.Add(by)}.Contains(eye)
}

// kept is by how much better another camera must see the face to be used in place
// of one that was: 4 degrees.
const kept = 4 * math.Pi / 180

// choose are the cameras that see best what is at a point and faces a direction.
func (w *watcher) choose(s *capture.FrameSet, used []int, ahead, at space.Vec3, count int) []int {
	type view struct {
		camera int
		angle  float64
	}
	var views []view
	for i, c := range w.rig.Cameras {
		if i >= len(s.Frames) || s.Frames[i] == nil || s.Frames[i].Colour.Empty() {
			continue
		}
		u, v, _, ok := c.Colour.Project(at)
		if !ok || u < 0 || v < 0 || u > float64(c.Colour.Lens.Width) || v > float64(c.Colour.Lens.Height) {
			continue
		}
		angle := space.Angle(ahead, c.Colour.Pose.T.Sub(at))
		if slices.Contains(used, i) {
			angle -= kept
		}
		views = append(views, view{i, angle})
	}
	slices.SortStableFunc(views, func(a, b view) int { return cmp.Compare(a.angle, b.angle) })
	var chosen []int
	for _, v := range views[:min(count, len(views))] {
		chosen = append(chosen, v.camera)
	}
	return chosen
}

// What of a face a mesh is shown.
const (
	faceSpan = 0.18 // m: from hairline to chin, of an average adult
	below    = 0.03 // m: how far the face's middle is below the eyes
)

// pointsOfMesh are the points of package sight in its order.
var pointsOfMesh = [...]int{
	face.RightOuter, face.RightInner, face.LeftInner, face.LeftOuter, face.RightMouth, face.LeftMouth,
	face.Brow, face.Bridge, face.Nose, face.Lip,
}

// glance sees the face as one camera does. ok is false where it does not.
func (w *watcher) glance(f *capture.Frame, c capture.Camera) (seen sight.Sighting, ok bool, err error) {
	size := w.width / sight.AverageWidth
	up, m := w.turn.Column(1), &w.face
	where := face.Square{Middle: w.eyes.Sub(up.Scale(below * size)).Sub(c.Colour.Pose.T), Up: up, Size: faceSpan * size}
	if err := w.finder.Mesh(m, f.Colour, c.Colour, where); err != nil || m.Score < likely {
		return seen, false, err
	}
	middle := m.Eyes()
	for i, k := range pointsOfMesh {
		seen.Rays[i] = toward(c.Colour, m.Mesh[k])
		// The network guesses depths along the way to the face, not along each ray.
		seen.Farther[i] = m.Mesh[k].Dot(middle)/middle.Dot(middle) - 1
	}
	seen.Distance = distance(f.Depth, c.Depth, seen.Rays[sight.Bridge])
	for e := range seen.Iris {
		iris, ok, err := w.finder.Iris(f.Colour, c.Colour, m, e == sight.Left)
		if err != nil {
			return seen, false, err
		}
		if !ok {
			continue
		}
		seen.Iris[e], seen.Open[e] = toward(c.Colour, iris.Middle), true
		w.lids.add(iris.Opening)
	}
	return seen, true, nil
}

// toward is the ray from a camera to what is at a vector from it.
func toward(c space.Camera, to space.Vec3) space.Ray {
	return space.Ray{Origin: c.Pose.T, Direction: to.Unit()}
}
