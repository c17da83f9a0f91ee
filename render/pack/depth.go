package pack

import "math"

// DepthCode returns the luma of a surface at z metres from the eye, at right
// angles to the window, in a depth window from near to far metres
// (0 < near < far). It is linear in 1/z; z outside the window is clamped to
// it and NaN counts as far.
//
//	Y = 24 + 208 (1/z - 1/far) / (1/near - 1/far)
func DepthCode(z, near, far float64) uint8 {
	if !(z < far) {
		return DepthFar
	}
	if z <= near {
		return DepthNear
	}
	t := (1/z - 1/far) / (1/near - 1/far)
	return uint8(math.Round(DepthFar + (DepthNear-DepthFar)*t))
}

// Depth is the inverse of DepthCode: metres. Codes outside 24 to 232, which
// only a codec makes, are clamped.
func Depth(code uint8, near, far float64) float64 {
	t := float64(min(max(code, DepthFar), DepthNear)-DepthFar) / (DepthNear - DepthFar)
	return 1 / (1/far + t*(1/near-1/far))
}

// MatteCode returns the luma of a matte value from 0 to 1, clamped; NaN is 0.
func MatteCode(matte float64) uint8 {
	if !(matte > 0) {
		return MatteZero
	}
	return uint8(math.Round(MatteZero + (MatteOne-MatteZero)*min(matte, 1)))
}

// Matte is the inverse of MatteCode; codes outside 16 to 235 are clamped.
func Matte(code uint8) float64 {
	return float64(min(max(code, MatteZero), MatteOne)-MatteZero) / (MatteOne - MatteZero)
}
