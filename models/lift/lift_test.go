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

// fakeFinder shows a face of a size, at a place.
type fakeFinder struct {
	face   *face.Face
	iris   float64
	forgot int
	looked int
}

func (f *fakeFinder) Find(capture.Picture, face.Box) (*face.Face, error) { return f.face, nil }
func (f *fakeFinder) Forget()                                            { f.forgot++ }
func (f *fakeFinder) Iris(capture.Picture, *face.Face, bool) (face.Iris, error) {
	f.looked++
	return face.Iris{Diameter: f.iris}, nil
}

// looking is a face towards the camera whose eyes' outer corners are so many
// pixels apart.
func looking(x, y, apart float64) *face.Face {
	f := &face.Face{Score: 0.9}
	for i := range f.Mesh { // a bowl
		u, v := float64(i%22)/21-0.5, float64(i/22)/21-0.5
		f.Mesh[i] = face.Point{X: x + 1.5*apart*u, Y: y + 1.5*apart*v, Z: apart * (u*u + v*v)}
	}
	set := func(i int, u, v, z float64) { f.Mesh[i] = face.Point{X: x + u*apart, Y: y + v*apart, Z: z * apart} }
	set(face.RightOuter, -0.5, 0, 0)
	set(face.LeftOuter, 0.5, 0, 0)
	set(face.RightInner, -0.2, 0, 0)
	set(face.LeftInner, 0.2, 0, 0)
	set(face.RightUpper, -0.35, -0.05, 0)
	set(face.RightLower, -0.35, 0.05, 0)
	set(face.LeftUpper, 0.35, -0.05, 0)
	set(face.LeftLower, 0.35, 0.05, 0)
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
		if err := p.watch(capture.Picture{Width: 1280, Height: 720}, bust(), 1050); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDistanceFromEyes(t *testing.T) {
	f := &fakeFinder{face: looking(640, 280, 135)}
	p := newPerson(f)
	watch(t, p, 1)
	if want := 1050.0 * usualBetween / 135; math.Abs(p.distance-want) > 1 {
		t.Errorf("they are %v mm away, not %v", p.distance, want)
	}
	// Irises that are large for these eyes: the eyes are closer together.
	f.iris = 135 * irisDiameter / 86
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
	if math.Abs(p.eyeY-280) > 8 {
		t.Errorf("without a face the eyes went to %v", p.eyeY)
	}
	if _, seen := p.gaze(Camera(1280, 720, 70, 0)); seen {
		t.Error("a gaze is seen where no face is")
	}
	f.face = looking(640, 280, 3)
	watch(t, p, 1)
	if f.forgot != 2 || p.face != nil { // the first was that of the size
		t.Errorf("a face 30 m away is believed: forgot %d", f.forgot)
	}
}

func TestGazeOfAFaceThatLooks(t *testing.T) {
	f := &fakeFinder{face: looking(639.5, 359.5, 135)}
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
	f := &fakeFinder{face: looking(640, 280, 135)}
	p := newPerson(f)
	watch(t, p, 1)
	var r relief
	lens := Camera(1280, 720, 70, 0).Lens
	lens.Fx, lens.Fy = 1050, 1050
	depth := r.make(bust(), p, lens, 0)
	perPixel := p.between / 135
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
	for _, q := range f.face.Mesh {
		x, y := int(q.X/4), int(q.Y/4)
		off += math.Abs(float64(depth.V[y*320+x])-p.distance-q.Z*perPixel) / face.Points
	}
	if off > 6 {
		t.Errorf("the relief is %.1f mm off the mesh on average", off)
	}
	upright := append([]float32(nil), depth.V...)
	leaning := r.make(bust(), p, lens, 15)
	if a, b := upright[170*320+160], leaning.V[170*320+160]; b < a+40 {
		t.Errorf("for a camera that looks down the belly is at %v, not farther than %v", b, a)
	}
}
