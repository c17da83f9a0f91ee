package assembly_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/assembly"
)

func pose(axis space.Vec3, degrees float64, at space.Vec3) space.Rigid {
	return space.Rigid{R: space.RotationAbout(axis, degrees*degree), T: at}
}

func TestOverlaps(t *testing.T) {
	up := space.Vec3{Y: 1}
	for _, c := range []struct {
		name             string
		other            space.Rigid
		screens, volumes bool // of a seat at the origin
	}{
		{"itself", space.Identity(), true, true},
		{"window", pose(up, 180, space.Vec3{Z: 1.4}), false, false},
		{"window, half aside", pose(up, 180, space.Vec3{X: 0.3, Z: 1.4}), false, false},
		{"touching sides", pose(up, 0, space.Vec3{X: 1.2}), false, false},
		{"a hand's breadth too near", pose(up, 0, space.Vec3{X: 1.1}), false, true},
		{"half a screen aside", pose(up, 0, space.Vec3{X: 0.3}), true, true},
		{"crossing screens", pose(up, 90, space.Vec3{X: -0.6, Z: 0.7}), true, true},
		{"crossing screens, boxes apart", pose(up, 180, space.Vec3{X: 0.1, Z: 1.4}).Mul(pose(space.Vec3{X: 1}, 10, space.Vec3{})), true, false},
		{"behind one another", pose(up, 0, space.Vec3{Z: -1.3}), false, false},
		{"above", pose(up, 30, space.Vec3{Y: 1.7}), false, false},
		{"turned beside", pose(up, 45, space.Vec3{X: 1.3}), false, true},
		{"turned beside, farther", pose(up, 45, space.Vec3{X: 1.46}), false, false},
	} {
		front := assembly.DefaultScreens(1)[0]
		if got := assembly.ScreensIntersect(front, front.Moved(c.other)); got != c.screens {
			t.Errorf("%s: screens intersect: %t", c.name, got)
		}
		if a, b := assembly.VolumesOverlap(space.Identity(), c.other), assembly.VolumesOverlap(c.other, space.Identity()); a != c.volumes || b != c.volumes {
			t.Errorf("%s: volumes overlap: %t, %t", c.name, a, b)
		}
	}
}

func TestCheckNamesProblems(t *testing.T) {
	f := assembly.File{Version: 1, Seats: []assembly.FileSeat{{Position: []float64{0, 0, 0}}, {Name: "guest", Position: []float64{0.2, 0, 0}}}}
	r := arranged(t, f.Layout("heap"), 2).Check([][]assembly.Screen{{}, {{}}})
	text := strings.Join(append(r.Problems, r.Overlaps...), "\n")
	for _, want := range []string{"seat 1 and guest: their volumes", "guest: screen 1: "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not among the problems:\n%s", want, text)
		}
	}
	r = arranged(t, f.Layout("heap"), 2).Check(nil)
	if !strings.Contains(strings.Join(r.Overlaps, "\n"), "screen 1 of the one and screen 1 of the other intersect") {
		t.Errorf("overlaps %q", r.Overlaps)
	}
}

func TestGlide(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	any := func() space.Rigid { return pose(somewhere(r, 1), 360*r.Float64(), somewhere(r, 3)) }
	for range 500 {
		from, to := any(), any()
		whole := turn(from.R, to.R)
		before, last := from, 0.0
		for k := 0; k <= 50; k++ {
			at := float64(k) / 50
			now := assembly.Glide(from, to, at)
			if err := now.Validate(); err != nil {
				t.Fatal(err)
			}
			s := at * at * (3 - 2*at)
			if d := now.T.Sub(from.T.Lerp(to.T, s)).Norm(); d > 1e-12 {
				t.Fatalf("at %v the place is off by %v", at, d)
			}
			gone := turn(from.R, now.R)
			if math.Abs(gone-s*whole) > 1e-6 || gone < last-1e-6 {
				t.Fatalf("at %v it has turned by %v of %v", at, gone, whole)
			}
			if step := turn(before.R, now.R); step > 0.12 {
				t.Fatalf("at %v it turns by %v at once", at, step)
			}
			before, last = now, gone
		}
		if assembly.Glide(from, to, 0) != from || assembly.Glide(from, to, 1) != to || assembly.Glide(from, to, math.NaN()) != from || assembly.Glide(from, to, 2) != to {
			t.Fatal("the ends are not exact")
		}
	}
}

// turn is the angle between two rotations.
func turn(a, b space.Mat3) float64 {
	m := a.Transpose().Mul(b)
	return math.Atan2(space.Vec3{X: m[7] - m[5], Y: m[2] - m[6], Z: m[3] - m[1]}.Norm(), m[0]+m[4]+m[8]-1)
}

// TestHalfTurns have two ways, of which one is stated.
func TestHalfTurns(t *testing.T) {
	pair := arranged(t, layout(t, assembly.FaceToFace), 2)
	for _, axis := range []space.Vec3{{Y: 1}, {Y: -1}, {X: 1}, {X: -1}, {Z: -1}, {X: -1, Y: 1}, {X: 1, Y: -2, Z: 3}} {
		for _, degrees := range []float64{180, -180, 180 - 1e-8} {
			to := pose(axis, degrees, space.Vec3{})
			half := assembly.Glide(space.Identity(), to, 0.5)
			if err := half.Validate(); err != nil {
				t.Fatal(err)
			}
			if !(math.Abs(turn(space.Identity3(), half.R)-math.Pi/2) < 1e-5) {
				t.Errorf("%v: half way it has turned by %v", axis, turn(space.Identity3(), half.R))
			}
			want := axis.Unit()
			if want.Y < 0 || want.Y == 0 && (want.Z < 0 || want.Z == 0 && want.X < 0) {
				want = want.Scale(-1)
			}
			if got := (space.Vec3{X: half.R[7] - half.R[5], Y: half.R[2] - half.R[6], Z: half.R[3] - half.R[1]}).Unit(); got.Sub(want).Norm() > 1e-5 {
				t.Errorf("%v by %v: it turns about %v, want %v", axis, degrees, got, want)
			}
		}
	}
	if half := assembly.Glide(pair.Seats[0].Pose, pair.Seats[1].Pose, 0.5); half.R.Column(2).Sub(space.Vec3{X: 1}).Norm() > 1e-9 {
		t.Errorf("half way round the first faces %v", half.R.Column(2))
	}
}

// TestItems holds that everybody can read the first items, and that they hide
// no face from anybody who looks straight at it.
func TestItems(t *testing.T) {
	every(t, func(t *testing.T, a assembly.Assembly) {
		for index := range 4 {
			place := a.Item(index)
			if !(place.Width > 0.1 && place.Height > 0.05) || !place.Center.Finite() {
				t.Fatalf("item %d is %+v", index, place)
			}
			for i, s := range a.Seats {
				eye := s.Pose.T
				quad, ok := place.Seen(eye)
				if !ok {
					if a.Layout != "lectern" {
						t.Errorf("%d seats: seat %d cannot read item %d", len(a.Seats), i, index)
					}
					continue
				}
				if d := eye.Sub(quad.Center).Dot(quad.Normal()); d <= 0 {
					t.Errorf("%d seats: item %d shows seat %d its back", len(a.Seats), index, i)
				}
				if a.Layout == "lectern" {
					continue
				}
				for j, other := range a.Seats {
					if i != j && hides(quad, eye, other.Pose.T) {
						t.Errorf("%d seats: item %d hides seat %d from seat %d", len(a.Seats), index, j, i)
					}
				}
			}
		}
		if a.Item(-1) != a.Item(0) {
			t.Error("there is an item before the first")
		}
	})
}

// hides says whether the line between two heads passes through a rectangle.
func hides(s assembly.Screen, from, to space.Vec3) bool {
	n := s.Normal()
	d, e := from.Sub(s.Center).Dot(n), to.Sub(s.Center).Dot(n)
	if d*e >= 0 {
		return false
	}
	p := from.Lerp(to, d/(d-e)).Sub(s.Center)
	return math.Abs(p.Dot(s.Right)) < s.HalfWidth && math.Abs(p.Dot(s.Up)) < s.HalfHeight
}

func TestSides(t *testing.T) {
	for _, c := range []struct {
		sides assembly.Sides
		eye   space.Vec3
		right space.Vec3
		ok    bool
	}{
		{assembly.OneSide, space.Vec3{Z: 2}, space.Vec3{X: 1}, true},
		{assembly.OneSide, space.Vec3{Z: -2}, space.Vec3{}, false},
		{assembly.OneSide, space.Vec3{X: 2}, space.Vec3{}, false},
		{assembly.BothSides, space.Vec3{X: 5, Z: 2}, space.Vec3{X: 1}, true},
		{assembly.BothSides, space.Vec3{Z: -2}, space.Vec3{X: -1}, true},
		{assembly.EachViewer, space.Vec3{X: 2}, space.Vec3{Z: -1}, true},
		{assembly.EachViewer, space.Vec3{Y: 2}, space.Vec3{}, false},
	} {
		p := assembly.Place{Width: 2, Height: 1, Sides: c.sides}
		s, ok := p.Seen(c.eye)
		if ok != c.ok || ok && (s.Right.Sub(c.right).Norm() > 1e-9 || s.HalfWidth != 1) {
			t.Errorf("%v from %v: %+v, %t", c.sides, c.eye, s, ok)
		}
	}
}

const seat = "seats: [{position: [0, 0, 0]}]\n"

var files = []struct {
	name, text, err string
}{
	{"least", "version: 1\n" + seat, ""},
	{"unknown keys", "version: 1\nlights: [1, {a: b}]\nseats: [{position: [0, 0, 0], cushion: red}]\n", ""},
	{"items", "version: 1\n" + seat + "items: [{position: [0, 0, 2], yaw: 180, width: 1}, {position: [0, 1, 2], width: 1, height: 2, sides: each}]\n", ""},
	{"no version", seat, "version 0, this program knows 1"},
	{"later version", "version: 2\nseats: many\n", "version 2, this program knows 1"},
	{"no seats", "version: 1\n", "0 seats, 1 to 12"},
	{"too many", "version: 1\nseats: [" + strings.Repeat("{position: [0, 0, 0]}, ", 13) + "]\n", "13 seats, 1 to 12"},
	{"flat", "version: 1\nseats: [{position: [0, 0]}]\n", "seat 1: position of 2 numbers"},
	{"far", "version: 1\nseats: [{position: [0, 0, 1000]}]\n", "at most 50 m"},
	{"nan", "version: 1\nseats: [{position: [0, 0, .nan]}]\n", "at most 50 m"},
	{"spun", "version: 1\nseats: [{position: [0, 0, 0], yaw: 1e9}]\n", "yaw of 1e+09 degrees"},
	{"twins", "version: 1\nseats: [{name: a, position: [0, 0, 0]}, {name: a, position: [2, 0, 0]}]\n", "seat 2: name \"a\" is used twice"},
	{"twin of a number", "version: 1\nseats: [{name: seat 2, position: [0, 0, 0]}, {position: [2, 0, 0]}]\n", "used twice"},
	{"long name", "version: 1\nname: " + strings.Repeat("x", 41) + "\n" + seat, "name of 41 characters"},
	{"bell", "version: 1\nname: \"a\\ab\"\n" + seat, "cannot be printed"},
	{"a word for a number", "version: 1\nseats: [{position: [0, 0, 0], yaw: left}]\n", "[2:"},
	{"not yaml", "version: 1\nseats: [", "["},
	{"bomb", "version: 1\na: &a [x, x]\nb: [*a, *a]\n" + seat, "anchors, aliases and tags"},
	{"two documents", "version: 1\n" + seat + "---\nversion: 1\n", "more than one document"},
	{"no width", "version: 1\n" + seat + "items: [{position: [0, 0, 2]}]\n", "item 1: width of 0 m"},
	{"sides", "version: 1\n" + seat + "items: [{position: [0, 0, 2], width: 1, sides: three}]\n", "none of one, both and each"},
	{"large", "version: 1\n# " + strings.Repeat("x", 64<<10) + "\n" + seat, "at most 65536"},
	{"not text", "version: 1\n# \xff\n" + seat, "not UTF-8"},
}

func TestParse(t *testing.T) {
	for _, c := range files {
		f, err := assembly.Parse([]byte(c.text))
		switch {
		case c.err == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: error %v, want one line with %q", c.name, err, c.err)
		case c.err == "" && f.Seats[0].Position == nil:
			t.Errorf("%s: %+v", c.name, f)
		}
	}
	f := lectern(t)
	a := arranged(t, f.Layout("other"), 4)
	if a.Layout != "lectern" || a.Seats[0].Name != "speaker" || a.Seats[1].Facing().Z > -0.8 || a.Seats[1].Facing().X > 0 {
		t.Errorf("%+v", a)
	}
	if p := a.Item(0); p.Height != 1.8*9/16 || p.Sides != assembly.OneSide {
		t.Errorf("%+v", p)
	}
	if p := a.Item(2); p.Sides != assembly.EachViewer {
		t.Errorf("beyond the file's items: %+v", p)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range files {
		if len(c.text) < 4096 {
			f.Add([]byte(c.text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := assembly.Parse(data)
		if err != nil {
			return
		}
		a, err := assembly.New(file.Layout("fuzz"), len(file.Seats))
		if err != nil {
			t.Fatalf("parsed, but not arranged: %v", err)
		}
		for k, s := range a.Seats {
			if err := s.Pose.Validate(); err != nil || s.Name == "" {
				t.Fatalf("seat %d %q: %v", k, s.Name, err)
			}
		}
		for k := range 3 {
			if p := a.Item(k); !p.Center.Finite() || !(p.Width > 0 && p.Height > 0) {
				t.Fatalf("item %d: %+v", k, p)
			}
		}
	})
}
