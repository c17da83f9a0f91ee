package matte_test

import (
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/matte/plane"
	"github.com/virtualcube/virtualcube/models/weights"
)

// environment is where a filter is opened with real weights.
func environment(tb testing.TB) models.Environment {
	tb.Helper()
	store, err := weights.Open("")
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{"onnxruntime", "selfie"} {
		if _, err := store.Path(name); err != nil {
			tb.Skipf("%v", err)
		}
	}
	return models.Environment{Provider: models.CPU, Weights: store.Path}
}

// realData is the folder of real pictures.
func realData(tb testing.TB, parts ...string) string {
	tb.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("real pictures are missing: %v", err)
	}
	return path
}

// rgb is a picture of red, green and blue, 0 to 255, and how much there is of it.
type rgb struct {
	width, height int
	colour        [3]plane.Plane
	cover         plane.Plane // 0 to 1
}

func newRGB(width, height int) *rgb {
	p := &rgb{width: width, height: height}
	for k := range p.colour {
		p.colour[k].Resize(width, height)
	}
	p.cover.Resize(width, height)
	return p
}

// read reads a picture file, turned a quarter to the left where it lies on its
// side. What is black is not there.
func read(tb testing.TB, path string, turned bool) *rgb {
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
	p := newRGB(width, height)
	for y := range height {
		for x := range width {
			sx, sy := x, y
			if turned {
				sx, sy = b.Dx()-1-y, x
			}
			r, g, bl, _ := decoded.At(b.Min.X+sx, b.Min.Y+sy).RGBA()
			i := y*width + x
			p.colour[0].V[i], p.colour[1].V[i], p.colour[2].V[i] = float32(r>>8), float32(g>>8), float32(bl>>8)
			p.cover.V[i] = 0
			if max(r, g, bl)>>8 > 6 {
				p.cover.V[i] = 1
			}
		}
	}
	return p
}

// part scales a part of a picture.
func (p *rgb) part(x0, y0, x1, y1 float64, width, height int) *rgb {
	var r plane.Resampler
	across, down := plane.NewTaps(p.width, x0, x1, width), plane.NewTaps(p.height, y0, y1, height)
	out := newRGB(width, height)
	for k := range p.colour {
		r.Plane(&out.colour[k], &p.colour[k], across, down)
	}
	r.Plane(&out.cover, &p.cover, across, down)
	return out
}

// keepLargest leaves the largest part and closes what is small in it: dark hair
// and shadow are no holes.
func (p *rgb) keepLargest() {
	var parts plane.Parts
	parts.Find(p.width, p.height, func(i int) bool { return p.cover.V[i] > 0 })
	largest := 0
	for i, q := range parts.List {
		if q.Area > parts.List[largest].Area {
			largest = i
		}
	}
	for i := range p.cover.V {
		if parts.Labels[i] != int32(largest) {
			p.cover.V[i] = 0
		}
	}
	parts.Find(p.width, p.height, func(i int) bool { return p.cover.V[i] == 0 })
	for i, label := range parts.Labels {
		if label >= 0 && parts.List[label].Area < 400 {
			p.cover.V[i] = 1
		}
	}
	for k := range p.colour {
		for i, v := range p.cover.V {
			p.colour[k].V[i] *= v
		}
	}
}

// before lays a cut-out person, scaled, with the top of the head at top and the
// head at the column x, before a room.
func (p *rgb) before(room *rgb, scale float64, x, top int) *rgb {
	headX, headY := p.head()
	width, height := room.width, room.height
	out := newRGB(width, height)
	x0, y0 := headX-float64(x)/scale, headY-float64(top)/scale
	inside := p.part(x0, y0, x0+float64(width)/scale, y0+float64(height)/scale, width, height)
	for y := range height {
		for x := range width {
			i := y*width + x
			a := inside.cover.V[i]
			// Taps repeat the last pixels beyond a picture's edge.
			if sx, sy := x0+float64(x)/scale, y0+float64(y)/scale; sx < 0 || sy < 0 || sx > float64(p.width) || sy > float64(p.height) {
				a = 0
			}
			for k := range out.colour {
				out.colour[k].V[i] = room.colour[k].V[i] * (1 - a)
				if a > 0 {
					out.colour[k].V[i] += inside.colour[k].V[i]
				}
			}
			out.cover.V[i] = a
		}
	}
	return out
}

// head is the middle of the topmost 200 rows of a person, and its top.
func (p *rgb) head() (x, y float64) {
	top, sum, n := -1, 0, 0
	for j := range p.height {
		for i := range p.width {
			if p.cover.V[j*p.width+i] == 0 {
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

// frame is the picture as a webcam gives it.
func (p *rgb) frame() *capture.Frame {
	f := capture.NewFrame(nil)
	f.Captured = 1
	c := capture.Picture{Format: capture.I420, Width: p.width, Height: p.height, Strides: [3]int{p.width, p.width / 2, p.width / 2}}
	for k := range c.Planes {
		c.Planes[k] = make([]byte, p.width*p.height/min(4, 1+3*k))
	}
	r, g, b := p.colour[0].V, p.colour[1].V, p.colour[2].V
	for i := range c.Planes[0] {
		c.Planes[0][i] = level(16 + (65.481*r[i]+128.553*g[i]+24.966*b[i])/255)
	}
	for y := range p.height / 2 {
		for x := range p.width / 2 {
			var mean [3]float32
			for _, i := range [4]int{0, 1, p.width, p.width + 1} {
				for k := range mean {
					mean[k] += p.colour[k].V[2*y*p.width+2*x+i] / 4
				}
			}
			i := y*p.width/2 + x
			c.Planes[1][i] = level(128 + (-37.797*mean[0]-74.203*mean[1]+112*mean[2])/255)
			c.Planes[2][i] = level(128 + (112*mean[0]-93.786*mean[1]-18.214*mean[2])/255)
		}
	}
	f.Colour = c
	return f
}

func level(v float32) byte { return byte(min(max(v+0.5, 0), 255)) }
