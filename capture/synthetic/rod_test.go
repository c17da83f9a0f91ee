package synthetic

import (
	"fmt"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

// looker is a pinhole camera of one who sits at an eye and looks at the person.
func looker(eye, at space.Vec3, width int) space.Camera {
	f := float64(width) * 1.4 // some 40 degrees
	c := float64(width-1) / 2
	return space.Camera{Lens: space.Lens{Width: width, Height: width, Fx: f, Fy: f, Cx: c, Cy: c}, Pose: space.LookAt(eye, at, space.Vec3{Y: 1})}
}

// The person looks at a viewer's eye: the line from the point between the
// eyes goes through it, both tips lie on that line at their distances, and
// the viewer sees their centroids coincide, the inner one as a ring round the
// outer. Somebody else sees them far apart.
func TestRodLiesAlongTheGaze(t *testing.T) {
	const degree = math.Pi / 180
	for _, eye := range []space.Vec3{{Z: 1.2}, {X: -1.6, Y: -0.1, Z: 0.5}, {X: -0.3, Y: 0.1, Z: 2.6}} {
		t.Run(fmt.Sprint(eye), func(t *testing.T) {
			o := Default()
			o.Gaze, o.Rod = &eye, true
			s := NewScene(o)
			for _, i := range []int{0, 23} {
				at := s.Instant(i)
				tips := s.Rod(at)
				from := s.EyePoint(at)
				gaze := eye.Sub(from)
				if g := s.Truth(at).Gaze; g != eye {
					t.Fatalf("the gaze goes to %v", g)
				}
				for k, tip := range tips {
					d := tip.Position.Sub(from)
					if a := space.Angle(d, gaze); a > 1e-9 || math.Abs(d.Norm()-[2]float64{0.12, 0.42}[k]) > 1e-9 {
						t.Errorf("tip %s is %.4f m away, %.3g degrees beside the gaze", tip.Name, d.Norm(), a/degree)
					}
				}
				if a := seenApart(t, s, at, eye, 768); a > 0.15*degree {
					t.Errorf("frame %d: the viewer sees the tips %.2f degrees apart on the rod", i, a/degree)
				}
			}
			aside := eye.Add(space.Vec3{X: -math.Copysign(0.8, eye.X), Y: 0.1})
			if a := seenApart(t, s, 0, aside, 768); a < 10*degree {
				t.Errorf("another viewer sees the tips %.2f degrees apart", a/degree)
			}
		})
	}
}

// seenApart is the angle that the rod seems to make with the line of sight,
// from the centroids of its tips in the picture of a viewer.
func seenApart(t *testing.T, s *Scene, at Instant, eye space.Vec3, width int) float64 {
	t.Helper()
	tips := s.Rod(at)
	c := looker(eye, tips[0].Position.Lerp(tips[1].Position, 0.5), width)
	m := s.Render(c, at)
	var ray [2]space.Vec3
	for k, tip := range tips {
		x, y, depth, _ := c.Project(tip.Position)
		u, v, weight := centroid(m, tip.Colour, x, y)
		radius := tip.Radius * c.Lens.Fx / depth
		if disc := math.Pi * radius * radius; weight < 0.3*disc || weight > 1.1*disc {
			t.Errorf("tip %s covers %.0f pixels, its disc would %.0f", tip.Name, weight, disc)
		}
		r, _ := c.Ray(u, v)
		ray[k] = r.At(depth / c.Pose.Inverse().Rotate(r.Direction).Z)
	}
	return space.Angle(ray[1].Sub(ray[0]), eye.Sub(ray[0]))
}

// The rod belongs to the person: it lies in the rig's volume, wherever the
// person may look, and the room stays out of that.
func TestVolumeHoldsTheRod(t *testing.T) {
	for _, gaze := range []*space.Vec3{nil, {Z: 1}, {X: 2, Z: 0.6}, {X: -2, Z: 0.6}, {Y: 0.9, Z: 1.5}, {Y: -1.2, Z: 1.4}, {X: 1.5, Y: 0.9, Z: 0.6}} {
		o := Default()
		o.Rod, o.Gaze = true, gaze
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		s := NewScene(o)
		box := rig(o).Volume
		for i := range o.Frames {
			p := s.pose(s.Instant(i), nil)
			for k, q := range p.positions {
				if q.Y > volume.Min.Y && !box.Contains(q) {
					t.Fatalf("gaze %v, frame %d: vertex %d at %v lies outside %v", gaze, i, k, q, box)
				}
			}
		}
		for _, p := range staticRoom().Positions {
			if box.Contains(p) {
				t.Fatalf("gaze %v: %v of the room lies in the volume", gaze, p)
			}
		}
	}
	if rig(Default()).Volume != volume {
		t.Error("without a rod the volume is another")
	}
}

// The cameras see both tips where they project to, and depth knows them.
func TestCamerasSeeTheRod(t *testing.T) {
	o := Default()
	o.Rod, o.Noise, o.Gaze = true, false, &space.Vec3{X: 0.5, Z: 1.2}
	st := newStudio(o)
	seen := [2]int{}
	for _, c := range st.rig.Cameras {
		m := st.scene.Render(c.Colour, 0)
		for k, tip := range st.scene.Rod(0) {
			x, y, _, ok := c.Colour.Project(tip.Position)
			u, v, weight := centroid(m, tip.Colour, x, y)
			if !ok || weight < 20 {
				continue
			}
			seen[k]++
			if d := math.Hypot(u-x, v-y); d > 1.5 { // a ball's picture is not where its centre is
				t.Errorf("camera %s: tip %s lies %.2f pixels from where it projects", c.Name, tip.Name, d)
			}
			i := int(y+0.5)*m.Width + int(x+0.5)
			if want := tip.Position.Sub(c.Colour.Pose.T).Norm() - tip.Radius; m.PersonMask[i] != 255 || math.Abs(float64(m.Depth[i])/want-1) > 0.35 {
				t.Errorf("camera %s: tip %s has depth %.3f and mask %d", c.Name, tip.Name, m.Depth[i], m.PersonMask[i])
			}
		}
	}
	if seen[0] < 4 || seen[1] < 4 {
		t.Errorf("%d and %d cameras see the tips", seen[0], seen[1])
	}
}
