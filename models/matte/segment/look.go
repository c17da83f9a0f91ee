package segment

import "github.com/virtualcube/virtualcube/models/matte/plane"

// looker decides which parts of a picture the network sees. All rectangles are
// in cells of the grid.
type looker struct {
	viewer  viewer
	squares []plane.Rect
	glances []plane.Plane // what was last seen in each square, in blocks
	next    int           // square to look at
	frames  int
	sights  plane.Plane // per block: the most that any square says
	parts   plane.Parts

	person plane.Rect // what the last matte held
	region plane.Rect // what is looked at in every frame
	seen   plane.Plane
}

const (
	block       = 4 // cells across and down a block, in which glances are kept
	mostSquares = 6
	glanceEvery = 2    // frames
	wide        = 1.6  // width to height from which a region is seen as two
	overlap     = 0.16 // of its width, that the two share
)

// look fills found with what the network says, 0 where nobody is. moved says what
// moves, 0 to 1.
func (l *looker) look(net Net, h *half, found, moved *plane.Plane, fresh bool) error {
	width, height := (h.width+h.step-1)/h.step, (h.height+h.step-1)/h.step
	found.Resize(width, height)
	l.frames++
	turns := 0
	if l.frames%glanceEvery == 0 {
		turns = 1
	}
	if fresh {
		l.begin(width, height)
		turns = len(l.squares)
	}
	for range turns {
		if err := l.glance(net, h, l.next); err != nil {
			return err
		}
		l.next = (l.next + 1) % len(l.squares)
	}
	l.merge()
	l.aim(width, height)
	for again := fresh; ; again = false {
		if err := l.stare(net, h, found, moved); err != nil || !again {
			return err
		}
		// The first region is that of a glance; what is seen in it knows better.
		l.parts.Find(width, height, func(i int) bool { return found.V[i] > likely })
		if l.person = l.largest(); l.person.Empty() {
			return nil
		}
		l.region = around(l.person, width, height)
	}
}

// begin lays squares over a picture of another size or scene.
func (l *looker) begin(width, height int) {
	side := min(width, height)
	long := max(width, height)
	count := 1
	if 4*long > 5*side {
		count = (2*long + side - 1) / side // neighbours share at least a third
		count = min(max(2, count-1), mostSquares)
	}
	l.squares, l.glances, l.next = l.squares[:0], l.glances[:0], 0
	for i := range count {
		r := plane.Rect{X1: side, Y1: side}
		if count > 1 {
			at := i * (long - side) / (count - 1)
			if width > height {
				r.X0, r.X1 = at, at+side
			} else {
				r.Y0, r.Y1 = at, at+side
			}
		}
		l.squares = append(l.squares, r)
		l.glances = append(l.glances, plane.Plane{})
	}
	l.person, l.region = plane.Rect{}, plane.Rect{}
	l.sights.Resize(blocks(width), blocks(height))
}

func blocks(cells int) int { return (cells + block - 1) / block }

// glance looks at a square.
func (l *looker) glance(net Net, h *half, i int) error {
	r := l.squares[i]
	said, err := l.viewer.ask(net, h, r)
	if err != nil {
		return err
	}
	width, height := blocks(r.X1-r.X0), blocks(r.Y1-r.Y0)
	l.glances[i].Resize(width, height)
	l.viewer.resampler.Plane(&l.glances[i], said, l.viewer.line(Side, 0, Side, width), l.viewer.line(Side, 0, Side, height))
	return nil
}

// merge lays the glances over one another.
func (l *looker) merge() {
	l.sights.Fill(0)
	for i, g := range l.glances {
		x0, y0 := l.squares[i].X0/block, l.squares[i].Y0/block
		for y := range min(g.Height, l.sights.Height-y0) {
			row, from := l.sights.Row(y0 + y)[x0:], g.Row(y)
			for x := range min(len(row), len(from)) {
				row[x] = max(row[x], from[x])
			}
		}
	}
}

// stare looks at the region, in two halves if it is wide, and lays what is seen
// onto the grid. Where no glance saw anybody, nobody is.
func (l *looker) stare(net Net, h *half, found, moved *plane.Plane) error {
	found.Fill(0)
	r := l.region
	if r.Empty() {
		return nil
	}
	views := []plane.Rect{r}
	if w := float64(r.X1 - r.X0); w > wide*float64(r.Y1-r.Y0) {
		shared := int((1 + overlap) / 2 * w)
		views = []plane.Rect{{X0: r.X0, Y0: r.Y0, X1: r.X0 + shared, Y1: r.Y1}, {X0: r.X1 - shared, Y0: r.Y0, X1: r.X1, Y1: r.Y1}}
	}
	for _, v := range views {
		said, err := l.viewer.ask(net, h, v)
		if err != nil {
			return err
		}
		width, height := v.X1-v.X0, v.Y1-v.Y0
		l.seen.Resize(width, height)
		l.viewer.resampler.Plane(&l.seen, said, l.viewer.line(Side, 0, Side, width), l.viewer.line(Side, 0, Side, height))
		for y := range height {
			row, from := found.Row(v.Y0 + y)[v.X0:v.X1], l.seen.Row(y)
			for x := range row {
				row[x] = max(row[x], from[x])
			}
		}
	}
	l.gate(found, moved)
	return nil
}

// gate lowers what no glance confirms in a block or its neighbours, but what
// moves: glances are some frames old.
func (l *looker) gate(found, moved *plane.Plane) {
	r := l.region
	for by := r.Y0 / block; by < blocks(r.Y1); by++ {
		for bx := r.X0 / block; bx < blocks(r.X1); bx++ {
			most := float32(0)
			for y := max(0, by-1); y < min(l.sights.Height, by+2); y++ {
				for x := max(0, bx-1); x < min(l.sights.Width, bx+2); x++ {
					most = max(most, l.sights.V[y*l.sights.Width+x])
				}
			}
			if by4 := 4 * most; by4 < 1 {
				for y := by * block; y < min(found.Height, (by+1)*block); y++ {
					row, moves := found.Row(y), moved.Row(y)
					for x := bx * block; x < min(found.Width, (bx+1)*block); x++ {
						row[x] *= max(by4, min(1, 3*moves[x]))
					}
				}
			}
		}
	}
}
