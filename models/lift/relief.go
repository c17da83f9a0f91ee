package lift

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// relief makes the depth of a person, by the cells of the matte. It holds what it
// computes with and is used by one goroutine.
type relief struct {
	inside plane.Plane // mm from a cell of the person to the silhouette
	depth  plane.Plane // mm behind the eyes, at last from the camera
	mean   plane.Mean

	lack  plane.Plane // what the face mesh says that the mannequin lacks, mm
	count plane.Plane
	fill  [scales]plane.Plane
	known [scales]plane.Plane
}

// make returns the depth of every cell, in mm along the optical axis.
func (r *relief) make(m *segment.Matte, p *person, lens space.Lens, tilt float64) *plane.Plane {
	width, height := m.Alpha.Width, m.Alpha.Height
	cell := float64(m.Cell)
	s := scale{
		mm: cell * p.distance / lens.Fx, x: (p.eye.x+0.5)/cell - 0.5, y: (p.eye.y+0.5)/cell - 0.5,
		sin: math.Sin(p.roll), cos: math.Cos(p.roll),
	}
	distances(&r.inside, &m.Alpha, float32(s.mm))
	r.depth.Resize(width, height)
	for y := range height {
		row, inside := r.depth.Row(y), r.inside.Row(y)
		body := bodyAt(s.mm * (float64(y) - s.y))
		for x := range row {
			row[x] = float32(mannequin(body, s.head(float64(x), float64(y)), float64(inside[x])))
		}
	}
	all := plane.Rect{X1: width, Y1: height}
	soft := max(1, int(math.Round(softness/s.mm)))
	for range 2 {
		r.mean.Box(&r.depth, &r.depth, all, soft)
	}
	r.tilt(s.y, p.distance, math.Tan(tilt*math.Pi/180)*cell/lens.Fy)
	if p.face != nil {
		r.model(p, s, cell)
	}
	for i, v := range r.depth.V {
		r.depth.V[i] = min(max(float32(p.distance)+v, nearest), farthest)
	}
	return &r.depth
}

// tilt leans the mannequin: somebody upright is farther below their eyes for a
// camera that looks down. lean is the tangent of the tilt by a cell's angle. The
// mesh, which comes after, has seen the face as it is to the camera.
func (r *relief) tilt(eyes, distance, lean float64) {
	if lean == 0 {
		return
	}
	for y := range r.depth.Height {
		by := float32(1 / max(0.2, 1-lean*(float64(y)-eyes)))
		row := r.depth.Row(y)
		for x, v := range row {
			row[x] = (float32(distance)+v)*by - float32(distance)
		}
	}
}

const (
	nearest, farthest = 100, 10000 // mm
	softness          = 10         // mm over which the mannequin is smooth
)

// scale places cells by the eyes.
type scale struct {
	mm       float64 // a cell
	x, y     float64 // the point between the eyes, in cells
	sin, cos float64 // of the head's roll
}

// head says how much a cell belongs to the head: 1 in an ellipse round it, 0 well
// outside.
func (s scale) head(x, y float64) float64 {
	dx, dy := (x-s.x)*s.mm, (y-s.y)*s.mm
	u, v := s.cos*dx+s.sin*dy, -s.sin*dx+s.cos*dy
	e := math.Hypot(u/headWide, (v-headLow)/headTall)
	return min(max((headFade-e)/(headFade-1), 0), 1)
}

// distances is how far every cell of the person is from the background, in steps
// to the eight neighbours; the picture's edge is none.
func distances(dst, alpha *plane.Plane, cell float32) {
	const far = 1e6
	dst.Resize(alpha.Width, alpha.Height)
	for i, a := range alpha.V {
		dst.V[i] = far
		if a < 0.5 {
			dst.V[i] = 0
		}
	}
	width, height := alpha.Width, alpha.Height
	aslant := cell * math.Sqrt2
	for y := range height {
		row, above := dst.Row(y), dst.Row(max(0, y-1))
		for x := range row {
			d := min(row[x], above[x]+cell)
			if x > 0 {
				d = min(d, row[x-1]+cell, above[x-1]+aslant)
			}
			if x+1 < width {
				d = min(d, above[x+1]+aslant)
			}
			row[x] = d
		}
	}
	for y := height - 1; y >= 0; y-- {
		row, below := dst.Row(y), dst.Row(min(height-1, y+1))
		for x := width - 1; x >= 0; x-- {
			d := min(row[x], below[x]+cell)
			if x+1 < width {
				d = min(d, row[x+1]+cell, below[x+1]+aslant)
			}
			if x > 0 {
				d = min(d, below[x-1]+aslant)
			}
			row[x] = d
		}
	}
}

// scales is at how many sizes the points of the mesh are spread.
const scales = 3

const (
	passes     = 3 // of a mean over a box, near a Gaussian
	smoothMesh = 3 // mm
)

// spread is over how many mm a point counts, from where points are dense to where
// they are not, and beyond the face.
var spread = [scales]float64{9, 18, 40}

// model bends the mannequin to the face: what the mesh has and it lacks is spread
// from the points over the cells round them.
func (r *relief) model(p *person, s scale, cell float64) {
	width, height := r.depth.Width, r.depth.Height
	r.lack.Resize(width, height)
	r.count.Resize(width, height)
	r.lack.Fill(0)
	r.count.Fill(0)
	part := plane.Rect{}
	for i, q := range p.places {
		x, y := int(math.Round((q.x+0.5)/cell-0.5)), int(math.Round((q.y+0.5)/cell-0.5))
		if x < 0 || y < 0 || x >= width || y >= height {
			continue
		}
		at := y*width + x
		r.lack.V[at] += float32(p.relief[i]) - r.depth.V[at]
		r.count.V[at]++
		part = part.Union(plane.Rect{X0: x, Y0: y, X1: x + 1, Y1: y + 1})
	}
	part = part.Grow(int(passes*spread[scales-1]/2/s.mm)+2, width, height)
	for k := range scales {
		for _, pair := range [2][2]*plane.Plane{{&r.fill[k], &r.lack}, {&r.known[k], &r.count}} {
			pair[0].Resize(width, height)
			radius := max(1, int(math.Round(spread[k]/2/s.mm)))
			r.mean.Box(pair[0], pair[1], part, radius)
			for range passes - 1 {
				r.mean.Box(pair[0], pair[0], part, radius)
			}
		}
	}
	r.bend(part, float32(meshTrust(p.yaw)), max(1, int(math.Round(smoothMesh/s.mm))))
}

// bend adds the correction, smooth and as far as it is trusted.
func (r *relief) bend(part plane.Rect, trust float32, radius int) {
	width := r.depth.Width
	for y := part.Y0; y < part.Y1; y++ {
		for i := y*width + part.X0; i < y*width+part.X1; i++ {
			r.lack.V[i] = r.correction(i)
		}
	}
	for range 2 {
		r.mean.Box(&r.lack, &r.lack, part, radius)
	}
	for y := part.Y0; y < part.Y1; y++ {
		for i := y*width + part.X0; i < y*width+part.X1; i++ {
			r.depth.V[i] += trust * r.lack.V[i]
		}
	}
}

// correction mixes the scales: the finest that has points counts; beyond all it
// fades.
func (r *relief) correction(i int) float32 {
	const enough = 0.01 // points a cell
	value := float32(0)
	for k := scales - 1; k >= 0; k-- {
		n := r.known[k].V[i]
		if n <= 1e-6 {
			break
		}
		value += min(1, n/enough) * (r.fill[k].V[i]/n - value)
	}
	return value
}

// meshTrust is how much the mesh counts for a face turned aside by an angle: in
// profile it is much too deep.
func meshTrust(yaw float64) float64 {
	return 1 - 0.85*min(max((math.Abs(yaw)-0.35)/0.5, 0), 1)
}
