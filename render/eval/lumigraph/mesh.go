package lumigraph

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Lengths are millimetres unless said otherwise.
const (
	cell             = 4 // depth pixels along a coarse cell
	side             = cell + 1
	noiseStep        = 12    // spread that noise alone may make
	steepest         = 3     // tangent of the steepest surface that is still one
	sameSurface      = 18e-6 // mm a mm squared: depths further off are another surface's
	sameSurfaceFloor = 8
)

// corner is a vertex of the mesh.
type corner struct {
	at     int32      // depth pixel
	place  space.Vec3 // metres, in the depth camera's frame
	facing float64    // cosine between the surface's normal and the ray
}

// spread is how far the depths of one surface may lie apart within n pixels.
func (p *person) spread(z, n int) int {
	return noiseStep + int(steepest*float64(n)*float64(z)/p.camera.Depth.Lens.Fx)
}

// shared is the corner made last at a coarse grid point, and the mean depth of
// the cell that made it.
type shared struct{ corner, mean int }

// makeMesh covers the person with cells of 4 x 4 pixels, and with 1-pixel
// quads where depth steps within a cell.
func (p *person) makeMesh() {
	columns := p.width/cell + 1
	grid := make([]shared, columns*(p.height/cell+1))
	for i := range grid {
		grid[i].corner = -1
	}
	for y := cell; y+cell <= p.bottom; y += cell {
		for x := cell; x+cell <= p.right; x += cell {
			low, high, sum, count := math.MaxInt, 0, 0, 0
			for v := y; v <= y+cell; v++ {
				for at := v*p.width + x; at <= v*p.width+x+cell; at++ {
					if p.valid[at] != 0 {
						z := int(p.depth[at])
						low, high, sum, count = min(low, z), max(high, z), sum+z, count+1
					}
				}
			}
			switch {
			case count == 0:
			case high-low <= p.spread(low, cell):
				p.coarse(grid, columns, x, y, sum/count)
			default:
				p.fine(x, y)
			}
		}
	}
}

// coarse adds one cell of two triangles. A corner beside the person may border
// two surfaces: each gets its own.
func (p *person) coarse(grid []shared, columns, x, y, mean int) {
	var q [4]int32
	for i := range q {
		u, v := x+cell*(i%2), y+cell*(i/2)
		s := &grid[v/cell*columns+u/cell]
		if limit := p.spread(mean, cell); s.corner < 0 || s.mean-mean > limit || mean-s.mean > limit {
			*s = shared{p.add(u, v, mean, cell/2), mean}
		}
		q[i] = int32(s.corner)
	}
	p.triangles = append(p.triangles, [3]int32{q[0], q[1], q[2]}, [3]int32{q[2], q[1], q[3]})
}

// halves are the corners (x + 2y) of a quad without corner i, and of the whole
// quad last. All wind the same way.
var halves = [5][][3]int{{{2, 1, 3}}, {{0, 3, 2}}, {{0, 1, 3}}, {{0, 1, 2}}, {{0, 1, 2}, {2, 1, 3}}}

// fine covers one cell with quads of four depths that belong together, and
// triangles of three.
func (p *person) fine(x, y int) {
	var made [side * side]int32 // corner's number plus one
	for i := range cell * cell {
		low, high, valid, missing := math.MaxInt, 0, 0, 4
		for k := range 4 {
			at := (y+i/cell+k/2)*p.width + x + i%cell + k%2
			if p.valid[at] == 0 {
				missing = k
				continue
			}
			z := int(p.depth[at])
			low, high, valid = min(low, z), max(high, z), valid+1
		}
		if valid < 3 || high-low > p.spread(low, 1) {
			continue
		}
		for _, t := range halves[missing] {
			var triangle [3]int32
			for n, k := range t {
				u, v := i%cell+k%2, i/cell+k/2
				m := &made[v*side+u]
				if *m == 0 {
					*m = int32(p.add(x+u, y+v, int(p.depth[(y+v)*p.width+x+u]), 1)) + 1
				}
				triangle[n] = *m - 1
			}
			p.triangles = append(p.triangles, triangle)
		}
	}
}

// add makes the corner at a depth pixel: the mean of the depths of its own
// surface among 3 x 3 taps, radius pixels apart, and the normal of their
// least-squares plane. fallback is the depth that stands in for a pixel that
// shows something else.
func (p *person) add(x, y, fallback, radius int) int {
	at := y*p.width + x
	reference := float64(fallback)
	tolerance := sameSurfaceFloor + sameSurface*reference*reference
	if own := float64(p.depth[at]); p.valid[at] != 0 && math.Abs(own-reference) < 4*tolerance {
		reference = own
	}
	var sum, weight, slopeX, slopeY, spanX, spanY float64
	for v := -1; v <= 1; v++ {
		for u := -1; u <= 1; u++ {
			dz := float64(p.depth[at+radius*(v*p.width+u)]) - reference
			if math.Abs(dz) >= tolerance {
				continue
			}
			sum += dz
			weight++
			slopeX += dz * float64(u)
			slopeY += dz * float64(v)
			spanX += float64(u * u)
			spanY += float64(v * v)
		}
	}
	z := reference + sum/max(weight, 1)
	perPixel := p.camera.Depth.Lens.Fx / (float64(radius) * z)
	tiltX, tiltY := slopeX/max(spanX, 1)*perPixel, slopeY/max(spanY, 1)*perPixel
	p.corners = append(p.corners, corner{
		at: int32(at), place: p.camera.ray(at).Scale(z / 1000), facing: 1 / math.Sqrt(1+tiltX*tiltX+tiltY*tiltY),
	})
	return len(p.corners) - 1
}
