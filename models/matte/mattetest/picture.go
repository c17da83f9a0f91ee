// Package mattetest has the real pictures that filters of persons are measured on:
// people cut out and laid before rooms, as a webcam gives them, with the truth.
package mattetest

import (
	"image"
	_ "image/jpeg" // the kitchen's pictures
	_ "image/png"  // the others
	"os"
	"path/filepath"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/weights"
)

// Environment is where a filter is opened with real weights; the test is skipped
// where one of them is not here.
func Environment(tb testing.TB, names ...string) models.Environment {
	tb.Helper()
	store, err := weights.Open("")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range names {
		if _, err := store.Path(name); err != nil {
			tb.Skipf("%v", err)
		}
	}
	return models.Environment{Provider: models.CPU, Weights: store.Path}
}

// Data is a file or folder of the real pictures, for a package that lies two below
// the repository; the test is skipped where it is missing.
func Data(tb testing.TB, parts ...string) string {
	tb.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("real pictures are missing: %v", err)
	}
	return path
}

// Picture is one of red, green and blue, 0 to 255, and how much there is of it.
type Picture struct {
	Width, Height int
	Colour        [3]plane.Plane
	Cover         plane.Plane // 0 to 1
}

// New makes a picture; its pixels are for the caller to set.
func New(width, height int) *Picture {
	p := &Picture{Width: width, Height: height}
	for k := range p.Colour {
		p.Colour[k].Resize(width, height)
	}
	p.Cover.Resize(width, height)
	return p
}

// Read reads a picture file, turned a quarter to the left where it lies on its
// side. What is black is not there.
func Read(tb testing.TB, path string, turned bool) *Picture {
	tb.Helper()
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	decoded, _, err := image.Decode(file)
	if err != nil {
		tb.Fatal(err)
	}
	b := decoded.Bounds()
	width, height := b.Dx(), b.Dy()
	if turned {
		width, height = height, width
	}
	p := New(width, height)
	for y := range height {
		for x := range width {
			sx, sy := x, y
			if turned {
				sx, sy = b.Dx()-1-y, x
			}
			r, g, bl, _ := decoded.At(b.Min.X+sx, b.Min.Y+sy).RGBA()
			i := y*width + x
			p.Colour[0].V[i], p.Colour[1].V[i], p.Colour[2].V[i] = float32(r>>8), float32(g>>8), float32(bl>>8)
			p.Cover.V[i] = 0
			if max(r, g, bl)>>8 > 6 {
				p.Cover.V[i] = 1
			}
		}
	}
	return p
}

// Part scales a part of a picture.
func (p *Picture) Part(x0, y0, x1, y1 float64, width, height int) *Picture {
	var r plane.Resampler
	across, down := plane.NewTaps(p.Width, x0, x1, width), plane.NewTaps(p.Height, y0, y1, height)
	out := New(width, height)
	for k := range p.Colour {
		r.Plane(&out.Colour[k], &p.Colour[k], across, down)
	}
	r.Plane(&out.Cover, &p.Cover, across, down)
	return out
}

// KeepLargest leaves the largest part and closes what is small in it: dark hair
// and shadow are no holes.
func (p *Picture) KeepLargest() {
	var parts plane.Parts
	parts.Find(p.Width, p.Height, func(i int) bool { return p.Cover.V[i] > 0 })
	largest := 0
	for i, q := range parts.List {
		if q.Area > parts.List[largest].Area {
			largest = i
		}
	}
	for i := range p.Cover.V {
		if parts.Labels[i] != int32(largest) {
			p.Cover.V[i] = 0
		}
	}
	parts.Find(p.Width, p.Height, func(i int) bool { return p.Cover.V[i] == 0 })
	for i, label := range parts.Labels {
		if label >= 0 && parts.List[label].Area < 400 {
			p.Cover.V[i] = 1
		}
	}
	for k := range p.Colour {
		for i, v := range p.Cover.V {
			p.Colour[k].V[i] *= v
		}
	}
}

// Before lays a cut-out person, scaled, with the top of the head at top and the
// head at the column x, before a room.
func (p *Picture) Before(room *Picture, scale float64, x, top int) *Picture {
	headX, headY := p.Head()
	width, height := room.Width, room.Height
	out := New(width, height)
	x0, y0 := headX-float64(x)/scale, headY-float64(top)/scale
	inside := p.Part(x0, y0, x0+float64(width)/scale, y0+float64(height)/scale, width, height)
	for y := range height {
		for x := range width {
			i := y*width + x
			a := inside.Cover.V[i]
			// Taps repeat the last pixels beyond a picture's edge.
			if sx, sy := x0+float64(x)/scale, y0+float64(y)/scale; sx < 0 || sy < 0 || sx > float64(p.Width) || sy > float64(p.Height) {
				a = 0
			}
			for k := range out.Colour {
				out.Colour[k].V[i] = room.Colour[k].V[i] * (1 - a)
				if a > 0 {
					out.Colour[k].V[i] += inside.Colour[k].V[i]
				}
			}
			out.Cover.V[i] = a
		}
	}
	return out
}

// Head is the middle of the topmost 200 rows of a person, and its top.
func (p *Picture) Head() (x, y float64) {
	top, sum, n := -1, 0, 0
	for j := range p.Height {
		for i := range p.Width {
			if p.Cover.V[j*p.Width+i] == 0 {
				continue
			}
			if top < 0 {
				top = j
			}
			if j < top+200 {
				sum, n = sum+i, n+1
			}
		}
	}
	return float64(sum) / float64(max(n, 1)), float64(top)
}

// Frame is the picture as a webcam gives it.
func (p *Picture) Frame() *capture.Frame {
	f := capture.NewFrame(nil)
	f.Captured = 1
	c := capture.Picture{Format: capture.I420, Width: p.Width, Height: p.Height, Strides: [3]int{p.Width, p.Width / 2, p.Width / 2}}
	for k := range c.Planes {
		c.Planes[k] = make([]byte, p.Width*p.Height/min(4, 1+3*k))
	}
	r, g, b := p.Colour[0].V, p.Colour[1].V, p.Colour[2].V
	for i := range c.Planes[0] {
		c.Planes[0][i] = level(16 + (65.481*r[i]+128.553*g[i]+24.966*b[i])/255)
	}
	for y := range p.Height / 2 {
		for x := range p.Width / 2 {
			var mean [3]float32
			for _, i := range [4]int{0, 1, p.Width, p.Width + 1} {
				for k := range mean {
					mean[k] += p.Colour[k].V[2*y*p.Width+2*x+i] / 4
				}
			}
			i := y*p.Width/2 + x
			c.Planes[1][i] = level(128 + (-37.797*mean[0]-74.203*mean[1]+112*mean[2])/255)
			c.Planes[2][i] = level(128 + (112*mean[0]-93.786*mean[1]-18.214*mean[2])/255)
		}
	}
	f.Colour = c
	return f
}

func level(v float32) byte { return byte(min(max(v+0.5, 0), 255)) }
