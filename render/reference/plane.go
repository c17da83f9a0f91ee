package reference

import "math"

// plane is one channel of a picture.
type plane struct {
	w, h int
	v    []float64
}

func newPlane(w, h int) plane { return plane{w, h, make([]float64, w*h)} }

func (p plane) at(x, y int) float64 { return p.v[y*p.w+x] }

// linear interpolates at a place given in 0..1 of the picture; beyond the
// outermost pixel centres the border pixel counts.
func (p plane) linear(s, t float64) float64 {
	x, y := s*float64(p.w)-0.5, t*float64(p.h)-0.5
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := x-x0, y-y0
	top := (1-fx)*p.clamped(x0, y0) + fx*p.clamped(x0+1, y0)
	bottom := (1-fx)*p.clamped(x0, y0+1) + fx*p.clamped(x0+1, y0+1)
	return (1-fy)*top + fy*bottom
}

// cubic is linear by the cubic of Catmull and Rom ("A class of local
// interpolating splines", 1974).
func (p plane) cubic(s, t float64) float64 {
	x, y := s*float64(p.w)-0.5, t*float64(p.h)-0.5
	x0, y0 := math.Floor(x), math.Floor(y)
	across, down := catmullRom(x-x0), catmullRom(y-y0)
	sum := 0.0
	for k := range 16 {
		sum += across[k%4] * down[k/4] * p.clamped(x0+float64(k%4-1), y0+float64(k/4-1))
	}
	return sum
}

// catmullRom is what four neighbours count at a place between the inner two.
func catmullRom(f float64) [4]float64 {
	return [4]float64{f * (-0.5 + f*(1-0.5*f)), 1 + f*f*(-2.5+1.5*f), f * (0.5 + f*(2-1.5*f)), f * f * (-0.5 + 0.5*f)}
}

// clamped takes a pixel, or the nearest one of the border.
func (p plane) clamped(x, y float64) float64 {
	return p.at(clampInt(int(x), p.w), clampInt(int(y), p.h))
}

// halve averages 2 x 2 pixels.
func (p plane) halve() plane {
	half := newPlane(max(1, p.w/2), max(1, p.h/2))
	for i := range half.v {
		x, y := float64(2*(i%half.w)), float64(2*(i/half.w))
		half.v[i] = (p.clamped(x, y) + p.clamped(x+1, y) + p.clamped(x, y+1) + p.clamped(x+1, y+1)) / 4
	}
	return half
}

// halveNearest takes the least of 2 x 2 distances that is known.
func (p plane) halveNearest() plane {
	half := newPlane(max(1, p.w/2), max(1, p.h/2))
	for i := range half.v {
		x, y := float64(2*(i%half.w)), float64(2*(i/half.w))
		for k := range 4 {
			if d := p.clamped(x+float64(k%2), y+float64(k/2)); d > 0 && (half.v[i] == 0 || d < half.v[i]) {
				half.v[i] = d
			}
		}
	}
	return half
}

func clampInt(i, n int) int { return max(0, min(n-1, i)) }

func clamp(v, low, high float64) float64 { return max(low, min(high, v)) }

// smoothstep is GLSL's.
func smoothstep(low, high, v float64) float64 {
	t := clamp((v-low)/(high-low), 0, 1)
	return t * t * (3 - 2*t)
}
