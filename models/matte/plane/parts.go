package plane

// Parts finds the pixels of a picture that hang together. It holds what it
// computes with and is used by one goroutine.
type Parts struct {
	Labels []int32 // per pixel: index of its part in List, -1 where the picture is not set
	List   []Part

	queue []int32
}

// Part is pixels that hang together by their sides.
type Part struct {
	Area   int // pixels
	Bounds Rect
	Edge   bool // whether it touches the picture's edge
}

// Find labels the pixels for which set says so, by index.
func (p *Parts) Find(width, height int, set func(i int) bool) {
	n := width * height
	if cap(p.Labels) < n {
		p.Labels, p.queue = make([]int32, n), make([]int32, n)
	}
	p.Labels, p.List = p.Labels[:n], p.List[:0]
	const unseen = -2
	for i := range p.Labels {
		p.Labels[i] = -1
		if set(i) {
			p.Labels[i] = unseen
		}
	}
	for i := range p.Labels {
		if p.Labels[i] == unseen {
			p.flood(width, height, i, unseen)
		}
	}
}

// flood labels the part that a pixel belongs to.
func (p *Parts) flood(width, height, from int, unseen int32) {
	label := int32(len(p.List))
	part := Part{Bounds: Rect{width, height, 0, 0}}
	queue := append(p.queue[:0], int32(from))
	p.Labels[from] = label
	for len(queue) > 0 {
		i := int(queue[len(queue)-1])
		queue = queue[:len(queue)-1]
		x, y := i%width, i/width
		part.Area++
		b := &part.Bounds
		b.X0, b.Y0, b.X1, b.Y1 = min(b.X0, x), min(b.Y0, y), max(b.X1, x+1), max(b.Y1, y+1)
		part.Edge = part.Edge || x == 0 || y == 0 || x == width-1 || y == height-1
		for _, next := range [4]struct {
			there bool
			i     int
		}{{x > 0, i - 1}, {x < width-1, i + 1}, {y > 0, i - width}, {y < height-1, i + width}} {
			if next.there && p.Labels[next.i] == unseen {
				p.Labels[next.i] = label
				queue = append(queue, int32(next.i))
			}
		}
	}
	p.List = append(p.List, part)
}
