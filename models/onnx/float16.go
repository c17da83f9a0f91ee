package onnx

import "math"

// Float16 is a number of IEEE 754's binary16, as its bits.
type Float16 uint16

// ToFloat16 rounds to the nearest, to even in the middle; what is too large
// becomes infinite.
func ToFloat16(x float32) Float16 {
	bits := math.Float32bits(x)
	sign := Float16(bits >> 16 & 0x8000)
	magnitude := bits & 0x7fffffff
	switch {
	case magnitude > 0x7f800000:
		return sign | 0x7e00 // not a number
	case magnitude >= 0x47800000: // 65536
		return sign | 0x7c00
	case magnitude < 0x38800000: // 2^-14: subnormal, in steps of 2^-24
		return sign | Float16(math.RoundToEven(math.Abs(float64(x))*(1<<24)))
	}
	// Seven exponent bits fewer below, 13 of the fraction are rounded away; a
	// carry goes up into the exponent as it should.
	magnitude += 0xfff + magnitude>>13&1
	return sign | Float16(magnitude>>13-(127-15)<<10)
}

// Float32 is the number, exactly.
func (h Float16) Float32() float32 {
	sign := uint32(h&0x8000) << 16
	fraction := uint32(h & 0x3ff)
	switch exponent := uint32(h >> 10 & 0x1f); exponent {
	case 0:
		x := float32(fraction) / (1 << 24)
		return math.Float32frombits(math.Float32bits(x) | sign)
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	default:
		return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
	}
}
