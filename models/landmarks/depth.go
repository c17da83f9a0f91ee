package landmarks

import (
	"slices"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// distance is how far what a ray meets is from its origin by a depth picture, m; 0
// where it does not say.
func distance(p capture.DepthPicture, camera space.Camera, ray space.Ray) float64 {
	if p.Empty() || p.Validate() != nil {
		return 0
	}
	if camera.Lens.Width != p.Width || camera.Lens.Height != p.Height {
		camera.Lens = camera.Lens.Resized(p.Width, p.Height)
	}
	away := 1.0
	for range 6 { // the two lenses are near each other: it settles at once
		u, v, z, ok := camera.Project(ray.At(away))
		if !ok {
			return 0
		}
		measured := around(p, int(u+0.5), int(v+0.5))
		if measured == 0 {
			return 0
		}
		// Along the ray by as much as z is off, the ray being all but square to it.
		forward := camera.Pose.R.Column(2).Dot(ray.Direction)
		if !(forward > 0.3) {
			return 0
		}
		away += (measured - z) / forward
	}
	return max(away, 0)
}

// around is the median of what is measured round a pixel, m; 0 where it is little.
func around(p capture.DepthPicture, x, y int) float64 {
	const reach = 2
	var values []uint16
	for j := max(0, y-reach); j <= min(p.Height-1, y+reach); j++ {
		for i := max(0, x-reach); i <= min(p.Width-1, x+reach); i++ {
			if mm := p.Millimetres[j*p.Width+i]; mm != 0 {
				values = append(values, mm)
			}
		}
	}
	if len(values) < 5 {
		return 0
	}
	slices.Sort(values)
	return float64(values[len(values)/2]) / 1000
}
