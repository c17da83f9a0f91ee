package grade

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// Parameters are the filter's.
type Parameters struct {
	Exposure   float64 `param:"exposure,live" min:"-3" max:"3" unit:"stops" help:"how much lighter it is"`
	Contrast   float64 `param:"contrast,live" min:"0" max:"3" help:"of light against dark, about a middle grey; 1 leaves it"`
	Saturation float64 `param:"saturation,live" min:"0" max:"3" help:"of colours; 0 is grey, 1 leaves them"`
	Warmth     float64 `param:"warmth,live" min:"-1" max:"1" help:"above 0 more orange, below it more blue"`
}

// Definition defines the filter.
func Definition() (models.Definition, error) {
	return models.Video(models.Description{
		Name: "grade", Summary: "Corrects exposure, contrast and colours.",
		Latency: 10 * time.Millisecond, Late: models.Pass, Failing: models.Pass,
	}, Parameters{Contrast: 1, Saturation: 1}, open)
}

func open(context.Context, models.Environment, Parameters) (models.VideoFilter[Parameters], error) {
	return &filter{pool: capture.NewFramePool(8)}, nil
}

type filter struct {
	pool   *capture.FramePool
	of     Parameters // that the tables are of
	made   bool
	tables [3][256]byte // of Y, U and V
}

// Process looks every sample up.
func (f *filter) Process(in *capture.Frame, p Parameters) (*capture.Frame, error) {
	c := in.Colour
	if c.Format != capture.I420 || c.Range != capture.Limited {
		return nil, fmt.Errorf("grade: the picture is %v, I420 in limited range is needed", c.Format)
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("grade: %w", err)
	}
	if !f.made || f.of != p {
		f.tables, f.of, f.made = tables(p), p, true
	}
	out, err := f.pool.Frame(capture.FrameShape{Format: capture.I420, Width: c.Width, Height: c.Height})
	if err != nil {
		return nil, fmt.Errorf("grade: %w", err)
	}
	out.Camera, out.Sequence, out.Captured, out.Emitted = in.Camera, in.Sequence, in.Captured, in.Emitted
	for i, size := range [][2]int{{c.Width, c.Height}, {c.Width / 2, c.Height / 2}, {c.Width / 2, c.Height / 2}} {
		table := &f.tables[i]
		for y := range size[1] {
			to := out.Colour.Planes[i][y*out.Colour.Strides[i]:][:size[0]]
			for x, v := range c.Planes[i][y*c.Strides[i]:][:size[0]] {
				to[x] = table[v]
			}
		}
	}
	return carry(in, out), nil
}

// carry gives the result the depth and the matte of what it was made of, which
// is kept as long as the result is.
func carry(in, out *capture.Frame) *capture.Frame {
	if in.Depth.Empty() && in.Matte.Empty() {
		return out
	}
	in.Retain()
	f := capture.NewFrame(func(*capture.Frame) { out.Release(); in.Release() })
	f.Camera, f.Sequence, f.Captured, f.Emitted = out.Camera, out.Sequence, out.Captured, out.Emitted
	f.Colour, f.Depth, f.Matte = out.Colour, in.Depth, in.Matte
	return f
}

// Close has nothing to free: frames stay valid until they are released.
func (f *filter) Close() error { return nil }

// Luma and chroma in limited range (Rec. ITU-R BT.601-7).
const (
	black, white = 16, 235
	neutral      = 128
	lowest, most = 16, 240 // of chroma
	middle       = 0.46    // grey of 18 per cent, as luma from 0 to 1
	warmest      = 24      // codes of chroma at a warmth of 1
	gamma        = 2.2     // of the display
)

// tables are what every code becomes. Exposure is of light, so that it is applied
// behind the display's gamma; chroma follows it, so that hues stay.
func tables(p Parameters) (t [3][256]byte) {
	gain := math.Pow(2, p.Exposure/gamma)
	for code := range 256 {
		y := (float64(code) - black) / (white - black) * gain
		y = middle + (y-middle)*p.Contrast
		t[0][code] = clamp(black+y*(white-black), black, white)
		c := (float64(code) - neutral) * p.Saturation * gain
		t[1][code] = clamp(neutral+c-p.Warmth*warmest, lowest, most)
		t[2][code] = clamp(neutral+c+p.Warmth*warmest, lowest, most)
	}
	return t
}

func clamp(v, low, high float64) byte { return byte(math.Round(max(low, min(high, v)))) }
