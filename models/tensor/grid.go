package tensor

import (
	"errors"
	"fmt"
	"strings"
)

// ErrLayout is wrapped by the errors of NewGrid.
var ErrLayout = errors.New("layout does not fit the shape")

// MaxSide bounds a grid, in pixels.
const MaxSide = 4096

// Grid is where the pixels of a picture are in a tensor.
type Grid struct {
	Width, Height, Channels int

	x, y, c int // elements from one to the next
}

// NewGrid reads a layout: one letter a dimension, of N (which must be 1), C, H and
// W, as in NHWC. Without C there is one channel.
func NewGrid(layout string, shape []int64) (Grid, error) {
	g := Grid{Channels: 1}
	if len(layout) != len(shape) {
		return g, fmt.Errorf("%w: %s has %d letters for the %d sizes of %v", ErrLayout, layout, len(layout), len(shape), shape)
	}
	for i, letter := range layout {
		if strings.Count(layout, string(letter)) > 1 {
			return g, fmt.Errorf("%w: %s has %c twice", ErrLayout, layout, letter)
		}
		if shape[i] < 1 || shape[i] > MaxSide {
			return g, fmt.Errorf("%w: %v: 1 to %d are possible", ErrLayout, shape, MaxSide)
		}
	}
	step := 1
	for i := len(layout) - 1; i >= 0; i-- {
		size := int(shape[i])
		switch layout[i] {
		case 'N':
			if size != 1 {
				return g, fmt.Errorf("%w: %s of %v is a batch of %d, only one picture is given", ErrLayout, layout, shape, size)
			}
		case 'C':
			g.Channels, g.c = size, step
		case 'H':
			g.Height, g.y = size, step
		case 'W':
			g.Width, g.x = size, step
		default:
			return g, fmt.Errorf("%w: %s has the letter %c, which is none of N, C, H, W", ErrLayout, layout, layout[i])
		}
		step *= size
	}
	if g.Width == 0 || g.Height == 0 {
		return g, fmt.Errorf("%w: %s needs both H and W", ErrLayout, layout)
	}
	return g, nil
}

// Len is how many elements the grid has.
func (g Grid) Len() int { return g.Width * g.Height * g.Channels }

// At is one channel of a pixel.
func (g Grid) At(values []float32, x, y, c int) float32 { return values[y*g.y+x*g.x+c*g.c] }

// Resize says how a picture of one shape is brought into a grid of another.
type Resize string

// The ways.
const (
	Stretch Resize = "stretch" // to the grid, whatever becomes of its proportions
	Fit     Resize = "fit"     // into the middle of the grid; the rest is black
	Fill    Resize = "fill"    // the middle of the picture, as large as the grid's proportions allow
)

// Mapping says which part of a picture is which part of a grid.
type Mapping struct {
	X, Y, Width, Height int // of the picture, pixels, all even
	GX, GY, GW, GH      int // of the grid
}

// Map maps a picture, whose size is even, to a grid.
func Map(r Resize, width, height int, g Grid) Mapping {
	m := Mapping{Width: width, Height: height, GW: g.Width, GH: g.Height}
	wide := width*g.Height >= height*g.Width // the picture is wider than the grid
	switch {
	case r == Fit && wide:
		m.GH = max(1, (height*g.Width+width/2)/width)
		m.GY = (g.Height - m.GH) / 2
	case r == Fit:
		m.GW = max(1, (width*g.Height+height/2)/height)
		m.GX = (g.Width - m.GW) / 2
	case r == Fill && wide:
		m.Width = even(height*g.Width/g.Height, width)
		m.X = (width - m.Width) / 4 * 2
	case r == Fill:
		m.Height = even(width*g.Height/g.Width, height)
		m.Y = (height - m.Height) / 4 * 2
	}
	return m
}

func even(n, most int) int { return min(max(2, (n+1)/2*2), most) }

// tap is where one pixel comes from: value a, and of b by weight.
type tap struct {
	a, b   int32
	weight float32 // 0 to 1
	fixed  int32   // weight in units of 1 / one
}

const one = 1 << 15

// taps are those of n pixels over count others that begin at first: the centres of
// both rows' ends coincide half a pixel outside.
func taps(n, first, count int) []tap {
	made := make([]tap, n)
	step := float64(count) / float64(n)
	for i := range made {
		at := max(0, min((float64(i)+0.5)*step-0.5, float64(count-1)))
		a := int(at)
		b := min(a+1, count-1)
		weight := at - float64(a)
		made[i] = tap{a: int32(first + a), b: int32(first + b), weight: float32(weight), fixed: int32(weight*one + 0.5)}
	}
	return made
}
