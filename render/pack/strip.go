package pack

import (
	"errors"
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Errors of DecodeStrip. Both mean: hold the last frame.
var (
	ErrChecksum = errors.New("strip checksum does not match")
	ErrVersion  = errors.New("unknown layout version")
	ErrStrip    = errors.New("strip value out of range")
)

// Strip is what a packed view says about itself.
type Strip struct {
	Sequence     uint16     // 12 bits, wraps
	Milliseconds uint32     // capture instant on the node's clock modulo 2^24 ms
	Eye          space.Vec3 // metres in the cube, steps of 1 mm, within ±8.191 m
	Near, Far    float64    // metres, steps of 4 mm, 0 < Near < Far <= 4.092
	Window       uint16     // id of the framing window, 1 to 1023
}

// Field is one number of the strip. Fields follow one another without gaps,
// highest bit first.
type Field struct {
	Name   string
	Bits   int
	Signed bool    // two's complement
	Unit   float64 // metres a step; 0 for plain numbers
}

// Steps of the strip's lengths.
const (
	EyeStep   = 0.001 // metres
	DepthStep = 0.004 // metres
)

// StripBits is the number of bits in a strip, StripBytes the same in bytes.
const (
	StripBits  = 128
	StripBytes = StripBits / 8
	crcBits    = 16 // the last field, over all bits before it
)

// Indices of the fields.
const (
	fieldVersion = iota
	fieldSequence
	fieldMilliseconds
	fieldEyeX
	fieldEyeY
	fieldEyeZ
	fieldNear
	fieldFar
	fieldWindow
	fieldCRC
	fieldCount
)

// Fields is the strip's table, from the first bit to the last.
func Fields() [fieldCount]Field {
	return [fieldCount]Field{
		fieldVersion:      {Name: "version", Bits: 4},
		fieldSequence:     {Name: "sequence", Bits: 12},
		fieldMilliseconds: {Name: "milliseconds", Bits: 24},
		fieldEyeX:         {Name: "eyeX", Bits: 14, Signed: true, Unit: EyeStep},
		fieldEyeY:         {Name: "eyeY", Bits: 14, Signed: true, Unit: EyeStep},
		fieldEyeZ:         {Name: "eyeZ", Bits: 14, Signed: true, Unit: EyeStep},
		fieldNear:         {Name: "near", Bits: 10, Unit: DepthStep},
		fieldFar:          {Name: "far", Bits: 10, Unit: DepthStep},
		fieldWindow:       {Name: "window", Bits: 10},
		fieldCRC:          {Name: "crc", Bits: crcBits},
	}
}

// Quantise returns the strip as a reader will decode it. A renderer uses these
// values, not its own, for the camera and the depth window: near is rounded
// down and far up, the eye to the nearest millimetre.
func (s Strip) Quantise() Strip {
	const tolerance = 1e-6 // steps; a value already on a step stays there
	s.Sequence &= 1<<12 - 1
	s.Milliseconds &= 1<<24 - 1
	s.Eye = space.Vec3{X: onStep(s.Eye.X), Y: onStep(s.Eye.Y), Z: onStep(s.Eye.Z)}
	s.Near = math.Floor(s.Near/DepthStep+tolerance) * DepthStep
	s.Far = math.Ceil(s.Far/DepthStep-tolerance) * DepthStep
	return s
}

func onStep(v float64) float64 { return math.Round(v/EyeStep) * EyeStep }

// Encode returns the strip's bits, the first bit highest in the first byte.
// Sequence and Milliseconds wrap; a length or an id that does not fit is
// refused.
func (s Strip) Encode() ([StripBytes]byte, error) {
	var out [StripBytes]byte
	q := s.Quantise()
	if !(math.Abs(q.Eye.X) < 8.1915 && math.Abs(q.Eye.Y) < 8.1915 && math.Abs(q.Eye.Z) < 8.1915) {
		return out, fmt.Errorf("encode strip: %w: eye %v is further than 8.19 m from the seat", ErrStrip, s.Eye)
	}
	if !(q.Near > 0 && q.Near < q.Far && q.Far < 4.094) {
		return out, fmt.Errorf("encode strip: %w: depth window %.3f to %.3f m, want 0.004 to 4.092", ErrStrip, s.Near, s.Far)
	}
	if s.Window == 0 || s.Window >= 1<<10 {
		return out, fmt.Errorf("encode strip: %w: window id %d, want 1 to 1023", ErrStrip, s.Window)
	}
	values := [fieldCount]uint32{
		fieldVersion:      Version,
		fieldSequence:     uint32(q.Sequence),
		fieldMilliseconds: q.Milliseconds,
		fieldEyeX:         steps(q.Eye.X, EyeStep),
		fieldEyeY:         steps(q.Eye.Y, EyeStep),
		fieldEyeZ:         steps(q.Eye.Z, EyeStep),
		fieldNear:         steps(q.Near, DepthStep),
		fieldFar:          steps(q.Far, DepthStep),
		fieldWindow:       uint32(q.Window),
	}
	bit := 0
	for i, f := range Fields() {
		if i == fieldCRC {
			values[i] = uint32(CRC(out[:StripBytes-crcBits/8]))
		}
		for b := f.Bits - 1; b >= 0; b-- {
			out[bit/8] |= byte(values[i]>>b&1) << (7 - bit%8)
			bit++
		}
	}
	return out, nil
}

func steps(v, step float64) uint32 { return uint32(int32(math.Round(v / step))) }

// DecodeStrip reads the bits that Encode wrote. Its errors wrap ErrChecksum,
// ErrVersion, or ErrStrip for values that no encoder writes.
func DecodeStrip(b [StripBytes]byte) (Strip, error) {
	var values [fieldCount]int32
	bit := 0
	for i, f := range Fields() {
		var v uint32
		for range f.Bits {
			v = v<<1 | uint32(b[bit/8]>>(7-bit%8)&1)
			bit++
		}
		values[i] = int32(v)
		if f.Signed {
			values[i] = int32(v<<(32-f.Bits)) >> (32 - f.Bits)
		}
	}
	if crc := CRC(b[:StripBytes-crcBits/8]); int32(crc) != values[fieldCRC] {
		return Strip{}, fmt.Errorf("decode strip: %w", ErrChecksum)
	}
	if values[fieldVersion] != Version {
		return Strip{}, fmt.Errorf("decode strip: %w %d, this program reads %d", ErrVersion, values[fieldVersion], Version)
	}
	s := Strip{
		Sequence:     uint16(values[fieldSequence]),
		Milliseconds: uint32(values[fieldMilliseconds]),
		Eye:          space.Vec3{X: metres(values[fieldEyeX], EyeStep), Y: metres(values[fieldEyeY], EyeStep), Z: metres(values[fieldEyeZ], EyeStep)},
		Near:         metres(values[fieldNear], DepthStep),
		Far:          metres(values[fieldFar], DepthStep),
		Window:       uint16(values[fieldWindow]),
	}
	if !(s.Near > 0 && s.Near < s.Far) || s.Window == 0 {
		return Strip{}, fmt.Errorf("decode strip: %w: depth window %.3f to %.3f m, window id %d", ErrStrip, s.Near, s.Far, s.Window)
	}
	return s, nil
}

func metres(v int32, step float64) float64 { return float64(v) * step }

// CRC is CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xFFFF, neither
// reflected nor inverted.
func CRC(data []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, b := range data {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
