package render

import "math"

// What classify leaves in valid.
const (
	absent = 0 // another thing, or nothing that was followed
	seen   = 1
	lost   = 2 // no echo, or a flying pixel
)

// classify sorts the pixels and finds their change. A pixel without support
// flies: too few of its eight neighbours belong to its surface.
func (s *surface) classify(z []uint16) {
	r, w := s.region, s.width
	for y := r.y0; y <= r.y1; y++ {
		at := y * w
		above, here, below := z[at-w:at], z[at:at+w], z[at+w:at+2*w]
		low, high := s.low[at:at+w], s.high[at:at+w]
		valid, age, change, depth := s.valid[at:at+w], s.age[at:at+w], s.change[at:at+w], s.depth[at:at+w]
		first, last := w, 0
		for x := r.x0; x <= r.x1; x++ {
			d := here[x]
			if d < low[x] || d > high[x] {
				switch {
				case d == 0 && low[x] <= high[x]:
					valid[x], change[x] = lost, 0
				case valid[x] != absent:
					valid[x], age[x], depth[x], change[x] = absent, 0, 0, 0
				}
				continue
			}
			change[x] = 0
			first, last = min(first, x), x
			limit := uint32(flyingShare * float32(d))
			base := uint32(d) - limit
			// Three neighbours are most often enough.
			if n := near(here[x-1], base, limit) + near(here[x+1], base, limit) + near(above[x], base, limit); n < support {
				n += near(above[x-1], base, limit) + near(above[x+1], base, limit) +
					near(below[x-1], base, limit) + near(below[x], base, limit) + near(below[x+1], base, limit)
				if n < support {
					valid[x] = lost
					continue
				}
			}
			valid[x] = seen
			measured := int32(d) * eighths
			step := measured - int32(depth[x])
			if limit := int32(s.noise[measured*noiseSteps>>16].gate); age[x] == 0 || step > limit || step < -limit {
				age[x], depth[x] = 0, uint16(measured)
			} else {
				change[x] = one + step
			}
		}
		s.spans[y] = run{first, last + 1}
	}
}

// bound finds the pixels of each row that can be the person's: what was lost
// beside the ends of what was seen may be held or filled, what lies further off
// is forgotten.
func (s *surface) bound() {
	r, w := s.region, s.width
	for y := r.y0; y <= r.y1; y++ {
		valid := s.valid[y*w : (y+1)*w]
		both := s.spans[y]
		for _, other := range [2]run{s.spans[y-1], s.spans[min(y+1, r.y1)]} {
			if !other.empty() {
				both = run{min(both.from, other.from), max(both.to, other.to)}
			}
		}
		s.reach[y] = run{}
		if !both.empty() {
			s.reach[y] = run{max(both.from-1, r.x0), min(both.to+1, r.x1+1)}
		}
		for x := r.x0; x < max(s.reach[y].from, r.x0); x++ {
			s.forget(valid, y*w, x)
		}
		for x := max(s.reach[y].to, r.x0); x <= r.x1; x++ {
			s.forget(valid, y*w, x)
		}
	}
}

// forget makes a pixel that was lost far from anybody one of nothing.
func (s *surface) forget(valid []uint8, row, x int) {
	if valid[x] == lost {
		valid[x], s.age[row+x], s.depth[row+x] = absent, 0, 0
	}
}

// near is 1 where a depth lies within limit of base + limit.
func near(z uint16, base, limit uint32) int {
	if uint32(z)-base <= 2*limit {
		return 1
	}
	return 0
}

// share is 1 / n.
var share = shares()

func shares() (s [followed + 1]float32) {
	for i := range s {
		s[i] = 1 / float32(max(1, i))
	}
	return s
}

// follow averages what was seen.
func (s *surface) follow() {
	r, w := s.region, s.width
	for y := r.y0; y < r.y1; y++ {
		at := y * w
		here := s.change[at : at+w]
		valid, age, depth, unseen := s.valid[at:at+w], s.age[at:at+w], s.depth[at:at+w], s.unseen[at:at+w]
		span := run{s.spans[y].from, min(s.spans[y].to, r.x1)}
		if span.empty() {
			continue
		}
		sum := s.addColumns(y, span)
		for x := span.from; x < span.to; x++ {
			sum += s.columns[x+around] - s.columns[x-around-1]
			if valid[x] != seen {
				continue
			}
			unseen[x] = 0
			if here[x] == 0 {
				age[x] = 1
				continue
			}
			n := (sum + one/2) >> 20
			mean := float32(sum-n*one) / float32(n)
			square, limit := mean*mean, s.noise[int(depth[x])*noiseSteps>>16].still
			if square > 4*limit {
				age[x] = min(age[x], moved)
			}
			frames := min(age[x]+1, followed)
			age[x] = frames
			common := mean * square / (square + limit)
			step := float32(here[x]-one) - common
			depth[x] = uint16(float32(depth[x]) + common + step*share[frames] + 0.5)
		}
	}
}

// addColumns adds the changes of the rows around y up, column by column, as far
// as the span needs them. It returns the sum over those of the span's first
// pixel, but for its last column.
func (s *surface) addColumns(y int, span run) (sum int32) {
	w := s.width
	s.columns[span.from-around-1] = 0
	for x := span.from - around; x < span.to+around; x++ {
		total := int32(0)
		for i := (y-around)*w + x; i <= (y+around)*w+x; i += w {
			total += s.change[i]
		}
		s.columns[x] = total
		if x < span.from+around {
			sum += total
		}
	}
	return sum
}

// hold decides on the pixels without an echo: they keep the surface that was
// followed while their neighbours are on it, or take that of their neighbours.
func (s *surface) hold() {
	r, w := s.region, s.width
	s.count = 0
	for y := r.y0; y <= r.y1; y++ {
		for i := y*w + s.reach[y].from; i < y*w+s.reach[y].to; i++ {
			switch s.valid[i] {
			case seen:
				s.count++
			case lost:
				s.mend(i)
			}
		}
	}
}

// mend decides on one lost pixel.
func (s *surface) mend(i int) {
	w := s.width
	var sum, n, low, high uint32
	low = math.MaxUint32
	for _, k := range [8]int{i - w - 1, i - w, i - w + 1, i - 1, i + 1, i + w - 1, i + w, i + w + 1} {
		if s.valid[k] == seen {
			d := uint32(s.depth[k])
			sum += d
			n++
			low, high = min(low, d), max(high, d)
		}
	}
	limit := uint32(flyingShare * float32(low))
	if s.age[i] > 0 && s.unseen[i] < held && n >= support {
		if d := uint32(s.depth[i]); d+limit >= low && d <= high+limit {
			s.unseen[i]++
			s.valid[i] = seen
			s.count++
			return
		}
	}
	s.age[i] = 0
	if n >= surrounded && high-low <= limit {
		s.depth[i], s.valid[i] = uint16(sum/n), seen
		s.count++
		return
	}
	s.depth[i], s.valid[i] = 0, absent
}

// masked are the pixels of a row whose 3 x 3 may hold the person's.
func (s *surface) masked(y int) (all run) {
	for _, r := range s.reach[y-1 : y+2] {
		if r.empty() {
			continue
		}
		if all.empty() {
			all = r
		}
		all = run{min(all.from, r.from), max(all.to, r.to)}
	}
	if !all.empty() {
		all = run{max(all.from-1, s.region.x0), min(all.to+1, s.region.x1)}
	}
	return all
}

// blur averages valid over 3 x 3 pixels into mask.
func (s *surface) blur() {
	r, w := s.region, s.width
	for y := r.y0; y < r.y1; y++ {
		above, here, below := s.valid[(y-1)*w:y*w], s.valid[y*w:(y+1)*w], s.valid[(y+1)*w:(y+2)*w]
		out := s.mask[y*w : (y+1)*w]
		span := s.masked(y)
		clear(out[r.x0:r.x1])
		if span.empty() {
			continue
		}
		a := above[span.from-1] + here[span.from-1] + below[span.from-1]
		b := above[span.from] + here[span.from] + below[span.from]
		for x := span.from; x < span.to; x++ {
			c := above[x+1] + here[x+1] + below[x+1]
			out[x] = (a + b + c) * 28 // 9 * 28 = 252
			a, b = b, c
		}
	}
}
