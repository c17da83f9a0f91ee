package filtertest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/scene"
)

// webcam shows a head and shoulders that move a little before a pattern.
type webcam struct{}

func (webcam) period() time.Duration                  { return time.Second / 30 }
func (webcam) captured(f *capture.Frame) capture.Time { return f.Captured }
func (webcam) absent(f *capture.Frame) bool           { return f == nil }
func (webcam) release(f *capture.Frame)               { f.Release() }
func (webcam) same(a, b *capture.Frame) bool          { return a == b }

func (webcam) at(f *capture.Frame, t capture.Time) *capture.Frame {
	f.Captured = t // nobody else has it yet
	return f
}

func (webcam) frame(n int) *capture.Frame { return scene.Picture(n, 320, 180) }

func level(f *capture.Frame, luma, chroma byte) *capture.Frame {
	for i, plane := range f.Colour.Planes {
		for j := range plane {
			plane[j] = [...]byte{luma, chroma, chroma}[i]
		}
	}
	return f
}

func (webcam) odd(n int) map[string]*capture.Frame {
	noise := scene.Blank(n, 320, 180, capture.I420)
	seed := uint32(1)
	for _, plane := range noise.Colour.Planes {
		for i := range plane {
			seed = seed*1664525 + 1013904223
			plane[i] = byte(seed >> 24)
		}
	}
	return map[string]*capture.Frame{
		"black": level(scene.Blank(n, 320, 180, capture.I420), 16, 128), "white": level(scene.Blank(n, 320, 180, capture.I420), 235, 128),
		"beyond the range": level(scene.Blank(n, 320, 180, capture.I420), 255, 0), "noise": noise,
		"tiny": scene.Picture(n, 16, 16), "upright": scene.Picture(n, 180, 320), "uneven": scene.Picture(n, 322, 182), "large": scene.Picture(n, 1280, 720), "wide": scene.Picture(n, 640, 32),
	}
}

func (webcam) broken(int) (*capture.Frame, bool) { return nil, false }

func (webcam) valid(in, out *capture.Frame) error {
	a, b := in.Colour, out.Colour
	if err := b.Validate(); err != nil {
		return err
	}
	if a.Format != b.Format || a.Width != b.Width || a.Height != b.Height {
		return fmt.Errorf("a %v of %dx%d came for a %v of %dx%d", b.Format, b.Width, b.Height, a.Format, a.Width, a.Height)
	}
	if out.Captured <= 0 {
		return errStamp
	}
	if !out.Depth.Empty() {
		if err := out.Depth.Validate(); err != nil {
			return err
		}
	}
	if out.Matte.Empty() {
		return nil
	}
	if out.Matte.Width != b.Width || out.Matte.Height != b.Height {
		return errors.New("the matte has another size than the picture")
	}
	return out.Matte.Validate()
}

func (webcam) sum(f *capture.Frame) uint64 {
	h := fnv.New64a()
	for i, plane := range f.Colour.Planes {
		_, _ = h.Write(plane) // a hash does not fail
		_ = binary.Write(h, binary.LittleEndian, int64(f.Colour.Strides[i]))
	}
	_ = binary.Write(h, binary.LittleEndian, []int64{int64(f.Captured), int64(f.Sequence), int64(f.Camera), int64(f.Colour.Width), int64(f.Colour.Height)})
	_ = binary.Write(h, binary.LittleEndian, f.Depth.Millimetres)
	_, _ = h.Write(f.Matte.Coverage)
	return h.Sum64()
}

// features are the mean of each plane and of depth and matte over 8 x 4 parts.
func (webcam) features(f *capture.Frame) []float64 {
	var list []float64
	for i, plane := range f.Colour.Planes {
		if plane == nil {
			continue
		}
		shift := min(i, 1)
		list = append(list, parts(f.Colour.Width>>shift, f.Colour.Height>>shift, func(x, y int) float64 {
			return float64(plane[y*f.Colour.Strides[i]+x]) / 255
		})...)
	}
	if !f.Depth.Empty() {
		list = append(list, parts(f.Depth.Width, f.Depth.Height, func(x, y int) float64 { return float64(f.Depth.Millimetres[y*f.Depth.Width+x]) / 4000 })...)
	}
	if !f.Matte.Empty() {
		list = append(list, parts(f.Matte.Width, f.Matte.Height, func(x, y int) float64 { return float64(f.Matte.Coverage[y*f.Matte.Width+x]) / 255 })...)
	}
	return list
}

func parts(width, height int, value func(x, y int) float64) []float64 {
	const across, down = 8, 4
	sums, counts := make([]float64, across*down), make([]float64, across*down)
	for y := range height {
		for x := range width {
			i := y*down/height*across + x*across/width
			sums[i] += value(x, y)
			counts[i]++
		}
	}
	for i := range sums {
		sums[i] /= max(1, counts[i])
	}
	return sums
}
