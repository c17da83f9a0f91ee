package lift

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/face"
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

func TestCamera(t *testing.T) {
	c := Camera(1280, 720, 70, 0)
	if err := c.Lens.Validate(); err != nil {
		t.Fatal(err)
	}
	x, y, _ := c.Lens.Unproject(-0.5, -0.5)
	if corner := 2 * math.Atan(math.Hypot(x, y)) * 180 / math.Pi; math.Abs(corner-70) > 1e-9 {
		t.Errorf("from corner to corner are %v degrees", corner)
	}
	if head := c.Pose.Apply(space.Vec3{Z: Seat}); head.Norm() > 1e-12 {
		t.Errorf("the cube's origin is at %v", head)
	}
	// Looking down by 20 degrees, the middle of the picture is below the eye.
	down := Camera(640, 480, 70, 20).Pose.Rotate(space.Vec3{Z: 1})
	if a := math.Atan2(-down.Y, -down.Z) * 180 / math.Pi; math.Abs(a-20) > 1e-9 {
		t.Errorf("it looks down by %v degrees", a)
	}
}

// TestDistances compares with the nearest cell of background.
func TestDistances(t *testing.T) {
	var alpha, got plane.Plane
	alpha.Resize(40, 30)
	for i := range alpha.V {
		x, y := float64(i%40)-18, float64(i/40)-20
		alpha.V[i] = 0
		if x*x+y*y < 150 {
			alpha.V[i] = 1
		}
	}
	distances(&got, &alpha, 5)
	for i, a := range alpha.V {
		want := math.Inf(1)
		for j, b := range alpha.V {
			if b < 0.5 {
				want = min(want, 5*math.Hypot(float64(i%40-j%40), float64(i/40-j/40)))
			}
		}
		if d := float64(got.V[i]); a < 0.5 && d != 0 || d < want-1e-3 || d > 1.09*want+1e-3 {
			t.Fatalf("cell %d is %v from the background, not %v", i, d, want)
		}
	}
	alpha.Fill(1)
	distances(&got, &alpha, 5)
	if got.V[0] < 1e5 {
		t.Errorf("the picture's edge is taken for a silhouette: %v", got.V[0])
	}
}

// TestMannequinIsSmooth: nothing jumps, and the middle is nearer than the rim.
func TestMannequinIsSmooth(t *testing.T) {
	for below := -200.0; below < 800; below++ {
		if a, b := bodyAt(below), bodyAt(below+1); math.Abs(a-b) > 1 {
			t.Errorf("the torso jumps from %v to %v at %v", a, b, below)
		}
		for head := 0.0; head <= 1; head += 0.25 {
			if rim, middle := mannequin(bodyAt(below), head, 0), mannequin(bodyAt(below), head, 200); rim <= middle {
				t.Errorf("at %v the rim is at %v, the middle at %v", below, rim, middle)
			}
		}
	}
}

// fakeTracker shows a face and its irises.
type fakeTracker struct {
	face   *face.Face
	iris   face.Iris
	forgot int
	looked int
}

func (f *fakeTracker) Next(capture.Picture, space.Camera, face.Square) (*face.Face, error) {
	return f.face, nil
}
func (f *fakeTracker) Forget() { f.forgot++ }
func (f *fakeTracker) Iris(capture.Picture, space.Camera, *face.Face, bool) (face.Iris, bool, error) {
	f.looked++
	return f.iris, true, nil
}

// lens is what the pictures below are seen with.
func lens() space.Lens {
	l := Camera(1280, 720, 70, 0).Lens
	l.Fx, l.Fy = 1050, 1050
	return l
}

// looking is a face towards the camera, at a place in the picture, whose eyes' outer
// corners are so many pixels apart.
func looking(x, y, apart float64) *face.Face {
	f, l := &face.Face{Score: 0.9}, lens()
	set := func(i int, u, v, z float64) {
		away := l.Fx/apart + z
		a, b, _ := l.Unproject(x+u*apart, y+v*apart)
		f.Mesh[i] = space.Vec3{X: a, Y: b, Z: 1}.Scale(away)
	}
	for i := range f.Mesh { // a bowl
		u, v := float64(i%22)/21-0.5, float64(i/22)/21-0.5
		set(i, 1.5*u, 1.5*v, u*u+v*v)
	}
	set(face.RightOuter, -0.5, 0, 0)
	set(face.LeftOuter, 0.5, 0, 0)
	set(face.Forehead, 0, -0.8, 0)
	set(face.Chin, 0, 0.9, 0)
	set(face.RightSide, -0.8, 0, 0.6)
	set(face.LeftSide, 0.8, 0, 0.6)
	return f
}

// bust is a matte of a head and shoulders.
func bust() *segment.Matte {
	m := &segment.Matte{Cell: 4}
	m.Alpha.Resize(320, 180)
	for i := range m.Alpha.V {
		x, y := float64(i%320)-160, float64(i/320)
		m.Alpha.V[i] = 0
		if math.Hypot(x/26, (y-70)/36) < 1 || y > 100 && math.Abs(x) < 70 {
			m.Alpha.V[i] = 1
		}
	}
	return m
}

func watch(t *testing.T, p *person, frames int) {
	t.Helper()
	for range frames {
		if err := p.watch(capture.Picture{Width: 1280, Height: 720}, bust(), lens()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDistanceFromEyes(t *testing.T) {
	f := &fakeTracker{face: looking(640, 280, 135)}
	p := newPerson(f)
	watch(t, p, 1)
	if want := 1050.0 * usualBetween / 135; math.Abs(p.distance-want) > 1 {
		t.Errorf("they are %v mm away, not %v", p.distance, want)
	}
	// Irises that are large for these eyes: the eyes are closer together.
	f.iris = face.Iris{Diameter: irisDiameter / 86., Opening: 0.3}
	watch(t, p, 300)
	if f.looked < 10 || p.between > 89 || p.between < 86 {
		t.Errorf("after %d looks the eyes are %v mm apart", f.looked, p.between)
	}
	far := p.distance
	f.face = nil
	watch(t, p, 30)
	if p.distance != far {
		t.Errorf("without a face the distance went from %v to %v", far, p.distance)
	}
	if math.Abs(p.eye.y-280) > 8 {
		t.Errorf("without a face the eyes went to %v", p.eye.y)
	}
	if _, seen := p.gaze(Camera(1280, 720, 70, 0)); seen {
		t.Error("a gaze is seen where no face is")
	}
	// By another lens the face is elsewhere: it is looked for anew, once.
	forgot, zoomed := f.forgot, lens()
	zoomed.Fx *= 1.3
	for range 2 {
		if err := p.watch(capture.Picture{Width: 1280, Height: 720}, bust(), zoomed); err != nil {
			t.Fatal(err)
		}
	}
	if f.forgot != forgot+1 {
		t.Errorf("with another lens the face is forgotten %d times", f.forgot-forgot)
	}
	watch(t, p, 1)
	forgot = f.forgot
	f.face = looking(640, 280, 3)
	watch(t, p, 1)
	if f.forgot != forgot+1 || p.face != nil {
		t.Errorf("a face 30 m away is believed: forgot %d", f.forgot-forgot)
	}
}

func TestGazeOfAFaceThatLooks(t *testing.T) {
	f := &fakeTracker{face: looking(639.5, 359.5, 135)}
	p := newPerson(f)
	watch(t, p, 1)
	g, seen := p.gaze(Camera(1280, 720, 70, 0))
	if !seen || g.Direction.Sub(space.Vec3{Z: 1}).Norm() > 1e-6 {
		t.Errorf("it points to %v", g.Direction)
	}
	if want := (space.Vec3{Z: Seat - p.distance/1000}); g.Eye.Sub(want).Norm() > 1e-6 {
		t.Errorf("the eyes are at %v, not %v", g.Eye, want)
	}
}

// TestReliefIsWhole: depth is everywhere, without a jump within the person, and
// follows the mesh in the face.
func TestReliefIsWhole(t *testing.T) {
	f := &fakeTracker{face: looking(640, 280, 135)}
	p := newPerson(f)
	watch(t, p, 1)
	var r relief
	depth := r.make(bust(), p, lens(), 0)
	for y := range depth.Height {
		row := depth.Row(y)
		for x := 1; x < len(row); x++ {
			if !(row[x] > 400 && row[x] < 1200) {
				t.Fatalf("at %d, %d the depth is %v", x, y, row[x])
			}
			if d := row[x] - row[x-1]; max(d, -d) > 30 {
				t.Fatalf("at %d, %d the depth jumps by %v", x, y, d)
			}
		}
	}
	off := 0.0
	for i, q := range f.face.Mesh {
		x, y := int(p.places[i].x/4), int(p.places[i].y/4)
		off += math.Abs(float64(depth.V[y*320+x])-q.Z*p.between) / face.Points
	}
	if off > 6 {
		t.Errorf("the relief is %.1f mm off the mesh on average", off)
	}
	upright := append([]float32(nil), depth.V...)
	leaning := r.make(bust(), p, lens(), 15)
	if a, b := upright[170*320+160], leaning.V[170*320+160]; b < a+40 {
		t.Errorf("for a camera that looks down the belly is at %v, not farther than %v", b, a)
	}
}
