package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	erosion     = 0.56 // share of the person below which a pixel is not
	feather     = 0.03 // of the colour picture: weight fades towards its border
	hides       = 0.03 // metres behind the occluder that count as hidden
	leastFacing = 0.3
	grazed      = 0.08 // facing of a surface that hangs between others
	seen        = 0.25 // facing from which it is one
	mostFacing  = 1.4
	leastWeight = 1.5 / 255
)

// layer is what one camera shows in the view.
type layer struct {
	camera                    space.Vec3 // the colour camera in the cube
	y, cb, cr, quality, depth plane      // quality 0: nothing here
}

// warp draws one camera's mesh into the view.
func warp(c capture.Camera, f *capture.Frame, p person, m mesh, target space.Camera) layer {
	w, h := target.Lens.Width, target.Lens.Height
	out := layer{camera: c.Colour.Pose.T, y: newPlane(w, h), cb: newPlane(w, h), cr: newPlane(w, h), quality: newPlane(w, h), depth: newPlane(w, h)}
	for i := range out.depth.v {
		out.depth.v[i] = math.Inf(1)
	}
	colour := planes(f.Colour)
	front := plane{}
	if !c.Aligned() {
		front = occlusion(c, f.Depth, m)
	}
	for _, t := range m {
		var v [3]vertex
		whole := true
		for i, k := range t {
			var ok bool
			v[i], ok = project(c, f.Depth, k, target)
			whole = whole && ok
		}
		if !whole {
			continue
		}
		rasterise(v, w, h, func(x, y int, z float64, values [varyings]float64) {
			i := y*w + x
			if z >= out.depth.v[i] {
				return
			}
			quality, ok := judge(p, front, values)
			if !ok {
				return
			}
			s, t := values[3], values[4]
			out.depth.v[i], out.quality.v[i] = z, quality
			out.y.v[i], out.cb.v[i], out.cr.v[i] = colour[0].linear(s, t), colour[1].linear(s, t), colour[2].linear(s, t)
		})
	}
	return out
}

// project places a corner in the view. Its values are facing, its place in
// the depth and in the colour picture (0..1), and its distance from the colour
// camera.
func project(c capture.Camera, d capture.DepthPicture, k corner, target space.Camera) (vertex, bool) {
	p, facing, ok := place(c.Depth.Lens, d, k)
	v := target.Pose.Inverse().Mul(c.Depth.Pose).Apply(p)
	q := c.Colour.Pose.Inverse().Mul(c.Depth.Pose).Apply(p)
	x, y := distorted(c.Colour.Lens, q)
	l := target.Lens
	return vertex{
		x: l.Fx*v.X/v.Z + l.Cx, y: l.Fy*v.Y/v.Z + l.Cy, z: v.Z,
		values: [varyings]float64{
			facing, (float64(k.x) + 0.5) / float64(d.Width), (float64(k.y) + 0.5) / float64(d.Height),
			(x + 0.5) / float64(c.Colour.Lens.Width), (y + 0.5) / float64(c.Colour.Lens.Height), q.Z,
		},
	}, ok
}

// judge returns a fragment's quality, and whether it is the person, unhidden
// from the colour camera and in its picture.
func judge(p person, front plane, values [varyings]float64) (quality float64, ok bool) {
	facing, s, t, depth := values[0], values[3], values[4], values[5]
	share := p.mask.linear(values[1], values[2])
	border := min(s, 1-s, t, 1-t)
	if share < erosion || border <= 0 {
		return 0, false
	}
	if front.v != nil && depth > front.nearest(s, t)+hides {
		return 0, false
	}
	quality = smoothstep(grazed, seen, facing) * clamp(mostFacing*facing, leastFacing, 1) * (0.1 + 0.9*smoothstep(erosion, 1, share)) * smoothstep(0, feather, border)
	return max(quality, leastWeight), true
}

// planes returns Y, Cb and Cr of an NV12 picture as limited-range codes, 0..1.
func planes(p capture.Picture) [3]plane {
	luma, chroma, black := 1.0, 1.0, 0.0
	if p.Range == capture.Full {
		luma, chroma, black = 219.0/255, 224.0/255, 16.0/255
	}
	y, cb, cr := newPlane(p.Width, p.Height), newPlane(p.Width/2, p.Height/2), newPlane(p.Width/2, p.Height/2)
	for i := range y.v {
		y.v[i] = float64(p.Planes[0][i/y.w*p.Strides[0]+i%y.w])/255*luma + black
	}
	for i := range cb.v {
		at := i/cb.w*p.Strides[1] + 2*(i%cb.w)
		cb.v[i] = (float64(p.Planes[1][at])-128)/255*chroma + 128.0/255
		cr.v[i] = (float64(p.Planes[1][at+1])-128)/255*chroma + 128.0/255
	}
	return [3]plane{y, cb, cr}
}
