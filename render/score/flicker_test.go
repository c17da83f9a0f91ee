package score

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

func TestFlickerOfKnownNoise(t *testing.T) {
	const side, frames = 96, 200
	random := rand.New(rand.NewPCG(7, 8))
	opaque := make([]uint8, side*side)
	for i := range opaque {
		opaque[i] = 255
	}
	silhouette := NewMask(side, side)
	for i := range silhouette.Set {
		silhouette.Set[i] = i%side >= 10 && i%side < 80
	}
	for _, sigma := range []float64{0, 3, 8} {
		f, err := NewFlicker(silhouette)
		if err != nil {
			t.Fatal(err)
		}
		for range frames {
			p := NewPicture(side, side)
			for i := range side * side {
				v := uint8(math.Round(100 + float64(i%side)/2 + sigma*random.NormFloat64()))
				if i%side < 12 { // outside the eroded silhouette: counts for nothing
					v = uint8(random.IntN(256))
				}
				p.RGB[3*i], p.RGB[3*i+1], p.RGB[3*i+2] = v, v, v
			}
			if err := f.Add(p, opaque); err != nil {
				t.Fatal(err)
			}
		}
		want := 0.0
		if sigma > 0 { // rounding adds a variance of 1/12
			want = math.Sqrt(sigma*sigma + 1.0/12)
		}
		near(t, "flicker", f.Levels(), want, 0.01*want)
	}
}

// A pixel that is there in every second frame swings between its luma and the
// grey behind it.
func TestFlickerOfTheMatte(t *testing.T) {
	silhouette := full(8, 8)
	f, err := NewFlicker(silhouette)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "flicker of no picture", f.Levels(), 0, 0)
	p := NewPicture(8, 8)
	for i := range p.RGB {
		p.RGB[i] = 188
	}
	for k := range 10 {
		matte := make([]uint8, 64)
		for i := range matte {
			matte[i] = uint8(255 * (k % 2))
		}
		if err := f.Add(p, matte); err != nil {
			t.Fatal(err)
		}
	}
	near(t, "flicker", f.Levels(), (188-Background)/2, 1e-9)
}

func TestFlickerRefuses(t *testing.T) {
	if _, err := NewFlicker(NewMask(8, 8)); !errors.Is(err, ErrNoSilhouette) {
		t.Errorf("nobody: error %v", err)
	}
	f, err := NewFlicker(full(8, 8))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		picture Picture
		matte   []uint8
	}{
		{"another size", NewPicture(8, 9), make([]uint8, 72)},
		{"torn picture", Picture{8, 8, make([]uint8, 3)}, make([]uint8, 64)},
		{"short matte", NewPicture(8, 8), make([]uint8, 63)},
	} {
		if err := f.Add(c.picture, c.matte); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
}
