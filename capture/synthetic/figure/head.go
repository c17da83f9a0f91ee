package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/solid"
)

// v is short for a vector literal in metres.
func v(x, y, z float64) space.Vec3 { return space.Vec3{X: x, Y: y, Z: z} }

// Eyes in the rest pose.
var (
	eyeCentre = v(0.0315, 0, 0.0715) // of the person's left eye; the right one is mirrored
	mouth     = v(0, -0.0765, 0.090) // where the lips meet
)

// tilt is how much higher the left half of the face is, metres a metre.
const tilt = 0.010

const (
	eyeRadius = 0.0122
	lidRadius = 0.0132
)

// head is the distance to head and neck, without hair, eyes and lids.
func head(p space.Vec3) float64 {
	q := p
	// Nobody is symmetric: the nose leans by a millimetre, a brow is higher.
	q.X += 0.0012 * math.Sin(14*p.Y+0.6)
	q.Y += tilt * q.X * smooth(0.03, 0.09, p.Z)
	q.X = math.Abs(q.X)
	d := skull(q)
	d = solid.Blend(d, lowerFace(q), 0.022)
	d = brows(q, d)
	d = nose(q, d)
	d = lips(q, d)
	d = solid.Blend(d, neck(q), 0.028)
	return ears(q, d)
}

func skull(q space.Vec3) float64 {
	d := solid.Ellipsoid(q, v(0, 0.033, -0.014), v(0.0755, 0.084, 0.097))
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, 0.038, 0.030), v(0.062, 0.056, 0.0635)), 0.03)
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, -0.028, 0.022), v(0.0595, 0.075, 0.063)), 0.03)
	// Temples are hollow.
	return solid.Cut(d, solid.Ellipsoid(q, v(0.083, 0.018, 0.052), v(0.013, 0.026, 0.026)), 0.02)
}

func lowerFace(q space.Vec3) float64 {
	// Mandible: angle below the ear to the chin.
	d := solid.Cone(q, v(0.0475, -0.064, 0.004), v(0.019, -0.1005, 0.066), 0.0130, 0.0130)
	d = solid.Blend(d, solid.Cone(q, v(0.055, -0.020, -0.002), v(0.0475, -0.064, 0.004), 0.0125, 0.0130), 0.02)
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, -0.068, 0.040), v(0.043, 0.042, 0.044)), 0.02)
	// Chin, with the pad in front.
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, -0.102, 0.070), v(0.020, 0.0135, 0.0175)), 0.016)
	// Cheekbones and the flesh below them.
	d = solid.Blend(d, solid.Ellipsoid(q, v(0.045, -0.024, 0.060), v(0.019, 0.0135, 0.017)), 0.022)
	return solid.Blend(d, solid.Ellipsoid(q, v(0.038, -0.050, 0.058), v(0.021, 0.026, 0.018)), 0.02)
}

// brows adds the ridge over the eyes and takes out the sockets.
func brows(q space.Vec3, d float64) float64 {
	ridge := solid.Cone(q, v(0.010, 0.0195, 0.0875), v(0.030, 0.0225, 0.0835), 0.0075, 0.0085)
	ridge = solid.Blend(ridge, solid.Cone(q, v(0.030, 0.0225, 0.0835), v(0.050, 0.016, 0.066), 0.0085, 0.0075), 0.008)
	d = solid.Blend(d, ridge, 0.014)
	d = solid.Cut(d, solid.Ellipsoid(q, eyeCentre.Add(v(-0.001, 0.001, 0.0185)), v(0.0185, 0.0125, 0.0125)), 0.014)
	// Flesh of the lids over the ball, then the opening in which the lids
	// themselves lie: its upper edge is the crease.
	d = solid.Blend(d, solid.Sphere(q, eyeCentre, 0.01395), 0.007)
	return solid.Cut(d, eyeOpening(q), 0.0038)
}

// eyeOpening is an almond in front of the eye.
func eyeOpening(q space.Vec3) float64 {
	e := q.Sub(eyeCentre)
	x := (e.X + 0.0003) / 0.0126
	top := 0.0082 * (1 - x*x)
	bottom := -0.0068 * (1 - x*x)
	d := max(e.Y-top, bottom-e.Y) * 0.7
	return max(d, 0.004-e.Z)
}

func nose(q space.Vec3, d float64) float64 {
	bridge := solid.Cone(q, v(0, 0.010, 0.0855), v(0, -0.036, 0.1020), 0.0076, 0.0088)
	tip := solid.Ellipsoid(q, v(0, -0.0405, 0.1040), v(0.0090, 0.0083, 0.0092))
	side := solid.Cone(q, v(0.006, -0.012, 0.088), v(0.0125, -0.042, 0.088), 0.006, 0.0095)
	wing := solid.Ellipsoid(q, v(0.0128, -0.0455, 0.0930), v(0.0062, 0.0068, 0.0092))
	columella := solid.Cone(q, v(0, -0.0475, 0.1035), v(0, -0.0535, 0.0900), 0.0042, 0.0050)
	n := solid.Blend(bridge, tip, 0.008)
	n = solid.Blend(n, side, 0.010)
	n = solid.Blend(n, wing, 0.0045)
	n = solid.Blend(n, columella, 0.005)
	d = solid.Blend(d, n, 0.008)
	nostril := solid.Ellipsoid(q, v(0.0068, -0.0525, 0.0985), v(0.0034, 0.0040, 0.0058))
	return solid.Cut(d, nostril, 0.003)
}

func lips(q space.Vec3, d float64) float64 {
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, -0.075, 0.066), v(0.030, 0.024, 0.0225)), 0.014)
	upper := solid.Cone(q, v(0.004, -0.0718, 0.0895), v(0.0235, -0.0765, 0.0765), 0.0045, 0.0022)
	lower := solid.Cone(q, v(0, -0.0822, 0.0875), v(0.0210, -0.0778, 0.0775), 0.0056, 0.0022)
	d = solid.Blend(d, upper, 0.004)
	d = solid.Blend(d, lower, 0.005)
	// Philtrum, and the fold between lip and chin.
	d = solid.Cut(d, solid.Cone(q, v(0, -0.058, 0.0925), v(0, -0.066, 0.0955), 0.0018, 0.0022), 0.004)
	d = solid.Cut(d, solid.Ellipsoid(q, v(0, -0.0915, 0.0945), v(0.016, 0.0034, 0.0052)), 0.008)
	// The slit reaches into the mouth so that the jaw can open it.
	slit := solid.Ellipsoid(q, v(0, lipLine(q.X), 0.080), v(0.0225, 0.0014, 0.019))
	d = solid.Cut(d, slit, 0.0010)
	return solid.Cut(d, solid.Ellipsoid(q, v(0, mouth.Y, 0.068), v(0.019, 0.0075, 0.0155)), 0.003)
}

// lipLine is the height of the line between the lips.
func lipLine(x float64) float64 {
	x = math.Abs(x)
	return mouth.Y + 0.0006*math.Cos(x/0.024*2*math.Pi) + 0.0004
}

func neck(q space.Vec3) float64 {
	d := solid.Cone(q, v(0, -0.060, -0.030), v(0, -0.20, -0.042), 0.0520, 0.0580)
	// Sternomastoid and larynx.
	d = solid.Blend(d, solid.Cone(q, v(0.050, -0.060, -0.020), v(0.012, -0.200, 0.012), 0.010, 0.009), 0.02)
	d = solid.Blend(d, solid.Ellipsoid(q, v(0, -0.140, 0.022), v(0.010, 0.015, 0.010)), 0.02)
	d = solid.Blend(d, solid.Cone(q, v(0, -0.20, -0.05), v(0.12, -0.25, -0.05), 0.055, 0.04), 0.04)
	return max(d, -0.245-q.Y)
}

func ears(q space.Vec3, d float64) float64 {
	// In the ear's own frame it leans back by 12 degrees and stands out by 20.
	e := q.Sub(v(0.0765, -0.012, -0.010))
	e = earFrame.Transpose().Apply(e)
	ear := solid.Ellipsoid(e, v(0, 0.002, 0), v(0.0062, 0.0325, 0.0185))
	ear = solid.Blend(ear, solid.Ellipsoid(e, v(0, -0.026, 0.004), v(0.0052, 0.010, 0.0085)), 0.006)
	ear = solid.Cut(ear, solid.Ellipsoid(e, v(0.0060, 0.004, 0.001), v(0.0050, 0.0240, 0.0125)), 0.004)
	ear = solid.Blend(ear, solid.Cone(e, v(0.001, 0.014, -0.004), v(0.001, -0.012, -0.006), 0.0036, 0.0036), 0.005)
	ear = solid.Cut(ear, solid.Ellipsoid(e, v(0.0050, -0.004, 0.004), v(0.0075, 0.009, 0.0060)), 0.004)
	return solid.Blend(d, ear, 0.006)
}

var earFrame = space.RotationAbout(v(1, 0, 0), -0.2).Mul(space.RotationAbout(v(0, 1, 0), -0.35))

// smooth goes from 0 at a to 1 at b.
func smooth(a, b, x float64) float64 {
	t := min(1, max(0, (x-a)/(b-a)))
	return t * t * (3 - 2*t)
}
