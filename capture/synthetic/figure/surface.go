package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// RGB is linear light.
type RGB [3]float64

// Mix goes from c to d.
func (c RGB) Mix(d RGB, t float64) RGB {
	return RGB{c[0] + t*(d[0]-c[0]), c[1] + t*(d[1]-c[1]), c[2] + t*(d[2]-c[2])}
}

// Times scales all channels.
func (c RGB) Times(k float64) RGB { return RGB{c[0] * k, c[1] * k, c[2] * k} }

// Look is what the surface is like at a point.
type Look struct {
	Albedo  RGB
	Gloss   float64 // strength of the highlight, 0..1
	Sharp   float64 // Phong exponent of the highlight
	Scatter float64 // 0..1: how far light wraps round, as in skin
}

// Point is a surface point to be coloured.
type Point struct {
	Part      Part
	Local     space.Vec3
	Tag       float64
	Footprint float64 // width of a pixel on the surface, metres
}

// Surface returns the look of a point.
func Surface(p Point) Look {
	switch p.Part {
	case Skin:
		return face(p)
	case Lid:
		return lidLook(p)
	case Hair:
		return hairLook(p)
	case Brow:
		return Look{Albedo: hairColour.Times(0.9), Gloss: 0.05, Sharp: 12}
	case LeftEye, RightEye:
		return eyeLook(p)
	case Teeth:
		return Look{Albedo: RGB{0.66, 0.62, 0.54}.Times(1 - 0.25*stripe(p.Local.X, 0.0075, 0.0006, p.Footprint)), Gloss: 0.2, Sharp: 60}
	case LeftHand, RightHand:
		return handLook(p)
	case Clothes:
		if p.Tag > 0 {
			return wool(p)
		}
		return shirt(p)
	case Collar:
		return shirt(p)
	}
	return denim(p)
}

var (
	skinColour = RGB{0.60, 0.365, 0.255}
	redColour  = RGB{0.60, 0.255, 0.19}
	lipColour  = RGB{0.47, 0.185, 0.155}
	hairColour = RGB{0.060, 0.036, 0.022}
)

func skin(p Point) Look {
	c := skinColour.Times(1 + 0.05*Noise(p.Local.Scale(45)) + 0.05*fine(p.Local, 320, p.Footprint) + 0.05*fine(p.Local, 900, p.Footprint))
	c = c.Mix(redColour, 0.16+0.12*Noise(p.Local.Scale(28)))
	return Look{Albedo: c, Gloss: 0.10, Sharp: 18, Scatter: 0.32}
}

// face colours head and neck.
func face(p Point) Look {
	l := skin(p)
	q := p.Local
	x := math.Abs(q.X)
	front := smooth(0.02, 0.06, q.Z)
	spot := func(cx, cy, rx, ry float64) float64 {
		return math.Exp(-(x-cx)*(x-cx)/(rx*rx)-(q.Y-cy)*(q.Y-cy)/(ry*ry)) * front
	}
	l.Albedo = l.Albedo.Mix(redColour, 0.42*spot(0.042, -0.036, 0.018, 0.016)+0.40*spot(0, -0.042, 0.013, 0.010)+0.30*(1-smooth(0.016, 0.036, q.Sub(v(math.Copysign(0.082, q.X), -0.012, -0.010)).Norm())))
	l.Albedo = l.Albedo.Mix(RGB{0.42, 0.24, 0.20}, 0.40*spot(0.030, -0.013, 0.012, 0.005)) // under the eyes
	// Shaved beard.
	beard := smooth(-0.050, -0.066, q.Y) * smooth(-0.135, -0.115, q.Y) * (1 - smooth(0.050, 0.066, x)*smooth(-0.06, -0.04, q.Y)) * smooth(0.01, 0.04, q.Z)
	l.Albedo = l.Albedo.Mix(RGB{0.30, 0.215, 0.19}, beard*(0.26+0.16*fine(q, 700, p.Footprint)))
	if q.Z > 0.045 && x < 0.03 && q.Y < -0.06 && q.Y > -0.095 {
		l = lipLook(p, l)
	}
	// Nostrils.
	if d := math.Hypot((x-0.0068)/0.0036, (q.Y+0.0515)/0.0032); d < 1.3 && q.Z > 0.088 && q.Z < 0.1045 {
		l.Albedo = l.Albedo.Times(0.30 + 0.70*smooth(0.7, 1.3, d))
	}
	return l
}

func lipLook(p Point, l Look) Look {
	q := p.Local
	x := math.Abs(q.X)
	u := x / 0.0240
	line := lipLine(q.X)
	top := line + 0.0085*(1-u*u) - 0.0014*math.Exp(-x*x/(0.004*0.004))
	bottom := line - 0.0098*(1-u*u)
	edge := min(top-q.Y, q.Y-bottom)
	red := smooth(-0.0007, 0.0010, edge)
	c := lipColour.Times(1 + 0.10*wave(q.X, 0.0021, p.Footprint) + 0.08*fine(q, 500, p.Footprint))
	l.Albedo = l.Albedo.Mix(c, 0.88*red)
	l.Gloss += 0.10 * red
	// Inside the mouth.
	inside := smooth(0.0018, -0.0010, q.Z-(0.0875-0.0118*u)) * smooth(0.0092, 0.0080, math.Abs(q.Y-line))
	l.Albedo = l.Albedo.Mix(RGB{0.045, 0.010, 0.010}, inside)
	l.Gloss *= 1 - inside
	return l
}

func lidLook(p Point) Look {
	l := skin(p)
	l.Albedo = l.Albedo.Mix(RGB{0.46, 0.25, 0.20}, 0.35)
	row, lash := p.Tag, 0.92
	if p.Tag >= 9.5 {
		row, lash = p.Tag-10, 0.45
	}
	l.Albedo = l.Albedo.Mix(RGB{0.020, 0.012, 0.010}, lash*(1-smooth(1.05, 1.9, row)))
	return l
}

func eyeLook(p Point) Look {
	n := p.Local.Unit()
	a := math.Acos(min(1, max(-1, n.Z)))
	angle := math.Atan2(n.Y, n.X)
	white := RGB{0.66, 0.61, 0.57}.Mix(RGB{0.55, 0.27, 0.23}, 0.75*smooth(0.75, 1.15, a)+0.10*max(0, Noise(n.Scale(9))))
	streak := 0.5 + 0.5*Noise(space.Vec3{X: 3 * math.Cos(angle), Y: 3 * math.Sin(angle), Z: 2 * a}.Scale(3))
	iris := RGB{0.045, 0.095, 0.135}.Mix(RGB{0.13, 0.20, 0.22}, streak).Mix(RGB{0.16, 0.10, 0.04}, 0.6*(1-smooth(0.17, 0.30, a)))
	e := max(p.Footprint/eyeRadius, 0.03)
	iris = iris.Mix(RGB{0.012, 0.018, 0.024}, smooth(0.40, 0.50, a))
	c := iris.Mix(white, smooth(0.505-e/2, 0.505+e/2, a))
	c = RGB{0.004, 0.004, 0.004}.Mix(c, smooth(0.175-e/2, 0.175+e/2, a))
	return Look{Albedo: c, Gloss: 0.9, Sharp: 220, Scatter: 0.1}
}

func hairLook(p Point) Look {
	strand := p.Local.Z
	tone := 0.75 + 0.55*(strand-0.5)
	tone += 0.30*wave(p.Local.Y, 0.0023, p.Footprint) + 0.22*fine(v(p.Local.Y*1000, p.Local.X*60, strand*7), 1, p.Footprint*700)
	tone += 0.18 * Noise(v(p.Local.Y*300, p.Local.X*25, strand*3))
	c := hairColour.Times(max(0.25, tone)).Mix(RGB{0.10, 0.055, 0.028}, 0.35*smooth(0.6, 1, strand))
	return Look{Albedo: c, Gloss: 0.16, Sharp: 14}
}

func handLook(p Point) Look {
	l := skin(p)
	l.Albedo = l.Albedo.Mix(redColour, 0.18+0.18*smooth(0.15, 0.185, p.Local.Y))
	nail := smooth(-0.0006, 0.0004, p.Tag)
	l.Albedo = l.Albedo.Mix(RGB{0.66, 0.40, 0.33}, nail)
	l.Gloss += 0.25 * nail
	return l
}

// shirt is light cotton with blue stripes that follow trunk and sleeves.
func shirt(p Point) Look {
	x := p.Local.X
	if p.Part == Clothes {
		for _, a := range [2]arm{leftArm, rightArm} {
			if p.Local.X*a.shoulder.X > 0 && math.Abs(p.Local.X) > 0.13 {
				x = alongSleeve(p.Local, a)
			}
		}
	} else {
		x = 0.07 * math.Atan2(p.Local.X, p.Local.Z+0.038)
	}
	c := RGB{0.66, 0.67, 0.70}.Mix(RGB{0.10, 0.19, 0.42}, 0.92*stripe(x, 0.0095, 0.0030, p.Footprint))
	c = c.Times(1 + 0.05*fine(p.Local, 900, p.Footprint))
	// Placket with buttons in the V.
	if p.Part == Clothes && p.Local.Z > 0 && math.Abs(p.Local.X) < 0.02 {
		c = c.Times(1 - 0.35*stripe(p.Local.X-0.014, 1, 0.001, p.Footprint))
		y := math.Mod(-p.Local.Y+0.01, 0.055) - 0.0275
		d := math.Hypot(p.Local.X, y)
		c = c.Mix(RGB{0.75, 0.73, 0.68}, smooth(0.0062, 0.0050, d)).Mix(RGB{0.2, 0.2, 0.2}, 0.8*smooth(0.0016, 0.0008, d))
	}
	return Look{Albedo: c, Gloss: 0.02, Sharp: 8, Scatter: 0.1}
}

// alongSleeve is a coordinate across the stripes of a sleeve.
func alongSleeve(p space.Vec3, a arm) float64 {
	from, to := a.shoulder, a.elbow
	if solid.Cone(p, a.elbow, a.wrist, 0, 0) < solid.Cone(p, a.shoulder, a.elbow, 0, 0) {
		from, to = a.elbow, a.wrist
	}
	axis := to.Sub(from).Unit()
	side := axis.Cross(v(0.3, 0.5, 0.8)).Unit()
	up := axis.Cross(side)
	d := p.Sub(from)
	return 0.047 * math.Atan2(d.Dot(side), d.Dot(up))
}

// wool is the knitted vest with ribbed borders and a band of diamonds.
func wool(p Point) Look {
	q := p.Local
	c := RGB{0.030, 0.110, 0.125}
	// Diamonds in two colours over the chest.
	const size = 0.034
	u, w := q.X/size, (q.Y+0.445)/size*0.72
	if math.Abs(w) < 1.02 && p.Tag > 0.016 {
		d := math.Abs(math.Mod(math.Abs(u), 2)-1) + math.Abs(w)
		e := p.Footprint / size
		c = c.Mix(RGB{0.50, 0.42, 0.26}, smooth(1+e, 1-e, d))
		c = c.Mix(RGB{0.34, 0.06, 0.05}, smooth(0.5+e, 0.5-e, d))
	}
	// V stitches: columns of 5 mm, rows of 4 mm.
	column := math.Mod(math.Abs(q.X), 0.0052)/0.0052 - 0.5
	stitch := wave(q.Y+0.0024*math.Abs(column)*2, 0.0040, p.Footprint)*0.16 + wave(q.X, 0.0052, p.Footprint)*0.16
	if p.Tag < 0.016 {
		stitch = 0.26 * wave(p.Tag, 0.0045, p.Footprint)
	}
	c = c.Times(1 + stitch + 0.10*fine(q, 600, p.Footprint) + 0.06*Noise(q.Scale(60)))
	return Look{Albedo: c, Gloss: 0, Sharp: 1, Scatter: 0.15}
}

func denim(p Point) Look {
	twill := wave((p.Local.X+p.Local.Z+0.5*p.Local.Y)/1.5, 0.0044, p.Footprint)
	c := RGB{0.060, 0.075, 0.125}.Times(1 + 0.07*twill + 0.12*fine(p.Local, 500, p.Footprint) + 0.16*Noise(p.Local.Scale(24)))
	return Look{Albedo: c, Gloss: 0.01, Sharp: 4}
}

// Infrared is how much a part reflects at 850 nm, 0 to 1: the light that a
// depth sensor sends out.
func Infrared(p Part) float64 {
	switch p {
	case Hair, Brow:
		return 0.20
	case LeftEye, RightEye:
		return 0.25
	case Clothes, Collar:
		return 0.60
	case Trousers:
		return 0.32
	}
	return 0.55
}
