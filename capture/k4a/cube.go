package k4a

import (
	"fmt"
	"math"
	"slices"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	objectDepth = 0.8  // metres, how far behind its nearest point an object goes
	margin      = 0.05 // metres round the object
	stride      = 4    // pixels between those that are looked at
)

// place guesses the cube of a single camera, which is taken to stand upright
// and to look along -z: the object is what is nearest in the middle of the
// picture. It returns the depth camera's pose, the volume and what to tell.
func place(lens space.Lens, d capture.DepthPicture) (space.Rigid, space.Box, string, error) {
	// OpenCV axes (x right, y down, z forward) to a cube that looks back: the
	// picture's right is the cube's right as the camera sees it.
	turn := space.Mat3{1, 0, 0, 0, -1, 0, 0, 0, -1}
	var points []space.Vec3
	var depths []float64
	for y := 0; y < d.Height; y += stride {
		for x := 0; x < d.Width; x += stride {
			z := float64(d.Millimetres[y*d.Width+x]) / 1000
			if z == 0 {
				continue
			}
			if rx, ry, ok := lens.Unproject(float64(x), float64(y)); ok {
				points = append(points, turn.Apply(space.Vec3{X: rx * z, Y: ry * z, Z: z}))
				if math.Abs(rx) < 0.4 && math.Abs(ry) < 0.4 {
					depths = append(depths, z)
				}
			}
		}
	}
	if len(depths) < 10 {
		return space.Rigid{}, space.Box{}, "", fmt.Errorf("nothing but %d of its pixels are seen in the middle of the first depth picture", len(depths))
	}
	slices.Sort(depths)
	near := depths[len(depths)/20]
	object := slices.DeleteFunc(points, func(p space.Vec3) bool {
		return -p.Z < near-margin || -p.Z > near+objectDepth-margin
	})
	// One point in fifty at each face is an edge of something else.
	var low, high [3]float64
	var mid float64 // depth of most of it
	for i, axis := range []func(space.Vec3) float64{
		func(p space.Vec3) float64 { return p.X }, func(p space.Vec3) float64 { return p.Y }, func(p space.Vec3) float64 { return p.Z },
	} {
		slices.SortFunc(object, func(a, b space.Vec3) int { return cmp(axis(a), axis(b)) })
		n := len(object) - 1
		low[i], high[i], mid = axis(object[n/50]), axis(object[n-n/50]), axis(object[n/2])
	}
	low[2], high[2] = -near-objectDepth+margin, -near+margin
	// On the camera's axis: an eye in front sees what the camera sees, whether
	// the object is a head at its height or a cup on a table.
	origin := space.Vec3{Z: mid}
	box := space.Box{
		Min: space.Vec3{X: low[0] - margin, Y: low[1] - margin, Z: low[2]}.Sub(origin),
		Max: space.Vec3{X: high[0] + margin, Y: high[1] + margin, Z: high[2]}.Sub(origin),
	}
	size := box.Size()
	note := fmt.Sprintf("cube and volume: the camera stands upright and looks straight at an object %.2f m ahead, the cube's origin is on its axis; volume %.2f x %.2f x %.2f m round it", near, size.X, size.Y, size.Z)
	return space.Rigid{R: turn, T: origin.Scale(-1)}, box, note, nil
}

func cmp(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
