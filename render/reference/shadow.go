package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// shadow is the person's depth as the colour camera sees it, in metres, in a
// small picture; infinite where nobody is.
type shadow struct {
	texel float64 // colour pixels along a pixel of it
	depth plane
}

// cast takes the nearest of the person's points in each pixel.
func cast(s surface) shadow {
	l := s.camera.Colour.Lens
	texel := max(leastTexel, int(math.Ceil(shadowSpread*shadowStride*l.Fx/s.camera.Depth.Lens.Fx)))
	out := shadow{float64(texel), newPlane((l.Width+texel-1)/texel, (l.Height+texel-1)/texel)}
	for i := range out.depth.v {
		out.depth.v[i] = math.Inf(1)
	}
	toColour := s.camera.Colour.Pose.Inverse().Mul(s.camera.Depth.Pose)
	for y := 0; y < s.depth.h; y += shadowStride {
		for x := 0; x < s.depth.w; x += shadowStride {
			rx, ry, ok := s.camera.Depth.Lens.Unproject(float64(x), float64(y))
			if !ok || s.depth.at(x, y) == 0 {
				continue
			}
			p := toColour.Apply(space.Vec3{X: rx, Y: ry, Z: 1}.Scale(s.depth.at(x, y) / 1000))
			u, v, ok := l.Project(p)
			if !ok || u < 0 || v < 0 || u+0.5 >= float64(l.Width) || v+0.5 >= float64(l.Height) {
				continue
			}
			at := &out.depth.v[int(v+0.5)/texel*out.depth.w+int(u+0.5)/texel]
			*at = min(*at, p.Z)
		}
	}
	return out
}

// shows is how many of the four pixels round a place of the colour picture lie
// at a distance, as a share.
func (s shadow) shows(u, v, z float64) (share float64) {
	x, y := math.Floor((u+0.5)/s.texel-0.5), math.Floor((v+0.5)/s.texel-0.5)
	for k := range 4 {
		if math.Abs(s.depth.clamped(x+float64(k%2), y+float64(k/2))-z) < hides {
			share += 0.25
		}
	}
	return share
}

// nearest is the least distance among them.
func (s shadow) nearest(u, v float64) float64 {
	x, y := math.Floor((u+0.5)/s.texel-0.5), math.Floor((v+0.5)/s.texel-0.5)
	least := math.Inf(1)
	for k := range 4 {
		least = min(least, s.depth.clamped(x+float64(k%2), y+float64(k/2)))
	}
	return least
}
