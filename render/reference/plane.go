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
	get := func(x, y float64) float64 {
		return p.at(clampInt(int(x), p.w), clampInt(int(y), p.h))
	}
	top := (1-fx)*get(x0, y0) + fx*get(x0+1, y0)
	bottom := (1-fx)*get(x0, y0+1) + fx*get(x0+1, y0+1)
	return (1-fy)*top + fy*bottom
}

// nearest takes the pixel that holds a place given in 0..1 of the picture.
func (p plane) nearest(s, t float64) float64 {
	x, y := math.Floor(s*float64(p.w)), math.Floor(t*float64(p.h))
	return p.at(clampInt(int(x), p.w), clampInt(int(y), p.h))
}

func clampInt(i, n int) int { return max(0, min(n-1, i)) }

func clamp(v, low, high float64) float64 { return max(low, min(high, v)) }

// smoothstep is GLSL's.
func smoothstep(low, high, v float64) float64 {
	t := clamp((v-low)/(high-low), 0, 1)
	return t * t * (3 - 2*t)
}
