package segment

import "github.com/virtualcube/virtualcube/models/matte/plane"

// guide fits the matte to the colours of the picture: round each cell the matte
// is a linear function of Y, U and V, the one that fits best what was found
// (He, Sun and Tang, Guided Image Filtering, 2010, eq. 19 to 21).
type guide struct {
	mean plane.Mean
	band plane.Rect
	// Per cell: by what Y, U and V, of 0 to 255, are multiplied, and what is added.
	by   [3]plane.Plane
	plus plane.Plane

	means    [3]plane.Plane
	products [6]plane.Plane // of Y, U, V: YY, YU, YV, UU, UV, VV
	matched  [3]plane.Plane // of what was found with Y, U and V
	average  plane.Plane    // of what was found
	runs     []run
	rows     [4][]float32
}

const (
	reach = 4 // cells round a cell that its function is fitted to
	// smooth is how much colours must vary for the matte to follow them: the
	// variance of a channel of 0 to 255.
	smooth = 1e-4 * 255 * 255
)

var pairs = [6][2]int{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 2}}

// fit makes the functions of the cells in whose surroundings the matte is unsure
// and returns these.
func (g *guide) fit(found *plane.Plane, colours *[3]plane.Plane) plane.Rect {
	width, height := found.Width, found.Height
	for i := range g.by {
		g.by[i].Resize(width, height)
		g.by[i].Fill(0)
		g.means[i].Resize(width, height)
		g.matched[i].Resize(width, height)
	}
	g.plus.Resize(width, height)
	copy(g.plus.V, found.V)
	g.average.Resize(width, height)
	for i := range g.products {
		g.products[i].Resize(width, height)
	}
	g.band = unsure(found).Grow(2*reach+1, width, height)
	if g.band.Empty() {
		return g.band
	}
	g.moments(found, colours)
	g.solve()
	for i := range g.by {
		g.mean.Box(&g.by[i], &g.by[i], g.band, reach)
	}
	g.mean.Box(&g.plus, &g.plus, g.band, reach)
	return g.band
}

// unsure bounds where a matte is neither 0 nor 1, or jumps from one to the other.
func unsure(found *plane.Plane) plane.Rect {
	r := plane.Rect{X0: found.Width, Y0: found.Height}
	for y := range found.Height {
		row := found.Row(y)
		above := found.Row(max(0, y-1))
		first, last := -1, -1
		for x, v := range row {
			if v > 0 && v < 1 || v != above[x] || x > 0 && v != row[x-1] {
				if first < 0 {
					first = max(0, x-1)
				}
				last = x
			}
		}
		if first >= 0 {
			r.X0, r.X1 = min(r.X0, first), max(r.X1, last+1)
			r.Y0, r.Y1 = min(r.Y0, max(0, y-1)), y+1
		}
	}
	return r
}

// moments takes the means of colours, of their products and of those with what
// was found.
func (g *guide) moments(found *plane.Plane, colours *[3]plane.Plane) {
	b := g.band
	for y := b.Y0; y < b.Y1; y++ {
		f := found.Row(y)
		for k, pair := range pairs {
			multiply(g.products[k].Row(y)[b.X0:b.X1], colours[pair[0]].Row(y)[b.X0:b.X1], colours[pair[1]].Row(y)[b.X0:b.X1])
		}
		for k := range colours {
			multiply(g.matched[k].Row(y)[b.X0:b.X1], colours[k].Row(y)[b.X0:b.X1], f[b.X0:b.X1])
		}
	}
	for k := range colours {
		g.mean.Box(&g.means[k], &colours[k], b, reach)
		g.mean.Box(&g.matched[k], &g.matched[k], b, reach)
	}
	for k := range g.products {
		g.mean.Box(&g.products[k], &g.products[k], b, reach)
	}
	g.mean.Box(&g.average, found, b, reach)
}

func multiply(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for x := range dst {
		dst[x] = a[x] * b[x]
	}
}

// solve makes each cell's function of the moments, by Cramer's rule.
func (g *guide) solve() {
	b := g.band
	for y := b.Y0; y < b.Y1; y++ {
		at := y*g.plus.Width + b.X0
		for i := at; i < at+b.X1-b.X0; i++ {
			p := g.average.V[i]
			if p < 1e-4 || p > 1-1e-4 {
				g.by[0].V[i], g.by[1].V[i], g.by[2].V[i], g.plus.V[i] = 0, 0, 0, p
				continue
			}
			my, mu, mv := g.means[0].V[i], g.means[1].V[i], g.means[2].V[i]
			yy := g.products[0].V[i] - my*my + smooth
			yu := g.products[1].V[i] - my*mu
			yv := g.products[2].V[i] - my*mv
			uu := g.products[3].V[i] - mu*mu + smooth
			uv := g.products[4].V[i] - mu*mv
			vv := g.products[5].V[i] - mv*mv + smooth
			cy := g.matched[0].V[i] - my*p
			cu := g.matched[1].V[i] - mu*p
			cv := g.matched[2].V[i] - mv*p
			c0, c1, c2 := uu*vv-uv*uv, yv*uv-yu*vv, yu*uv-yv*uu
			det := 1 / (yy*c0 + yu*c1 + yv*c2)
			c3, c4, c5 := yy*vv-yv*yv, yu*yv-yy*uv, yy*uu-yu*yu
			ay := (c0*cy + c1*cu + c2*cv) * det
			au := (c1*cy + c3*cu + c4*cv) * det
			av := (c2*cy + c4*cu + c5*cv) * det
			g.by[0].V[i], g.by[1].V[i], g.by[2].V[i] = ay, au, av
			g.plus.V[i] = p - ay*my - au*mu - av*mv
		}
	}
}

// gain is by how much the matte is steepened round a half.
func gain(feather float64) float32 { return float32(1 / (0.2 + 0.8*feather)) }

// cells evaluates the functions at the cells' own colours.
func (g *guide) cells(alpha, found *plane.Plane, colours *[3]plane.Plane, feather float64) {
	alpha.Resize(found.Width, found.Height)
	copy(alpha.V, found.V)
	by, b := gain(feather), g.band
	for y := b.Y0; y < b.Y1; y++ {
		at := y * found.Width
		for i := at + b.X0; i < at+b.X1; i++ {
			v := g.plus.V[i] + g.by[0].V[i]*colours[0].V[i] + g.by[1].V[i]*colours[1].V[i] + g.by[2].V[i]*colours[2].V[i]
			alpha.V[i] = min(max((v-0.5)*by+0.5, 0), 1)
		}
	}
}
