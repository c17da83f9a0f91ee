package render

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func TestShadowIsTheNearest(t *testing.T) {
	c := testCamera(48, 40)
	c.observe(testFrame(c, 1, func(x, y int) uint16 {
		if x < 24 {
			return block(900)(x, y)
		}
		return block(1200)(x, y)
	}))
	c.shadow.cast(c)
	s := c.shadow
	// The colour camera stands where the depth camera does, with pixels of half
	// the size.
	for ty := range s.height {
		for tx := range s.width {
			// The depth pixels whose middles a texel holds.
			x0, x1 := float64(tx*s.texel)/2, float64((tx+1)*s.texel)/2
			y0, y1 := float64(ty*s.texel)/2, float64((ty+1)*s.texel)/2
			want := uint16(nothing)
			for y := int(y0) - 1; y < int(y1)+1; y++ {
				for x := int(x0) - 1; x < int(x1)+1; x++ {
					u, v := 2*float64(x)+1, 2*float64(y)+1 // rounded, of colour
					if x%shadowStride != 0 || y%shadowStride != 0 || u < 2*x0 || u >= 2*x1 || v < 2*y0 || v >= 2*y1 {
						continue
					}
					if z := block(0)(x, y); z == 0 && x < 24 {
						want = min(want, 900*eighths)
					} else if z == 0 {
						want = min(want, 1200*eighths)
					}
				}
			}
			got := s.depth[ty*s.width+tx]
			if math.Abs(float64(got)-float64(want)) > 1 {
				t.Errorf("texel %d, %d: %d, want %d", tx, ty, got, want)
			}
			if r := s.runs[ty]; got != nothing && (tx < r.from || tx >= r.to) {
				t.Errorf("texel %d, %d is outside its run %v", tx, ty, r)
			}
		}
	}
	if slices.Min(s.depth) == nothing {
		t.Error("nobody throws a shadow")
	}
	c.observe(testFrame(c, 2, func(int, int) uint16 { return 0 }))
	c.shadow.cast(c)
	if slices.Min(s.depth) != nothing {
		t.Error("nobody throws the shadow of an earlier frame")
	}
}

// TestShadowHasNoGaps looks at even ground with lenses of many sizes.
func TestShadowHasNoGaps(t *testing.T) {
	for _, scale := range []float64{0.5, 1, 1.7, 2, 3.3, 6} {
		c := testCamera(48, 40)
		l := c.Depth.Lens
		l = l.Resized(int(scale*48), int(scale*40))
		c.Colour.Lens, c.shadow = l, newShadow(c.Depth.Lens, l)
		c.observe(testFrame(c, 1, block(1000)))
		c.shadow.cast(c)
		for ty, r := range c.shadow.runs {
			for tx := r.from; tx < r.to; tx++ {
				if c.shadow.depth[ty*c.shadow.width+tx] == nothing {
					t.Errorf("colour of %.1f times the size: a gap at %d, %d", scale, tx, ty)
				}
			}
		}
	}
}

func nv12(w, h, stride int, luma func(x, y int) uint8) capture.Picture {
	p := capture.Picture{Format: capture.NV12, Width: w, Height: h, Strides: [3]int{stride, stride}}
	p.Planes[0], p.Planes[1] = make([]byte, stride*h), make([]byte, stride*(h+1)/2)
	for y := range h {
		for x := range w {
			p.Planes[0][y*stride+x] = luma(x, y)
		}
	}
	for i := range p.Planes[1] {
		p.Planes[1][i] = uint8(i % 251)
	}
	return p
}

// shown is a shadow with somebody in some texels.
func shown(w, h int, texels ...[2]int) *shadow {
	lens := space.Lens{Width: w, Height: h, Fx: 60, Fy: 60}
	s := newShadow(lens, lens)
	for i := range s.runs {
		s.runs[i] = run{from: s.width}
	}
	for _, at := range texels {
		r := &s.runs[at[1]]
		*r = run{min(r.from, at[0]), max(r.to, at[0]+1)}
	}
	return s
}

func TestSharpen(t *testing.T) {
	const w, h, stride, untouched = 64, 48, 70, 77
	random := rand.New(rand.NewPCG(5, 6))
	noise := make([]uint8, w*h)
	for i := range noise {
		noise[i] = uint8(random.IntN(256))
	}
	for name, luma := range map[string]func(x, y int) uint8{
		"flat": func(int, int) uint8 { return 100 }, "noise": func(x, y int) uint8 { return noise[y*w+x] },
		"a slope": func(x, y int) uint8 { return uint8(2*x + y) },
	} {
		s, p := shown(w, h, [2]int{4, 4}, [2]int{6, 5}), nv12(w, h, stride, luma)
		out := slices.Repeat([]uint8{untouched}, 4*w*h)
		b := s.sharpen(p, sharpening, out)
		texel := s.texel
		if b.x0 > 3*texel || b.x1 < 8*texel || b.y0 > 3*texel || b.y1 < 7*texel || (b.x0|b.x1|b.y0|b.y1)%2 != 0 {
			t.Errorf("%s: box %+v does not hold the person and a texel around", name, b)
		}
		for i := range w * h {
			x, y, got := i%w, i/w, out[4*i]
			if x < b.x0 || x >= b.x1 || y < b.y0 || y >= b.y1 {
				if got != untouched {
					t.Fatalf("%s: %d, %d outside the box is written", name, x, y)
				}
				continue
			}
			v := float64(luma(x, y))
			gain := 4*v - float64(luma(x-1, y)) - float64(luma(x+1, y)) - float64(luma(x, y-1)) - float64(luma(x, y+1))
			if want := max(0, min(255, v+gain*sharpening/256)); math.Abs(float64(got)-want) > 0.51 {
				t.Fatalf("%s: %d, %d is %d, want %.1f", name, x, y, got, want)
			}
			if at := y/2*stride + x&^1; out[4*i+1] != p.Planes[1][at] || out[4*i+2] != p.Planes[1][at+1] {
				t.Fatalf("%s: chroma at %d, %d is %d", name, x, y, out[4*i+1:4*i+3])
			}
		}
	}
}

func FuzzSharpenSize(f *testing.F) {
	for _, s := range [][2]uint8{{0, 0}, {1, 0}, {1, 63}, {63, 1}, {2, 2}, {3, 4}, {4, 3}, {6, 6}, {32, 16}, {63, 47}} {
		f.Add(s[0], s[1], uint8(3))
		f.Add(s[0], s[1], uint8(255))
	}
	f.Fuzz(func(t *testing.T, width, height, at uint8) {
		w, h := 1+int(width), 1+int(height)
		s := shown(w, h)
		x, y := int(at)%s.width, int(at)/s.width%s.height
		s.runs[y] = run{x, s.width}
		out := make([]uint8, 4*w*h)
		b := s.sharpen(nv12(w, h, w+w%2, func(int, int) uint8 { return 200 }), sharpening, out)
		if !b.empty() && (b.x0 < 2 || b.y0 < 2 || b.x1 > w-2 || b.y1 > h-2 || (b.x0|b.x1|b.y0|b.y1)%2 != 0) {
			t.Errorf("%d x %d: box %+v", w, h, b)
		}
		for i := range w * h {
			v := out[4*i]
			if x, y := i%w, i/w; v != 0 && (v != 200 || b.empty() || x < b.x0 || x >= b.x1 || y < b.y0 || y >= b.y1) {
				t.Fatalf("%d x %d: %d at %d, %d, the box is %+v", w, h, v, x, y, b)
			}
		}
	})
}
