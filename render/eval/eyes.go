package eval

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Where eyes are drawn, seen from the head at the cube's origin.
const (
	nearestEye   = 0.7               // metres
	farthestEye  = 1.5               // metres
	cameraFree   = 5 * math.Pi / 180 // radians round every camera
	eyesAttempts = 100_000
)

// ErrNoHull is wrapped where cameras span no solid angle to look from.
var ErrNoHull = errors.New("cameras span no solid angle")

// DrawEyes draws n eyes from a seeded generator: directions uniform over the
// solid-angle hull of the camera directions (the cone of their non-negative
// combinations), at least 5 degrees from every camera as seen from the head,
// distances uniform from 0.7 to 1.5 m, all rounded to millimetres. positions
// are those of the cameras in the cube. It fails for fewer than three cameras
// and for directions that do not lie in one open half space.
func DrawEyes(positions []space.Vec3, seed uint64, n int) ([]space.Vec3, error) {
	cone, err := newCone(positions)
	if err != nil {
		return nil, fmt.Errorf("draw eyes: %w", err)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	var eyes []space.Vec3
	for range eyesAttempts {
		d := uniformDirection(random)
		distance := nearestEye + (farthestEye-nearestEye)*random.Float64()
		eye := roundMillimetres(d.Scale(distance))
		if !cone.contains(eye) || cone.nearestCamera(eye) < cameraFree ||
			eye.Norm() < nearestEye || eye.Norm() > farthestEye {
			continue
		}
		if eyes = append(eyes, eye); len(eyes) == n {
			return eyes, nil
		}
	}
	return nil, fmt.Errorf("draw eyes: %w: %d of %d eyes found", ErrNoHull, len(eyes), n)
}

// uniformDirection draws from the unit sphere (Archimedes: height and azimuth
// are uniform).
func uniformDirection(random *rand.Rand) space.Vec3 {
	y := 2*random.Float64() - 1
	sin, cos := math.Sincos(2 * math.Pi * random.Float64())
	r := math.Sqrt(1 - y*y)
	return space.Vec3{X: r * sin, Y: y, Z: r * cos}
}

func roundMillimetres(v space.Vec3) space.Vec3 {
	return space.Vec3{X: math.Round(v.X*1000) / 1000, Y: math.Round(v.Y*1000) / 1000, Z: math.Round(v.Z*1000) / 1000}
}

// cone is a convex cone from the head. Every pair of directions whose plane
// has all the others on one side is a face.
type cone struct {
	directions []space.Vec3
	faces      []space.Vec3 // normals, to the inside
}

func newCone(positions []space.Vec3) (*cone, error) {
	c := &cone{}
	mean := space.Vec3{}
	for _, p := range positions {
		c.directions = append(c.directions, p.Unit())
		mean = mean.Add(p.Unit())
	}
	for _, d := range c.directions {
		if d.Dot(mean) <= 0 {
			return nil, fmt.Errorf("%w: camera direction %.2v is opposite the others", ErrNoHull, d)
		}
	}
	const tolerance = 1e-9
	for _, a := range c.directions {
		for _, b := range c.directions {
			normal := a.Cross(b)
			if normal.Norm() < tolerance {
				continue
			}
			face, flat := true, true
			for _, d := range c.directions {
				side := normal.Dot(d)
				face = face && side >= -tolerance
				flat = flat && math.Abs(side) <= tolerance
			}
			if flat {
				return nil, fmt.Errorf("%w: all cameras lie in one plane with the head", ErrNoHull)
			}
			if face {
				c.faces = append(c.faces, normal)
			}
		}
	}
	if len(c.faces) < 3 {
		return nil, fmt.Errorf("%w: %d cameras", ErrNoHull, len(positions))
	}
	return c, nil
}

func (c *cone) contains(p space.Vec3) bool {
	for _, f := range c.faces {
		if f.Dot(p) < 0 {
			return false
		}
	}
	return true
}

// nearestCamera returns the angle to the nearest camera direction.
func (c *cone) nearestCamera(p space.Vec3) float64 {
	nearest := math.Pi
	for _, d := range c.directions {
		nearest = min(nearest, space.Angle(p, d))
	}
	return nearest
}
