package segment

import "github.com/virtualcube/virtualcube/models/matte/plane"

// steadier holds a matte still where the picture does not move.
type steadier struct {
	before plane.Plane // luma of the frame before
	moved  plane.Plane // 0 where nothing moves to 1
	last   plane.Plane // what was found, steadied
	held   plane.Plane // by how much the frame before counts, 0 to 1
	mean   plane.Mean
}

const (
	// Luma that noise changes, and that only motion does: means over 3 x 3 cells,
	// of 0 to 255.
	noise, motion = 1.5, 5
	// cut is the mean change of all cells from which a picture is another scene.
	cut = 40
	// slowest is what a frame counts where nothing moves and all is held.
	slowest = 0.12
)

// watch measures what moved since the frame before, and says whether it shows
// another scene.
func (s *steadier) watch(luma *plane.Plane, fresh bool) bool {
	if fresh || s.before.Width != luma.Width || s.before.Height != luma.Height {
		s.before.Resize(luma.Width, luma.Height)
		s.moved.Resize(luma.Width, luma.Height)
		s.moved.Fill(0)
		copy(s.before.V, luma.V)
		return true
	}
	total := float32(0)
	for i, v := range luma.V {
		d := v - s.before.V[i]
		s.before.V[i] = v
		s.moved.V[i] = d
		total += max(d, -d)
	}
	if total > cut*float32(len(luma.V)) {
		s.moved.Fill(0)
		return true
	}
	// Signed differences first: noise cancels, an edge that moves does not.
	all := plane.Rect{X1: luma.Width, Y1: luma.Height}
	s.mean.Box(&s.moved, &s.moved, all, 1)
	for i, d := range s.moved.V {
		s.moved.V[i] = min(max((max(d, -d)-noise)/(motion-noise), 0), 1)
	}
	s.mean.Box(&s.moved, &s.moved, all, 2)
	return false
}

// steady mixes what was found with what was found before, the less moved the
// more. Probabilities move fast through the middle: what the network changes its
// mind about wholly is believed sooner than a trembling edge.
func (s *steadier) steady(found *plane.Plane, stability float64, fresh bool) {
	s.held.Resize(found.Width, found.Height)
	if fresh {
		s.last.Resize(found.Width, found.Height)
		copy(s.last.V, found.V)
		s.held.Fill(0)
		return
	}
	most := float32(stability) * (1 - slowest)
	for i, v := range found.V {
		d := v - s.last.V[i]
		size := max(d, -d)
		held := most * (1 - min(1, 3*s.moved.V[i]))
		s.held.V[i] = held
		v -= held * (1 - 0.5*size*size) * d
		// The tails end: what is all but sure is sure, so that little is left to
		// work on.
		if v < 0.01 {
			v = 0
		} else if v > 0.99 {
			v = 1
		}
		s.last.V[i], found.V[i] = v, v
	}
}
