package render

import (
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func newImage(width, height int) *Image {
	n := width * height
	return &Image{Width: width, Height: height, RGB: make([]uint8, 3*n), Matte: make([]uint8, n), Depth: make([]float32, n)}
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
