package plane_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models/matte/plane"
)

func random(width, height int) *plane.Plane {
	r := rand.New(rand.NewPCG(1, uint64(width*1000+height)))
	var p plane.Plane
	p.Resize(width, height)
	for i := range p.V {
		p.V[i] = r.Float32()
	}
	return &p
}

// TestBoxIsTheMean compares with the sum over each box.
func TestBoxIsTheMean(t *testing.T) {
	var m plane.Mean
	for _, c := range []struct {
		width, height int
		r             plane.Rect
		radius        int
	}{
		{7, 5, plane.Rect{X1: 7, Y1: 5}, 1},
		{7, 5, plane.Rect{X1: 7, Y1: 5}, 2},
		{7, 5, plane.Rect{X1: 7, Y1: 5}, 9},
		{1, 1, plane.Rect{X1: 1, Y1: 1}, 4},
		{2, 9, plane.Rect{X1: 2, Y1: 9}, 4},
		{40, 30, plane.Rect{X0: 3, Y0: 2, X1: 33, Y1: 29}, 4},
		{40, 30, plane.Rect{X0: 3, Y0: 2, X1: 3, Y1: 29}, 4},
	} {
		p := random(c.width, c.height)
		got := random(c.width, c.height)
		m.Box(got, p, c.r, c.radius)
		for y := range c.height {
			for x := range c.width {
				want := p.V[y*c.width+x] // as got was
				if x >= c.r.X0 && x < c.r.X1 && y >= c.r.Y0 && y < c.r.Y1 {
					want = boxMean(p, c.r, x, y, c.radius)
				}
				if d := got.V[y*c.width+x] - want; math.Abs(float64(d)) > 1e-5 {
					t.Fatalf("%+v: at %d, %d it is %v, not %v", c, x, y, got.V[y*c.width+x], want)
				}
			}
		}
		m.Box(p, p, c.r, c.radius)
		for i, v := range p.V {
			if v != got.V[i] {
				t.Fatalf("%+v: in place it is %v, not %v", c, v, got.V[i])
			}
		}
	}
}

func boxMean(p *plane.Plane, r plane.Rect, x, y, radius int) float32 {
	sum, n := float32(0), float32(0)
	for j := max(r.Y0, y-radius); j < min(r.Y1, y+radius+1); j++ {
		for i := max(r.X0, x-radius); i < min(r.X1, x+radius+1); i++ {
			sum += p.V[j*p.Width+i]
			n++
		}
	}
	return sum / n
}

// TestResampleKeepsRamps: what is linear stays so, inside; what is constant
// everywhere.
func TestResampleKeepsRamps(t *testing.T) {
	var r plane.Resampler
	for _, c := range []struct {
		n      int
		lo, hi float64
		out    int
	}{
		{100, 0, 100, 100}, {100, 0, 100, 40}, {100, 10, 60, 25}, {100, 10, 60, 200}, {100, -20, 120, 70},
		{1, 0, 1, 5}, {2, 0, 2, 1}, {3, 5, 9, 4}, {3, -9, -5, 4},
	} {
		var src, dst plane.Plane
		src.Resize(c.n, 1)
		for i := range src.V {
			src.V[i] = float32(i)
		}
		dst.Resize(c.out, 1)
		r.Plane(&dst, &src, plane.NewTaps(c.n, c.lo, c.hi, c.out), plane.NewTaps(1, 0, 1, 1))
		step := (c.hi - c.lo) / float64(c.out)
		for i, v := range dst.V {
			want := c.lo + (float64(i)+0.5)*step - 0.5
			reach := math.Ceil(max(1, step)) + 1
			inside := want >= reach && want <= float64(c.n-1)-reach
			if inside && math.Abs(float64(v)-want) > 0.2*step {
				t.Errorf("%+v: pixel %d is %v, not %v", c, i, v, want)
			}
			if v < 0 || v > float32(c.n-1) || v != v {
				t.Errorf("%+v: pixel %d is %v", c, i, v)
			}
		}
		bytes := make([]byte, c.n)
		for i := range bytes {
			bytes[i] = 77
		}
		r.Bytes(&dst, bytes, c.n, plane.NewTaps(c.n, c.lo, c.hi, c.out), plane.NewTaps(1, 0, 1, 1))
		for i, v := range dst.V {
			if math.Abs(float64(v)-77) > 1e-3 {
				t.Errorf("%+v: pixel %d of a constant is %v", c, i, v)
			}
		}
	}
}

func TestParts(t *testing.T) {
	rows := []string{
		"##..#",
		"#..##",
		".....",
		".#...",
	}
	text := strings.Join(rows, "")
	var p plane.Parts
	for range 2 { // its memory is used again
		p.Find(5, 4, func(i int) bool { return text[i] == '#' })
	}
	want := []plane.Part{
		{Area: 3, Bounds: plane.Rect{X1: 2, Y1: 2}, Edge: true},
		{Area: 3, Bounds: plane.Rect{X0: 3, X1: 5, Y1: 2}, Edge: true},
		{Area: 1, Bounds: plane.Rect{X0: 1, Y0: 3, X1: 2, Y1: 4}, Edge: true},
	}
	if len(p.List) != len(want) {
		t.Fatalf("there are %d parts: %+v", len(p.List), p.List)
	}
	for i, w := range want {
		if p.List[i] != w {
			t.Errorf("part %d is %+v, not %+v", i, p.List[i], w)
		}
	}
	for i, label := range p.Labels {
		if (label >= 0) != (text[i] == '#') {
			t.Errorf("pixel %d has the label %d", i, label)
		}
	}
	p.Find(3, 3, func(i int) bool { return i == 4 })
	if len(p.List) != 1 || p.List[0].Edge {
		t.Errorf("in the middle there is %+v", p.List)
	}
}
