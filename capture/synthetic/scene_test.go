package synthetic

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
)

// The centroid of a marker's pixels lies where its centre projects to, in
// every camera that sees all of it, lens distortion included.
func TestMarkersLandWhereTheyProject(t *testing.T) {
	o := Default()
	o.Markers, o.Noise, o.Freeze = true, false, 17
	s := NewScene(o)
	r := rig(o)
	markers := s.Markers(s.Instant(0))
	if len(markers) != 5 {
		t.Fatalf("%d markers", len(markers))
	}
	seen := map[string]int{}
	for _, c := range r.Cameras {
		m := s.Render(c.Colour, s.Instant(3))
		for _, k := range markers {
			// How many pixels the whole disc covers, from its tilt and distance.
			toward := c.Colour.Pose.T.Sub(k.Position)
			facing := toward.Unit().Dot(k.Normal)
			if facing < 0.3 {
				continue
			}
			_, _, depth, _ := c.Colour.Project(k.Position)
			x, y := projectedCentroid(c.Colour, k)
			// Solid angle times f² / cos³, the growth of pixels off the axis.
			area := math.Pi * markerRadius * markerRadius * facing * toward.Norm() * c.Colour.Lens.Fx * c.Colour.Lens.Fy / (depth * depth * depth)
			u, v, pixels := centroid(m, k.Colour, x, y)
			if pixels < 0.90*area {
				continue // partly hidden
			}
			seen[k.Name]++
			if pixels > 1.25*area {
				t.Errorf("camera %s: %s covers %.0f pixels, want %.0f", c.Name, k.Name, pixels, area)
			}
			if d := math.Hypot(u-x, v-y); d > 0.5 {
				t.Errorf("camera %s: %s lies %.2f pixels from where it projects", c.Name, k.Name, d)
			}
		}
	}
	for _, k := range markers {
		if seen[k.Name] < 2 {
			t.Errorf("%s is seen whole by %d cameras", k.Name, seen[k.Name])
		}
	}
}

// projectedCentroid is where the middle of a disc's picture lies. It differs
// from the picture of its middle by perspective, most for a near, tilted disc.
func projectedCentroid(c space.Camera, m Marker) (u, v float64) {
	x := m.Normal.Cross(space.Vec3{X: 1, Y: 0.3}).Unit()
	y := m.Normal.Cross(x)
	const n = 64
	for k := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / n)
		pu, pv, _, _ := c.Project(m.Position.Add(x.Scale(markerRadius * cos)).Add(y.Scale(markerRadius * sin)))
		u, v = u+pu/n, v+pv/n
	}
	return u, v
}

// centroid weighs the pixels within 30 of (x, y) by how much of them the
// marker's colour covers.
func centroid(m Image, colour [3]uint8, x, y float64) (u, v, weight float64) {
	linear := func(x uint8) float64 { return math.Pow((float64(x)/255+0.055)/1.055, 2.4) }
	for i := range m.Width * m.Height {
		if math.Hypot(float64(i%m.Width)-x, float64(i/m.Width)-y) > 30 {
			continue
		}
		high, low := 1.0, 0.0
		for c, k := range colour {
			if x := linear(m.RGB[3*i+c]); k == 255 {
				high = min(high, x)
			} else {
				low = max(low, x)
			}
		}
		w := min(1, (high-low)/0.926)
		if w < 0.30 || low > 0.33*high { // skin and shirt are reddish and bluish, too
			continue
		}
		u, v, weight = u+w*float64(i%m.Width), v+w*float64(i/m.Width), weight+w
	}
	return u / weight, v / weight, weight
}

// Depth and mask of a truth picture agree with the volume: what the mask
// calls the person lies in the volume, and nothing else does.
func TestMaskIsTheVolume(t *testing.T) {
	o := Default()
	o.Width, o.Height = 320, 240
	s := NewScene(o)
	for _, c := range rig(o).Cameras {
		m := s.Render(c.Colour, s.Instant(11))
		person, wrong := 0, 0
		for i, z := range m.Depth {
			if z <= 0 {
				t.Fatalf("camera %s: pixel %d sees nothing", c.Name, i)
			}
			x, y, ok := c.Colour.Lens.Unproject(float64(i%m.Width), float64(i/m.Width))
			if !ok {
				t.Fatalf("camera %s: pixel %d has no ray", c.Name, i)
			}
			p := c.Colour.Pose.Apply(space.Vec3{X: x, Y: y, Z: 1}.Scale(float64(z)))
			if m.PersonMask[i] == 255 {
				person++
			}
			if (m.PersonMask[i] == 255 && !volume.Contains(p)) || (m.PersonMask[i] == 0 && volume.Contains(p)) {
				wrong++
			}
		}
		if person < 3000 || wrong > person/200 {
			t.Errorf("camera %s: %d pixels of the person, %d contradict the volume", c.Name, person, wrong)
		}
	}
}

// The chair and the walls stay out of the volume, with room for noise.
func TestRoomIsOutsideTheVolume(t *testing.T) {
	const margin = 0.008
	for _, p := range staticRoom().Positions {
		if p.X > volume.Min.X-margin && p.X < volume.Max.X+margin && p.Y > volume.Min.Y-margin &&
			p.Y < volume.Max.Y+margin && p.Z > volume.Min.Z-margin && p.Z < volume.Max.Z+margin {
			t.Fatalf("%v of the room lies within %v m of the volume", p, margin)
		}
	}
}

// Above its bottom face the volume holds the whole person at every instant.
func TestPersonIsInsideTheVolume(t *testing.T) {
	o := Default()
	s := NewScene(o)
	for i := 0; i < o.Frames; i += 6 {
		p := s.pose(s.Instant(i), nil)
		for k, q := range p.positions {
			if q.Y > volume.Min.Y && !volume.Contains(q) {
				t.Fatalf("frame %d: vertex %d at %v (part %d) lies outside", i, k, q, s.person.Parts[0])
			}
		}
	}
}

// Cameras at the front see the whole head and both hands, none cut off.
func TestFraming(t *testing.T) {
	o := Default()
	s := NewScene(o)
	p := s.pose(s.Instant(0), nil)
	for _, c := range rig(o).Cameras {
		for name, l := range map[string]space.Camera{"colour": c.Colour, "depth": c.Depth} {
			for k, q := range p.positions {
				if q.Y < -0.60 {
					continue
				}
				u, v, _, ok := l.Project(q)
				if !ok || u < 2 || v < 2 || u > float64(l.Lens.Width-3) || v > float64(l.Lens.Height-3) {
					t.Fatalf("camera %s: %s lens does not see vertex %d at %v", c.Name, name, k, q)
				}
			}
		}
	}
}

// Depth is measured along the optical axis through the distorted lens: where
// the back wall is seen, it is what the ray through the pixel says.
func TestDepthIsTrue(t *testing.T) {
	o := Default()
	s := newStudio(o)
	for _, c := range s.rig.Cameras[:3] {
		l := &painter{scene: s.scene, workers: 1}
		e := l.senseRoom(c.Depth)
		walls := 0
		for i := 0; i < len(e.depth); i += 7 {
			got := e.depth[i]
			ray, ok := c.Depth.Ray(float64(i%c.Depth.Lens.Width), float64(i/c.Depth.Lens.Width))
			if !ok || ray.Direction.Z >= 0 {
				continue
			}
			k := (roomLow.Z - ray.Origin.Z) / ray.Direction.Z
			p := ray.At(k)
			inFront := true // the chair is nowhere near the ray
			for f := 0.0; f < 0.7; f += 0.05 {
				inFront = inFront && chair(p.Lerp(ray.Origin, f)) > 0.1
			}
			if p.Y < roomLow.Y+0.02 || p.Y > roomHigh.Y-0.02 || math.Abs(p.X) > roomHigh.X-0.02 || !inFront {
				continue
			}
			walls++
			if want := c.Depth.Pose.Inverse().Apply(p).Z; math.Abs(float64(got)-want) > 5e-4 {
				t.Fatalf("camera %s, pixel %d: depth %.4f m, want %.4f m", c.Name, i, got, want)
			}
		}
		if walls < 1500 {
			t.Errorf("camera %s sees %d pixels of wall", c.Name, walls)
		}
	}
}

// The picture does not depend on how many goroutines draw it.
func TestWorkersAgree(t *testing.T) {
	o := Default()
	o.Width, o.Height = 320, 180
	s := newStudio(o)
	c := s.rig.Cameras[2]
	var first Image
	for _, workers := range []int{1, 5} {
		l := &painter{scene: s.scene, workers: workers}
		under := l.backdrop(c.Colour)
		n := c.Colour.Lens.Width * c.Colour.Lens.Height
		out := Image{Width: 320, Height: 180, RGB: make([]uint8, 3*n), PersonMask: make([]uint8, n), Depth: make([]float32, n)}
		gain := s.gain(2)
		l.colour(c.Colour, s.scene.pose(0.3, nil), under, l.encoded(under, gain), gain, &out)
		if workers == 1 {
			first = out
		} else if !bytes.Equal(first.RGB, out.RGB) || !bytes.Equal(first.PersonMask, out.PersonMask) || !slices.Equal(first.Depth, out.Depth) {
			t.Errorf("%d workers draw another picture than one", workers)
		}
	}
}
