package reference

import "math"

// varyings is the number of values that a vertex hands to its fragments.
const varyings = 5

// vertex is a corner in a picture: pixel, distance along the optical axis in
// metres, the distance that it is tested with, and values to interpolate.
type vertex struct {
	x, y, z, back float64
	values        [varyings]float64
}

// rasterise calls fragment for every pixel whose centre lies in the triangle,
// with the distance to test and perspective-correct values. Triangles that are
// seen from behind or reach nearer than nearest are left out.
func rasterise(t [3]vertex, w, h int, fragment func(x, y int, back float64, values [varyings]float64)) {
	a, b, c := t[0], t[1], t[2]
	area := (b.x-a.x)*(c.y-a.y) - (c.x-a.x)*(b.y-a.y)
	if !(area > 0) || min(a.z, b.z, c.z) < nearest {
		return
	}
	x0, x1 := int(math.Ceil(max(min(a.x, b.x, c.x), 0))), int(math.Floor(min(max(a.x, b.x, c.x), float64(w-1))))
	y0, y1 := int(math.Ceil(max(min(a.y, b.y, c.y), 0))), int(math.Floor(min(max(a.y, b.y, c.y), float64(h-1))))
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			px, py := float64(x), float64(y)
			wa := ((b.x-px)*(c.y-py) - (c.x-px)*(b.y-py)) / area
			wb := ((c.x-px)*(a.y-py) - (a.x-px)*(c.y-py)) / area
			wc := 1 - wa - wb
			if wa < 0 || wb < 0 || wc < 0 {
				continue
			}
			// 1/back is linear in the picture, as 1/z is, and value/z.
			back := 1 / (wa/a.back + wb/b.back + wc/c.back)
			wa, wb, wc = wa/a.z, wb/b.z, wc/c.z
			z := 1 / (wa + wb + wc)
			var values [varyings]float64
			for i := range values {
				values[i] = z * (wa*a.values[i] + wb*b.values[i] + wc*c.values[i])
			}
			fragment(x, y, back, values)
		}
	}
}
