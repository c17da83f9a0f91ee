package score

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// split is a picture of a person that a case spoils.
type split struct {
	result, truth    Picture
	matte            []uint8
	depth, trueDepth []float32
	silhouette       Mask
}

// newSplit is 64 x 64: a square of 32 x 32 px from (16, 16), 1 m away, drawn
// well, on a room at 2 m.
func newSplit() *split {
	s := &split{trueDepth: make([]float32, 64*64)}
	s.truth, s.matte, s.silhouette = silhouetteCase()
	for i, person := range s.silhouette.Set {
		if s.trueDepth[i] = 2; person {
			s.trueDepth[i] = 1
		}
	}
	s.depth = append([]float32(nil), s.trueDepth...)
	s.result = Picture{64, 64, append([]uint8(nil), s.truth.RGB...)}
	return s
}

func (s *split) run() (Causes, error) {
	return Split(s.result, s.matte, s.depth, s.truth, s.silhouette, s.trueDepth)
}

// each calls f for every pixel of a rectangle, bounds included.
func each(x0, y0, x1, y1 int, f func(i int)) {
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			f(y*64 + x)
		}
	}
}

// off adds levels to the result in a rectangle.
func (s *split) off(x0, y0, x1, y1 int, levels func(i int) int) {
	each(x0, y0, x1, y1, func(i int) {
		for c := 3 * i; c < 3*i+3; c++ {
			s.result.RGB[c] = uint8(int(s.truth.RGB[c]) + levels(i))
		}
	})
}

func always(levels int) func(int) int { return func(int) int { return levels } }

func TestSplit(t *testing.T) {
	checker := func(i int) int { return 20 * (2*((i%64+i/64)%2) - 1) }
	cases := []struct {
		name  string
		spoil func(*split)
		want  Causes
	}{
		{"nothing", func(*split) {}, Causes{}},
		{"a hole in the middle", func(s *split) { each(28, 28, 33, 33, func(i int) { s.matte[i] = 100 }) }, Causes{Hole: 1}},
		{"a hole at the edge", func(s *split) { each(16, 28, 17, 33, func(i int) { s.matte[i] = 0 }) }, Causes{Hole: 1}},
		{"a halo", func(s *split) { each(10, 20, 15, 40, func(i int) { s.matte[i] = 200 }) }, Causes{Halo: 1}},
		{"a halo farther than 8 px", func(s *split) { each(1, 20, 7, 40, func(i int) { s.matte[i] = 200 }) }, Causes{}},
		{"colour inside the edge", func(s *split) { s.off(16, 20, 18, 40, always(30)) }, Causes{DepthEdge: 1}},
		{"soft matte outside the edge", func(s *split) { each(13, 20, 15, 40, func(i int) { s.matte[i] = 90 }) }, Causes{DepthEdge: 1}},
		{"a depth step", func(s *split) {
			each(32, 16, 47, 47, func(i int) { s.trueDepth[i] = 1.04; s.depth[i] = 1.1 })
			s.off(29, 24, 34, 40, always(30))
		}, Causes{DepthEdge: 1}},
		{"wrong surface", func(s *split) {
			each(24, 24, 40, 40, func(i int) { s.depth[i] = 1.04 })
			s.off(24, 24, 40, 40, checker)
		}, Causes{Occlusion: 1}},
		{"wrong surface, within noise", func(s *split) {
			each(16, 16, 47, 47, func(i int) { s.depth[i] = 1.02 })
			s.off(16, 16, 47, 47, func(i int) int {
				if x, y := i%64, i/64; x < 19 || x > 44 || y < 19 || y > 44 {
					return 0
				}
				return 10
			})
		}, Causes{Colour: 1}},
		{"unknown depth", func(s *split) {
			each(16, 16, 47, 47, func(i int) { s.depth[i] = 0 })
			s.off(19, 19, 44, 44, always(10))
		}, Causes{Colour: 1}},
		{"unknown true depth", func(s *split) {
			each(24, 24, 40, 40, func(i int) { s.trueDepth[i] = 0 })
			s.off(19, 19, 44, 44, always(10))
		}, Causes{Colour: 1}},
		{"colour", func(s *split) { s.off(19, 19, 44, 44, always(-15)) }, Causes{Colour: 1}},
	}
	for _, c := range cases {
		s := newSplit()
		c.spoil(s)
		sums, err := s.run()
		if err != nil {
			t.Fatal(err)
		}
		if got := sums.Shares(); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	// A mean over 9 x 9 of a checker board of ±20 is never more than 20/9 in
	// the worst corner, 5 x 5: a share of 1/(1+24²).
	s := newSplit()
	s.off(19, 19, 44, 44, checker)
	sums, err := s.run()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "blur of a checker board", sums.Shares().Blur, 1, 2.0/(24*24))
}

// Whatever the pictures, the parts add up to the squared error.
func TestSplitIsWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		s := newSplit()
		for i := range s.matte {
			s.matte[i], s.depth[i] = uint8(random.IntN(256)), float32(random.IntN(3))/2
			s.trueDepth[i] *= 1 + 0.05*random.Float32()
		}
		for i := range s.result.RGB {
			s.result.RGB[i] = uint8(random.IntN(256))
		}
		sums, err := s.run()
		if err != nil {
			t.Fatal(err)
		}
		want := 0.0
		a, b := s.result.Over(s.matte), s.truth.OverMask(s.silhouette)
		for i, in := range s.silhouette.Dilate(8).Set {
			for c := 3 * i; in && c < 3*i+3; c++ {
				d := float64(a.RGB[c]) - float64(b.RGB[c])
				want += d * d
			}
		}
		got := sums.Hole + sums.Halo + sums.DepthEdge + sums.Occlusion + sums.Colour + sums.Blur
		near(t, "sum of the parts", got, want, 1e-9*want)
		p := sums.Plus(sums).Shares()
		near(t, "sum of the shares", p.Hole+p.Halo+p.DepthEdge+p.Occlusion+p.Colour+p.Blur, 1, 1e-12)
	}
}

func TestSplitRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*split){
		"sizes differ":         func(s *split) { s.result = NewPicture(32, 64) },
		"torn picture":         func(s *split) { s.truth.RGB = s.truth.RGB[:9] },
		"short matte":          func(s *split) { s.matte = s.matte[:9] },
		"no depth":             func(s *split) { s.depth = nil },
		"no true depth":        func(s *split) { s.trueDepth = nil },
		"mask of another size": func(s *split) { s.silhouette = NewMask(32, 64) },
	} {
		s := newSplit()
		spoil(s)
		if _, err := s.run(); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
