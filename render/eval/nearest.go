package eval

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/score"
)

// Nearest is the baseline without geometry: a Renderer that puts the picture
// of the camera nearest to the eye, seen from the person, on a plane through
// the person's centre that faces the eye, cut out by the camera's own depth.
type Nearest struct{ Rig capture.Rig }

// Picture implements Renderer. It returns render.ErrNobody where no camera
// sees anybody.
func (n Nearest) Picture(_ context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error) {
	if !target.Lens.Pinhole() {
		return nil, errors.New("render nearest camera: the target lens is no pinhole")
	}
	centre, ok := n.centre(set)
	if !ok {
		return nil, render.ErrNobody
	}
	nearest, best := 0, math.Inf(1)
	for i, f := range set.Frames {
		if f == nil {
			continue
		}
		if a := space.Angle(target.Pose.T.Sub(centre), n.Rig.Cameras[i].Colour.Pose.T.Sub(centre)); a < best {
			nearest, best = i, a
		}
	}
	c, frame := n.Rig.Cameras[nearest], set.Frames[nearest]
	colour, err := decode(frame.Colour)
	if err != nil {
		return nil, fmt.Errorf("render nearest camera %q: %w", c.Name, err)
	}
	if err := frame.Depth.Validate(); err != nil {
		return nil, fmt.Errorf("render nearest camera %q: %w", c.Name, err)
	}
	flat := space.Camera{Lens: pinhole(c.Colour.Lens, colour.Width, colour.Height), Pose: c.Colour.Pose}
	person, _ := silhouetteOf(c, n.Rig.Volume, frame.Depth, flat)
	lens := c.Colour.Lens.Resized(colour.Width, colour.Height)
	return onPlane(centre, target, flat, lens, colour, person), nil
}

// onPlane draws a picture, taken through a lens at the pose of the pinhole in
// which the person is cut out, on the plane through the centre.
func onPlane(centre space.Vec3, target, flat space.Camera, lens space.Lens, colour score.Picture, person score.Mask) *render.Image {
	w, h := target.Lens.Width, target.Lens.Height
	image := &render.Image{Width: w, Height: h, RGB: make([]uint8, 3*w*h), Matte: make([]uint8, w*h), Depth: make([]float32, w*h)}
	eye := target.Pose.T
	normal := eye.Sub(centre).Unit()
	distance := eye.Sub(centre).Norm()
	toTarget, toCamera := target.Pose.Inverse(), flat.Pose.Inverse()
	for i := range w * h {
		ray, ok := target.Ray(float64(i%w), float64(i/w))
		along := -ray.Direction.Dot(normal)
		if !ok || along <= 0 {
			continue
		}
		point := ray.At(distance / along)
		seen := toCamera.Apply(point)
		u, v, ok := flat.Lens.Project(seen)
		x, y := int(math.Round(u)), int(math.Round(v))
		if !ok || x < 0 || y < 0 || x >= person.Width || y >= person.Height || !person.Set[y*person.Width+x] {
			continue
		}
		if u, v, ok = lens.Project(seen); !ok || !inside(colour.Width, colour.Height, u, v) {
			continue
		}
		var sum [3]float64
		addBilinear(&sum, colour, u, v)
		for c := range 3 {
			image.RGB[3*i+c] = level(sum[c])
		}
		image.Matte[i] = 255
		image.Depth[i] = float32(toTarget.Apply(point).Z)
	}
	return image
}

// centreStep is every how many depth pixels the person's centre is measured.
const centreStep = 8

// centre is the mean of sparse surface points in the volume.
func (n Nearest) centre(set *capture.FrameSet) (centre space.Vec3, ok bool) {
	points := 0.0
	for i, f := range set.Frames {
		if f == nil || f.Depth.Validate() != nil {
			continue
		}
		camera := n.Rig.Cameras[i].Depth
		camera.Lens = camera.Lens.Resized(f.Depth.Width, f.Depth.Height)
		for y := centreStep / 2; y < f.Depth.Height; y += centreStep {
			for x := centreStep / 2; x < f.Depth.Width; x += centreStep {
				mm := f.Depth.Millimetres[y*f.Depth.Width+x]
				u, v, ok := camera.Lens.Unproject(float64(x), float64(y))
				if mm == 0 || !ok {
					continue
				}
				p := camera.Pose.Apply(space.Vec3{X: u, Y: v, Z: 1}.Scale(float64(mm) / 1000))
				if n.Rig.Volume.Contains(p) {
					centre = centre.Add(p)
					points++
				}
			}
		}
	}
	return centre.Scale(1 / max(points, 1)), points > 0
}
