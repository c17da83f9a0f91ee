package render

import (
	"context"
	"errors"
	"time"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
)

func newImage(width, height int) *Image {
	n := width * height
	return &Image{Width: width, Height: height, RGB: make([]uint8, 3*n), Matte: make([]uint8, n), Depth: make([]float32, n)}
}

// still draws what a pinhole camera in the cube would see on a canvas of its
// own, which read reads on the device's thread.
func (r *Renderer) still(ctx context.Context, set *capture.FrameSet, target space.Camera, read func(*canvas)) (stages Stages, err error) {
	if !target.Lens.Pinhole() {
		return stages, errors.New("the target lens is no pinhole")
	}
	person := NewFraming(r.rig).centre(set)
	c, err := r.prepare(set, target.Pose.T, person, &stages)
	if err != nil {
		return stages, err
	}
	painted := r.paint(set, c)
	defer painted()
	err = r.device.Do(ctx, func() error {
		g, err := r.ready()
		if err != nil {
			return err
		}
		canvas, err := newCanvas(target.Lens.Width, target.Lens.Height, r.network)
		if err != nil {
			return err
		}
		defer canvas.delete()
		if err := r.draw(g, set, c, painted, target, canvas, canvas.fill, &stages); err != nil {
			return err
		}
		clock := stopwatch{last: time.Now()}
		read(canvas)
		clock.lap(&stages.Readback)
		return gl.Check("draw")
	})
	return stages, err
}

// read waits for the canvas and converts it. BT.601, limited range.
func (m *Image) read(c *canvas) {
	n := m.Width * m.Height
	yuv := make([]uint8, 4*n)
	c.picture.Read(unsafe.Pointer(&yuv[0]), len(yuv))
	half := make([]float32, c.distance.Width*c.distance.Height)
	c.distance.Read(unsafe.Pointer(&half[0]), 4*len(half))
	for i := range m.Depth {
		x, y := min(i%m.Width/2, c.distance.Width-1), min(i/m.Width/2, c.distance.Height-1)
		m.Depth[i] = half[y*c.distance.Width+x]
	}
	for i := range n {
		y := 255.0 / 219 * (float64(yuv[4*i]) - 16)
		u, v := 255.0/224*(float64(yuv[4*i+1])-128), 255.0/224*(float64(yuv[4*i+2])-128)
		m.RGB[3*i] = clamp8(y + 1.402*v)
		m.RGB[3*i+1] = clamp8(y - 0.344136*u - 0.714136*v)
		m.RGB[3*i+2] = clamp8(y + 1.772*u)
		m.Matte[i] = yuv[4*i+3]
	}
}

func clamp8(v float64) uint8 { return uint8(max(0, min(255, v+0.5))) }

// centre is the middle of the person's sparse surface points.
func (f *Framing) centre(set *capture.FrameSet) space.Vec3 {
	points := f.person(set)
	if len(points) == 0 {
		return f.rig.Volume.Center()
	}
	var c space.Vec3
	for _, p := range points {
		c = c.Add(p.Scale(1 / float64(len(points))))
	}
	return c
}
