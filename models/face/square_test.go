package face

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// slope is a grey picture whose luma rises by two a column and one a row.
func slope() capture.Picture {
	const side = 64
	p := capture.Picture{Format: capture.I420, Width: side, Height: side, Strides: [3]int{side, side / 2, side / 2}}
	p.Planes = [3][]byte{make([]byte, side*side), make([]byte, side*side/4), make([]byte, side*side/4)}
	for i := range p.Planes[0] {
		p.Planes[0][i] = byte(16 + 2*(i%side) + i/side)
	}
	for i := range p.Planes[1] {
		p.Planes[1][i], p.Planes[2][i] = 128, 128
	}
	return p
}

// TestShow: every pixel shows its place in the picture, turned and mirrored too.
func TestShow(t *testing.T) {
	const side = 8
	dst := make([]float32, 3*side*side)
	for _, s := range []square{{31.5, 31.5, 8, 0}, {30, 33, 20, 0.3}, {32, 32, 30, math.Pi / 2}, {32, 32, 3, -0.5}} {
		for _, mirrored := range []bool{false, true} {
			s.show(dst, slope(), side, 219, 16, mirrored)
			for i := range side * side {
				u := (float64(i%side) + 0.5) / side
				if mirrored {
					u = 1 - u
				}
				x, y := s.at(u, (float64(i/side)+0.5)/side)
				want := 16 + 2*x + y
				for k := range 3 {
					if got := float64(dst[3*i+k]); math.Abs(got-want) > 0.6 {
						t.Fatalf("%+v, mirrored %v: pixel %d is %v, not %v", s, mirrored, i, got, want)
					}
				}
			}
		}
	}
	square{x: 500, y: 500, size: 10}.show(dst, slope(), side, 1, 0, false)
	for _, v := range dst {
		if v != 0 {
			t.Fatalf("beyond the picture there is %v", v)
		}
	}
}

// TestBox: a box of the detector lands where it was seen, turned as its eyes are.
func TestBox(t *testing.T) {
	b := make([]float32, box)
	b[0], b[1], b[2], b[3] = 16, -8, 64, 48
	b[4], b[5], b[6], b[7] = 0, 0, 32, 32 // eyes aslant
	got := square{x: 100, y: 50, size: 512}.face(b, 0.5, 0.5)
	if want := (square{x: 132, y: 34, size: 128, angle: math.Pi / 4}); math.Abs(got.x-want.x)+math.Abs(got.y-want.y)+math.Abs(got.size-want.size)+math.Abs(got.angle-want.angle) > 1e-9 {
		t.Errorf("it is %+v, not %+v", got, want)
	}
}
