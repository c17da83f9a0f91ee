package tensor_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/tensor"
)

func picture(t testing.TB, width, height int) capture.Picture {
	t.Helper()
	f, err := capture.NewFramePool(1).Frame(capture.FrameShape{Format: capture.I420, Width: width, Height: height})
	if err != nil {
		t.Fatal(err)
	}
	return f.Colour
}

func grid(t testing.TB, layout string, shape ...int64) tensor.Grid {
	t.Helper()
	g, err := tensor.NewGrid(layout, shape)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var identity = tensor.Scale{Gain: [3]float32{1, 1, 1}}

func TestGridRefuses(t *testing.T) {
	for _, c := range []struct {
		layout string
		shape  []int64
		says   string
	}{
		{"NHWC", []int64{1, 8, 8}, "4 letters for the 3"},
		{"NHWC", []int64{2, 8, 8, 3}, "batch of 2"},
		{"NHWH", []int64{1, 8, 8, 3}, "H twice"},
		{"NHWD", []int64{1, 8, 8, 3}, "letter D"},
		{"NCH", []int64{1, 3, 8}, "needs both"},
		{"HW", []int64{8, 0}, "1 to"},
		{"HW", []int64{8, 1 << 40}, "1 to"},
	} {
		if _, err := tensor.NewGrid(c.layout, c.shape); !errors.Is(err, tensor.ErrLayout) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s of %v: %v does not say %q", c.layout, c.shape, err, c.says)
		}
	}
	if _, err := tensor.NewReader(grid(t, "HW", 8, 8), tensor.Stretch, tensor.RGB, identity); !errors.Is(err, tensor.ErrLayout) {
		t.Errorf("colours in one channel: %v", err)
	}
}

// TestColours holds one colour to what BT.601 makes of it, in every order.
func TestColours(t *testing.T) {
	p := picture(t, 32, 16)
	for i, v := range []byte{81, 90, 240} { // full red
		for j := range p.Planes[i] {
			p.Planes[i][j] = v
		}
	}
	for _, c := range []struct {
		layout  string
		shape   []int64
		colours tensor.Colours
		scale   tensor.Scale
		pixel   [3]float32
	}{
		{"NHWC", []int64{1, 4, 4, 3}, tensor.RGB, identity, [3]float32{1, 0, 0}},
		{"NHWC", []int64{1, 4, 4, 3}, tensor.BGR, identity, [3]float32{0, 0, 1}},
		{"NCHW", []int64{1, 3, 4, 4}, tensor.RGB, tensor.Scale{Gain: [3]float32{2, 2, 2}, Offset: [3]float32{-1, -1, -1}}, [3]float32{1, -1, -1}},
		{"HW", []int64{4, 4}, tensor.Grey, tensor.Scale{Gain: [3]float32{255}}, [3]float32{75.7}},
	} {
		g := grid(t, c.layout, c.shape...)
		r, err := tensor.NewReader(g, tensor.Stretch, c.colours, c.scale)
		if err != nil {
			t.Fatal(err)
		}
		to := make([]float32, g.Len())
		if _, err := r.Read(p, to); err != nil {
			t.Fatal(err)
		}
		for i, x := range to {
			channel := i % g.Channels
			if c.layout == "NCHW" {
				channel = i / 16
			}
			if math.Abs(float64(x-c.pixel[channel])) > 0.01*math.Max(1, math.Abs(float64(c.scale.Gain[0]))) {
				t.Fatalf("%s %s: element %d is %v, want %v", c.layout, c.colours, i, x, c.pixel[channel])
			}
		}
	}
}

// ramp is a picture whose luma is 16 + x + 2y.
func ramp(t testing.TB, width, height int) capture.Picture {
	p := picture(t, width, height)
	for y := range height {
		for x := range width {
			p.Planes[0][y*width+x] = byte(16 + x + 2*y)
		}
	}
	for i := range p.Planes[1] {
		p.Planes[1][i], p.Planes[2][i] = 128, 128
	}
	return p
}

// TestCentres: what is linear stays where it is, at any size, in any part.
func TestCentres(t *testing.T) {
	p := ramp(t, 64, 32)
	for _, size := range [][2]int64{{32, 64}, {16, 32}, {8, 8}, {48, 100}, {64, 16}} {
		for _, resize := range []tensor.Resize{tensor.Stretch, tensor.Fit, tensor.Fill} {
			g := grid(t, "HW", size[0], size[1])
			r, err := tensor.NewReader(g, resize, tensor.Grey, tensor.Scale{Gain: [3]float32{219}})
			if err != nil {
				t.Fatal(err)
			}
			to := make([]float32, g.Len())
			m, err := r.Read(p, to)
			if err != nil {
				t.Fatal(err)
			}
			for y := range g.Height {
				for x := range g.Width {
					inside := x >= m.GX && x < m.GX+m.GW && y >= m.GY && y < m.GY+m.GH
					px := float64(m.X) + (float64(x-m.GX)+0.5)*float64(m.Width)/float64(m.GW) - 0.5
					py := float64(m.Y) + (float64(y-m.GY)+0.5)*float64(m.Height)/float64(m.GH) - 0.5
					edge := px < 0 || py < 0 || px > 63 || py > 31 ||
						px < float64(m.X) || py < float64(m.Y) || px > float64(m.X+m.Width-1) || py > float64(m.Y+m.Height-1)
					want := px + 2*py
					if !inside {
						want, edge = 0, false
					}
					if got := float64(to[y*g.Width+x]); !edge && math.Abs(got-want) > 0.02 {
						t.Fatalf("%v %s: %d, %d is %v, want %v (%+v)", size, resize, x, y, got, want, m)
					}
				}
			}
		}
	}
}

// TestThereAndBack: a picture that a model leaves alone comes back, in every
// layout and way to resize, and the rest of it stays.
func TestThereAndBack(t *testing.T) {
	p := picture(t, 96, 48)
	for i, plane := range p.Planes {
		width := 96 >> min(i, 1)
		for j := range plane {
			x, y := float64(j%width)/float64(width), float64(j/width)/float64(width)*2
			plane[j] = byte(128 + 40*math.Sin(3*x+float64(i))*math.Cos(2*y))
		}
	}
	for _, resize := range []tensor.Resize{tensor.Stretch, tensor.Fit, tensor.Fill} {
		for _, size := range []int64{48, 96} {
			g := grid(t, "NCHW", 1, 3, size, size)
			scale := tensor.Scale{Gain: [3]float32{2, 3, 4}, Offset: [3]float32{-1, 0, 1}}
			r, err := tensor.NewReader(g, resize, tensor.BGR, scale)
			if err != nil {
				t.Fatal(err)
			}
			values := make([]float32, g.Len())
			m, err := r.Read(p, values)
			if err != nil {
				t.Fatal(err)
			}
			out := picture(t, 96, 48)
			for i := range out.Planes {
				for j := range out.Planes[i] {
					out.Planes[i][j] = 7
				}
			}
			w := tensor.NewWriter(g.Width, g.Height)
			w.Colour(values, g, tensor.BGR, scale, m, g, out, 1)
			for i, plane := range out.Planes {
				width := 96 >> min(i, 1)
				for j := range plane {
					x := j % width << min(i, 1)
					want, slack := int(p.Planes[i][j]), 3
					if x < m.X || x >= m.X+m.Width {
						want, slack = 7, 0
					}
					if diff := int(plane[j]) - want; diff < -slack || diff > slack {
						t.Fatalf("%s %d: plane %d, %d, %d is %d, want %d", resize, size, i, j%width, j/width, plane[j], want)
					}
				}
			}
		}
	}
}

func TestMix(t *testing.T) {
	w := tensor.NewWriter(1, 1)
	g := grid(t, "HW", 1, 1)
	m := tensor.Map(tensor.Stretch, 2, 2, g)
	for _, c := range []struct {
		mix  float32
		want byte
	}{{0, 100}, {0.25, 125}, {1, 200}} {
		to := []byte{100, 100, 100, 100}
		w.Plane([]float32{200}, m, g, false, to, 2, c.mix)
		if to[0] != c.want || to[3] != c.want {
			t.Errorf("mixed by %v: %v", c.mix, to)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	p := ramp(b, 1280, 720)
	g := grid(b, "NHWC", 1, 256, 256, 3)
	r, err := tensor.NewReader(g, tensor.Stretch, tensor.RGB, identity)
	if err != nil {
		b.Fatal(err)
	}
	to := make([]float32, g.Len())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(p, to); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	p := ramp(b, 1280, 720)
	g := grid(b, "HW", 256, 256)
	w := tensor.NewWriter(256, 256)
	m := tensor.Map(tensor.Stretch, 1280, 720, g)
	from := make([]float32, 256*256)
	b.ReportAllocs()
	for b.Loop() {
		w.Plane(from, m, g, false, p.Planes[0], 1280, 1)
	}
}
