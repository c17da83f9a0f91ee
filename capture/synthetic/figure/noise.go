package figure

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Noise is smooth value noise of unit cell size, -1 to 1.
func Noise(p space.Vec3) float64 {
	fx, fy, fz := math.Floor(p.X), math.Floor(p.Y), math.Floor(p.Z)
	x, y, z := p.X-fx, p.Y-fy, p.Z-fz
	i, j, k := int32(fx), int32(fy), int32(fz)
	x, y, z = x*x*(3-2*x), y*y*(3-2*y), z*z*(3-2*z)
	lerp := func(a, b, t float64) float64 { return a + t*(b-a) }
	return lerp(
		lerp(lerp(knot(i, j, k), knot(i+1, j, k), x), lerp(knot(i, j+1, k), knot(i+1, j+1, k), x), y),
		lerp(lerp(knot(i, j, k+1), knot(i+1, j, k+1), x), lerp(knot(i, j+1, k+1), knot(i+1, j+1, k+1), x), y), z)
}

func knot(i, j, k int32) float64 {
	h := uint32(i)*0x8DA6B343 ^ uint32(j)*0xD8163841 ^ uint32(k)*0xCB1AB31F
	h ^= h >> 15
	h *= 0x2C1B3C6D
	h ^= h >> 12
	h *= 0x297A2D39
	h ^= h >> 15
	return float64(int32(h)) / (1 << 31)
}

// fine is Noise faded out where its cells are smaller than a pixel.
func fine(p space.Vec3, frequency, footprint float64) float64 {
	fade := 1 - smooth(0.4, 1.2, frequency*footprint)
	if fade == 0 {
		return 0
	}
	return fade * Noise(p.Scale(frequency))
}

// wave is a sine of a wavelength in metres, faded out below two pixels.
func wave(x, length, footprint float64) float64 {
	fade := 1 - smooth(0.25, 0.6, footprint/length)
	if fade == 0 {
		return 0
	}
	return fade * math.Sin(2*math.Pi*x/length)
}

// stripe is 1 within bands of a width that repeat every period, with edges as
// wide as a pixel.
func stripe(x, period, width, footprint float64) float64 {
	d := math.Abs(math.Mod(math.Mod(x, period)+period, period)-period/2) - width/2
	e := max(footprint, 0.0004)
	return min(1, max(0, 0.5-d/e))
}
