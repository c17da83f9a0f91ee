package score

import "fmt"

// Mask is a set of pixels.
type Mask struct {
	Width, Height int
	Set           []bool // Width*Height, row-major
}

// NewMask returns an empty set of the given size.
func NewMask(width, height int) Mask {
	return Mask{Width: width, Height: height, Set: make([]bool, width*height)}
}

// MaskAbove returns the pixels whose value is above the threshold.
func MaskAbove(width, height int, values []uint8, threshold uint8) Mask {
	m := NewMask(width, height)
	for i := range m.Set {
		m.Set[i] = values[i] > threshold
	}
	return m
}

// Count returns the number of pixels in the set.
func (m Mask) Count() int {
	n := 0
	for _, s := range m.Set {
		if s {
			n++
		}
	}
	return n
}

// Minus returns the pixels of m that are not in o.
func (m Mask) Minus(o Mask) Mask {
	d := NewMask(m.Width, m.Height)
	for i, s := range m.Set {
		d.Set[i] = s && !o.Set[i]
	}
	return d
}

func (m Mask) not() Mask {
	c := NewMask(m.Width, m.Height)
	for i, s := range m.Set {
		c.Set[i] = !s
	}
	return c
}

// Dilate returns the pixels that have a pixel of the set within radius pixels
// in both axes.
func (m Mask) Dilate(radius int) Mask {
	rows := NewMask(m.Width, m.Height)
	for y := range m.Height {
		source := m.Set[y*m.Width : (y+1)*m.Width]
		target := rows.Set[y*m.Width : (y+1)*m.Width]
		spread(target, source, radius)
	}
	out := NewMask(m.Width, m.Height)
	column, grown := make([]bool, m.Height), make([]bool, m.Height)
	for x := range m.Width {
		for y := range column {
			column[y] = rows.Set[y*m.Width+x]
		}
		spread(grown, column, radius)
		for y, s := range grown {
			out.Set[y*m.Width+x] = s
		}
	}
	return out
}

// spread sets target[i] where source has an element within radius of i. It
// looks at each element once: a running count of the window.
func spread(target, source []bool, radius int) {
	n, count := len(source), 0
	for i := 0; i < min(radius, n); i++ {
		if source[i] {
			count++
		}
	}
	for i := range n {
		if in := i + radius; in < n && source[in] {
			count++
		}
		if out := i - radius - 1; out >= 0 && source[out] {
			count--
		}
		target[i] = count > 0
	}
}

// Erode returns the pixels all of whose neighbours within radius pixels, as
// far as they lie in the picture, are in the set.
func (m Mask) Erode(radius int) Mask { return m.not().Dilate(radius).not() }

// Open erodes, then dilates: specks and threads thinner than 2*radius+1 go,
// the rest keeps its shape.
func (m Mask) Open(radius int) Mask { return m.Erode(radius).Dilate(radius) }

// IoU returns the size of the intersection over the size of the union, 1 for
// two empty sets.
func IoU(a, b Mask) float64 {
	both, either := 0, 0
	for i, s := range a.Set {
		if s && b.Set[i] {
			both++
		}
		if s || b.Set[i] {
			either++
		}
	}
	if either == 0 {
		return 1
	}
	return float64(both) / float64(either)
}

func (m Mask) validate(width, height int) error {
	if m.Width != width || m.Height != height || len(m.Set) != width*height {
		return fmt.Errorf("mask of %dx%d with %d pixels for a picture of %dx%d", m.Width, m.Height, len(m.Set), width, height)
	}
	return nil
}
