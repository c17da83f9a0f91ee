package reference

import (
	"errors"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/learned"
)

// View is a rendered view. Its planes are row-major, a value a pixel.
type View struct {
	Width, Height int
	Y, Cb, Cr     []float64 // 0 to 1 of the 8-bit codes, limited range
	Matte         []float64 // 0 to 1
	// Distance is metres along the optical axis, 0 where unknown, of half the
	// size: a value for 2 x 2 pixels.
	Distance []float64
}

// ErrNobody is returned where no chosen camera sees a person.
var ErrNobody = errors.New("nobody is in the rig's volume")

// Options are how many cameras a view takes geometry and colour from, at least
// 1 each, and the learned blend, if the view has one.
type Options struct {
	Geometry, Colour int
	Learned          *learned.Network
	// Tint is what brings a camera's colours to those of the others: gain of
	// luma above black and chroma, and what of that luma Cb and Cr lack. nil
	// changes nothing.
	Tint func(camera int) [3]float64
}

// Render draws the frame set from a pinhole camera, from the best cameras of
// the rig as seen from the person's middle.
func Render(rig capture.Rig, set *capture.FrameSet, target space.Camera, person space.Vec3, o Options) (*View, error) {
	see := func(count int) (surfaces []surface, picks []pick) {
		for _, p := range choose(rig, set, target.Pose.T, person, count) {
			if s := makeSurface(rig.Cameras[p.camera], rig.Volume, set.Frames[p.camera].Depth); s.count >= minPerson {
				surfaces, picks = append(surfaces, s), append(picks, p)
			}
		}
		return surfaces, picks
	}
	surfaces, shares := see(o.Geometry)
	faces, picks := see(o.Colour)
	if len(surfaces) == 0 || len(faces) == 0 {
		return nil, ErrNobody
	}
	var painters []painter
	for i, s := range faces {
		painters = append(painters, makePainter(s, picks[i], set.Frames[picks[i].camera].Colour, o))
	}
	if o.Learned != nil {
		layer := warp(surfaces, target)
		g := fuse(layer, surfaces, shares, target)
		return fill(judge(o.Learned, describe(grow(g, layer), painters, target), target, g.distance.halveNearest())), nil
	}
	half := halved(target)
	g := fuse(warp(surfaces, half), surfaces, shares, half)
	return fill(colour(g, weigh(g, painters), painters, target)), nil
}

// Middle is the mean of the person's surface points over all cameras.
func Middle(rig capture.Rig, set *capture.FrameSet) space.Vec3 {
	var sum space.Vec3
	n := 0.0
	for i, f := range set.Frames {
		if f == nil {
			continue
		}
		c := rig.Cameras[i].Depth
		for k, mm := range f.Depth.Millimetres {
			x, y, ok := c.Lens.Unproject(float64(k%f.Depth.Width), float64(k/f.Depth.Width))
			point := c.Pose.Apply(space.Vec3{X: x, Y: y, Z: 1}.Scale(float64(mm) / 1000))
			if ok && mm >= nearestDepth && rig.Volume.Contains(point) {
				sum = sum.Add(point)
				n++
			}
		}
	}
	if n == 0 {
		return rig.Volume.Center()
	}
	return sum.Scale(1 / n)
}

// RGB returns the colours, 0 to 255, three a pixel (BT.601, limited range).
func (v *View) RGB() []float64 {
	rgb := make([]float64, 0, 3*len(v.Y))
	for i := range v.Y {
		y := 255.0 / 219 * (255*v.Y[i] - 16)
		b, r := 255.0/224*(255*v.Cb[i]-128), 255.0/224*(255*v.Cr[i]-128)
		rgb = append(rgb, clamp(y+1.402*r, 0, 255), clamp(y-0.344136*b-0.714136*r, 0, 255), clamp(y+1.772*b, 0, 255))
	}
	return rgb
}
