package eval

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/score"
)

// opening removes specks of depth from the true silhouette, in pixels.
const opening = 2

// truth returns what the camera of a frame saw, as a pinhole's.
func truth(camera capture.Camera, volume space.Box, frame *capture.Frame, target space.Camera) (Truth, error) {
	colour, err := decode(frame.Colour)
	if err != nil {
		return Truth{}, fmt.Errorf("read the true picture of camera %q: %w", camera.Name, err)
	}
	if err := frame.Depth.Validate(); err != nil {
		return Truth{}, fmt.Errorf("read the true depth of camera %q: %w", camera.Name, err)
	}
	lens := camera.Colour.Lens.Resized(colour.Width, colour.Height)
	picture, seen := undistort(colour, lens, target.Lens)
	silhouette, distance := silhouetteOf(camera, volume, frame.Depth, target)
	for i := range silhouette.Set {
		silhouette.Set[i] = silhouette.Set[i] && seen.Set[i]
	}
	return Truth{Picture: picture, Silhouette: silhouette.Open(opening), Depth: distance}, nil
}

// pinhole is the lens without its distortion, its picture scaled to a size.
func pinhole(l space.Lens, width, height int) space.Lens {
	l = l.Resized(width, height)
	l.K, l.P1, l.P2, l.MaxRadius = [6]float64{}, 0, 0, 0
	return l
}

// undistort resamples a picture taken through a lens to a pinhole of the same
// pose. Where the target is coarser it averages; seen are the pixels that the
// lens saw.
func undistort(p score.Picture, lens, target space.Lens) (out score.Picture, seen score.Mask) {
	out, seen = score.NewPicture(target.Width, target.Height), score.NewMask(target.Width, target.Height)
	if lens == target {
		copy(out.RGB, p.RGB)
		for i := range seen.Set {
			seen.Set[i] = true
		}
		return out, seen
	}
	// Samples a pixel and axis: one where the target is as fine or finer.
	n := max(1, int(math.Ceil(lens.Fx/target.Fx-0.01)))
	for y := range target.Height {
		for x := range target.Width {
			var sum [3]float64
			hits := 0
			for k := range n * n {
				u := float64(x) + (float64(k%n)+0.5)/float64(n) - 0.5
				v := float64(y) + (float64(k/n)+0.5)/float64(n) - 0.5
				su, sv, ok := lens.ProjectRay((u-target.Cx)/target.Fx, (v-target.Cy)/target.Fy)
				if ok && inside(p.Width, p.Height, su, sv) {
					addBilinear(&sum, p, su, sv)
					hits++
				}
			}
			i := y*target.Width + x
			seen.Set[i] = hits == n*n
			for c := range 3 {
				if hits > 0 {
					out.RGB[3*i+c] = uint8(sum[c]/float64(hits) + 0.5)
				}
			}
		}
	}
	return out, seen
}

func inside(width, height int, u, v float64) bool {
	return u >= -0.5 && v >= -0.5 && u <= float64(width)-0.5 && v <= float64(height)-0.5
}

func addBilinear(sum *[3]float64, p score.Picture, u, v float64) {
	u, v = min(max(u, 0), float64(p.Width-1)), min(max(v, 0), float64(p.Height-1))
	x, y := min(int(u), max(p.Width-2, 0)), min(int(v), max(p.Height-2, 0))
	fx, fy := u-float64(x), v-float64(y)
	right, below := min(1, p.Width-1), min(1, p.Height-1)*p.Width
	i := y*p.Width + x
	for c := range 3 {
		top := (1-fx)*float64(p.RGB[3*i+c]) + fx*float64(p.RGB[3*(i+right)+c])
		bottom := (1-fx)*float64(p.RGB[3*(i+below)+c]) + fx*float64(p.RGB[3*(i+below+right)+c])
		sum[c] += (1-fy)*top + fy*bottom
	}
}

// sameSurface is how far the depths of neighbouring pixels of one surface may
// lie apart, in metres.
const sameSurface = 0.05

// silhouetteOf returns the pixels of the target, a pinhole at the colour
// camera, on which a valid depth pixel lies: each depth pixel covers the
// square between its corners, seen from there, and their depth in metres along
// the target's axis, 0 elsewhere; the nearer of two surfaces counts. Corners lie at the mean depth
// of the pixels of one surface round them, so that a slope has no gaps.
func silhouetteOf(camera capture.Camera, volume space.Box, depth capture.DepthPicture, target space.Camera) (score.Mask, []float32) {
	lens := camera.Depth.Lens.Resized(depth.Width, depth.Height)
	mask := score.NewMask(target.Lens.Width, target.Lens.Height)
	distance := make([]float32, len(mask.Set))
	corners, valid := cornerRays(lens)
	toTarget := target.Pose.Inverse().Mul(camera.Depth.Pose)
	stride := depth.Width + 1
	for y := range depth.Height {
		for x := range depth.Width {
			mm := depth.Millimetres[y*depth.Width+x]
			k := y*stride + x
			at := [4]int{k, k + 1, k + stride + 1, k + stride} // round the pixel
			if mm == 0 || !valid[at[0]] || !valid[at[1]] || !valid[at[2]] || !valid[at[3]] {
				continue
			}
			z := float64(mm) / 1000
			centre := corners[at[0]].Lerp(corners[at[2]], 0.5).Scale(z)
			if !camera.Matted && !volume.Contains(camera.Depth.Pose.Apply(centre)) {
				continue
			}
			var quad [4][2]float64
			visible := true
			for i, c := range at {
				z := cornerDepth(depth, c%stride, c/stride, z)
				u, v, ok := target.Lens.Project(toTarget.Apply(corners[c].Scale(z)))
				quad[i] = [2]float64{u, v}
				visible = visible && ok
			}
			if visible {
				fill(mask, distance, quad, float32(toTarget.Apply(centre).Z))
			}
		}
	}
	return mask, distance
}

// cornerDepth returns the mean of the depths round corner (x, y), the one
// before pixel (x, y), that are of the surface at depth z, in metres.
func cornerDepth(d capture.DepthPicture, x, y int, z float64) float64 {
	sum, n := 0.0, 0.0
	for v := max(y-1, 0); v <= min(y, d.Height-1); v++ {
		for u := max(x-1, 0); u <= min(x, d.Width-1); u++ {
			near := float64(d.Millimetres[v*d.Width+u]) / 1000
			if math.Abs(near-z) < sameSurface {
				sum += near
				n++
			}
		}
	}
	return sum / n
}

// cornerRays returns the rays (x, y, 1) of the pixels' corners, one more than
// pixels a row and column.
func cornerRays(l space.Lens) (rays []space.Vec3, valid []bool) {
	rays, valid = make([]space.Vec3, (l.Width+1)*(l.Height+1)), make([]bool, (l.Width+1)*(l.Height+1))
	for i := range rays {
		x, y, ok := l.Unproject(float64(i%(l.Width+1))-0.5, float64(i/(l.Width+1))-0.5)
		rays[i], valid[i] = space.Vec3{X: x, Y: y, Z: 1}, ok
	}
	return rays, valid
}

// fill sets the pixels whose centres lie in a convex quadrilateral at depth z,
// whichever way it turns; edges count, so that neighbours leave no gap.
func fill(m score.Mask, distance []float32, quad [4][2]float64, z float32) {
	minX, minY, maxX, maxY := quad[0][0], quad[0][1], quad[0][0], quad[0][1]
	for _, p := range quad[1:] {
		minX, maxX = min(minX, p[0]), max(maxX, p[0])
		minY, maxY = min(minY, p[1]), max(maxY, p[1])
	}
	if !(maxX >= 0 && maxY >= 0 && minX <= float64(m.Width-1) && minY <= float64(m.Height-1)) {
		return
	}
	const slack = 1e-9 // px², for edges through a centre
	for y := int(math.Ceil(max(minY, 0))); y <= int(min(maxY, float64(m.Height-1))); y++ {
		for x := int(math.Ceil(max(minX, 0))); x <= int(min(maxX, float64(m.Width-1))); x++ {
			positive, negative := true, true
			for i, a := range quad {
				b := quad[(i+1)%4]
				side := (b[0]-a[0])*(float64(y)-a[1]) - (b[1]-a[1])*(float64(x)-a[0])
				positive = positive && side >= -slack
				negative = negative && side <= slack
			}
			if positive || negative {
				i := y*m.Width + x
				if !m.Set[i] || z < distance[i] {
					m.Set[i], distance[i] = true, z
				}
			}
		}
	}
}
