package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// arm is the joints of one arm in the rest pose. The person's left arm (+x)
// rests on the thigh, the right one (-x) is raised and gestures.
type arm struct{ shoulder, elbow, wrist space.Vec3 }

var (
	leftArm  = arm{v(0.187, -0.262, -0.045), v(0.262, -0.515, -0.010), v(0.168, -0.548, 0.205)}
	rightArm = arm{v(-0.187, -0.262, -0.045), v(-0.268, -0.505, 0.015), v(-0.215, -0.368, 0.215)}
)

// torso is trunk and shoulders under the clothes.
func torso(p space.Vec3) float64 {
	q := p
	q.X = math.Abs(q.X)
	d := solid.Ellipsoid(q, v(0, -0.375, -0.048), v(0.158, 0.185, 0.100))
	d = solid.Blend(d, solid.Ellipsoid(q, v(0.065, -0.345, 0.012), v(0.080, 0.070, 0.042)), 0.05)
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, -0.555, -0.020), v(0.148, 0.140, 0.108)), 0.08)
	d = solid.Blend(d, solid.Cone(q, v(0, -0.205, -0.058), v(0.160, -0.258, -0.050), 0.060, 0.050), 0.05)
	return solid.Blend(d, solid.Cone(q, v(0, -0.245, -0.040), v(0.13, -0.30, -0.03), 0.06, 0.055), 0.05)
}

// sleeve is one arm down to the wrist in its shirt, with folds at the elbow.
func sleeve(p space.Vec3, a arm) float64 {
	upper := solid.Cone(p, a.shoulder, a.elbow, 0.0575, 0.0455)
	lower := solid.Cone(p, a.elbow, a.wrist, 0.0445, 0.0335)
	d := solid.Blend(upper, lower, 0.02)
	t, u := solid.Along(p, a.shoulder, a.elbow), solid.Along(p, a.elbow, a.wrist)
	bend := smooth(0.55, 1, t) * (1 - smooth(0.0, 0.5, u))
	folds := math.Sin(62*u+40*t+9*p.X+20*p.Z) * (0.0010 + 0.0026*bend)
	folds += 0.0016 * math.Sin(38*t+20*p.X+60*p.Z)
	// The cuff is wider than the wrist and ends before the hand.
	d -= 0.004 * smooth(0.80, 0.86, u)
	end := p.Sub(a.wrist).Dot(a.wrist.Sub(a.elbow).Unit())
	return max(d+folds*(1-smooth(0.75, 0.85, u)), end-0.004)
}

// clothes is the shirt with both sleeves and, thicker by the wool, the vest.
func clothes(p space.Vec3) float64 {
	d := torso(p) - 0.008
	d -= 0.0042 * smooth(-0.001, 0.004, vest(p))
	d += trunkFolds(p)
	d = solid.Blend(d, min(sleeve(p, leftArm), sleeve(p, rightArm)), 0.022)
	return max(d, -0.70-p.Y)
}

func trunkFolds(p space.Vec3) float64 {
	side := smooth(0.03, 0.12, math.Abs(p.X))
	low := 1 - smooth(-0.56, -0.40, p.Y)
	f := 0.0030 * low * math.Sin(70*p.Y+18*p.X*p.X*10+12*p.Z)
	f += 0.0022 * side * math.Sin(34*p.Y+52*math.Abs(p.X)+9*p.Z)
	return f + 0.0012*math.Sin(21*p.X+33*p.Y+2)*smooth(-0.25, -0.32, p.Y)
}

// vest is how far inside the knitted vest a point lies, along the surface in
// metres; negative is the shirt. It has a V-neck and armholes.
func vest(p space.Vec3) float64 {
	x := math.Abs(p.X)
	var neckline float64
	if p.Z > -0.05 {
		neckline = (x - 0.070*(p.Y+0.405)/0.215) * 0.95 // the V, its point on the chest
		if p.Y < -0.405 {
			neckline = max(neckline, (-0.405-p.Y)*0.4+x)
		}
	} else {
		neckline = -0.185 - p.Y
	}
	// Armhole: a tilted plane between trunk and arm.
	armhole := 0.172 - x - 0.10*(p.Y+0.30)*smooth(-0.36, -0.25, p.Y)
	d := min(neckline, armhole)
	for _, a := range [2]arm{leftArm, rightArm} {
		if p.X*a.shoulder.X > 0 {
			d = min(d, sleeve(p, a)-(torso(p)-0.008)+0.006)
		}
	}
	return d
}

// collar is the shirt's folded collar, a slanted ring open in front.
func collar(p space.Vec3) float64 {
	c := v(0, 0, -0.038)
	r := math.Hypot((p.X-c.X)*1.0, (p.Z-c.Z)*0.96)
	front := smooth(0.0, 0.06, p.Z)
	// Profile: from the neck's side outward and down; the points in front are longer.
	top := v(0.0655, -0.172-0.012*front, 0)
	edge := v(0.0845, -0.208-0.026*front*smooth(0.07, 0.02, math.Abs(p.X)), 0)
	d := solid.Cone(v(r, p.Y, 0), top, edge, 0.0036, 0.0032)
	inner := solid.Cone(v(r, p.Y, 0), top, v(0.064, -0.215, 0), 0.0036, 0.0036)
	d = min(d, inner)
	if p.Z > c.Z {
		gap := math.Abs(p.X) - (0.002 + 0.55*max(0, -0.190-p.Y))
		d = solid.Cut(d, gap, 0.002)
	}
	return d
}

// legs is the trousers and shoes, seated.
func legs(p space.Vec3) float64 {
	q := p
	q.X = math.Abs(q.X)
	hip, knee, ankle := v(0.088, -0.665, -0.03), v(0.135, -0.640, 0.405), v(0.130, -1.12, 0.37)
	d := solid.Cone(q, hip, knee, 0.092, 0.066)
	t := solid.Along(q, hip, knee)
	d += 0.0032*math.Sin(95*t+30*q.Y)*(1-smooth(0.1, 0.5, t)) + 0.0018*math.Sin(60*q.Z+44*q.X+25*p.Y)
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, -0.675, -0.03), v(0.165, 0.085, 0.115)), 0.05)
	shin := solid.Cone(q, knee, ankle, 0.064, 0.050)
	d = solid.Blend(d, shin, 0.03)
	shoe := solid.Ellipsoid(q, v(0.135, -1.175, 0.42), v(0.045, 0.045, 0.13))
	return solid.Blend(d, max(shoe, -1.215-q.Y), 0.01)
}
