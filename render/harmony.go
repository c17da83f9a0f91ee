package render

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const (
	harmonyEvery  = capture.Time(1e9) // nanoseconds between two looks
	harmonyStride = 12                // depth pixels between the points that are looked at
	harmonyKeeps  = 0.9               // of what it knows at each look: some ten seconds
	harmonyPrior  = 20                // points that say that cameras agree
	harmonyRounds = 3                 // of reweighting at the first look

	covisible = 0.015 // metres between a point and what another camera measures there
	flat      = 24    // codes of luma that the pixels round a point may span
	darkest   = 24    // codes of luma, above black, that tell a gain
	brightest = 225   // codes of luma that are not clipped

	doubtGain = 0.06 // of a logarithm of luma: a point that is off by so much counts half
	doubtTint = 0.03 // of chroma over luma
	mostGain  = 0.5  // of a logarithm
	mostTint  = 0.3
)

// tint is what brings a camera's colours to those of the others: luma above
// black and chroma are scaled by gain, then cb and cr times that luma are added
// to chroma.
type tint struct{ gain, cb, cr float64 }

// harmony finds what cameras disagree on in exposure and white balance, from
// points of the surface that several of them see. It knows more with time and
// changes slowly, so that nothing flickers. It is not safe for concurrent use.
type harmony struct {
	cameras  []*camera
	looked   capture.Time // when the last look was
	begun    bool
	gain     *balance
	cb, cr   *balance
	between  [][]space.Rigid // from a depth camera to another one
	toColour [][]space.Rigid // from a depth camera to a colour camera
	points   []covisiblePoint
	opinions []opinion
}

// covisiblePoint is a point as the cameras see it.
type covisiblePoint struct {
	cameras []int
	seen    [][3]float64 // luma above black, Cb and Cr from the middle, limited-range codes, by the cameras
}

func newHarmony(cameras []*camera) *harmony {
	n := len(cameras)
	h := &harmony{cameras: cameras, gain: newBalance(n), cb: newBalance(n), cr: newBalance(n)}
	for _, from := range cameras {
		var depths, colours []space.Rigid
		for _, to := range cameras {
			depths = append(depths, to.Depth.Pose.Inverse().Mul(from.Depth.Pose))
			colours = append(colours, to.Colour.Pose.Inverse().Mul(from.Depth.Pose))
		}
		h.between, h.toColour = append(h.between, depths), append(h.toColour, colours)
	}
	return h
}

// tint is what a camera gets.
func (h *harmony) tint(camera int) tint {
	return tint{math.Exp(h.gain.at[camera]), h.cb.at[camera], h.cr.at[camera]}
}

// due says whether a set is to be looked at, which takes all its cameras: some
// time has passed, or time went back. It says so once a set.
func (h *harmony) due(set *capture.FrameSet) bool {
	newest, present := capture.Time(0), 0
	for _, f := range set.Frames {
		if f != nil {
			present++
			newest = max(newest, f.Captured)
		}
	}
	since := newest - h.looked
	if present < 2 || h.begun && since >= 0 && since < harmonyEvery {
		return false
	}
	h.looked, h.begun = newest, true
	return true
}

// look learns from a set whose cameras were observed.
func (h *harmony) look(set *capture.FrameSet) {
	var present []int
	for i, c := range h.cameras {
		if i < len(set.Frames) && set.Frames[i] != nil && c.somebody {
			present = append(present, i)
		}
	}
	h.points = h.points[:0]
	for _, i := range present {
		h.collect(i, present, set)
	}
	h.balance()
}

// collect adds the points of a camera's surface that others of the present
// ones see too.
func (h *harmony) collect(camera int, present []int, set *capture.FrameSet) {
	c := h.cameras[camera]
	w, r := c.surface.width, c.surface.region
	for y := r.y0; y < r.y1; y += harmonyStride {
		for x := c.surface.reach[y].from; x < c.surface.reach[y].to; x += harmonyStride {
			at := y*w + x
			if !c.surface.whole(x, y) {
				continue
			}
			z := float64(c.surface.depth[at]) / (1000 * eighths)
			p := space.Vec3{X: float64(c.rays[2*at]), Y: float64(c.rays[2*at+1]), Z: 1}.Scale(z)
			var point covisiblePoint
			for _, i := range present {
				other := h.cameras[i]
				if i != camera && !other.surface.measures(h.between[camera][i].Apply(p), other.Depth.Lens) {
					continue
				}
				if seen, ok := colourAt(set.Frames[i], other.Colour.Lens, h.toColour[camera][i].Apply(p)); ok {
					point.cameras, point.seen = append(point.cameras, i), append(point.seen, seen)
				}
			}
			if len(point.cameras) > 1 {
				h.points = append(h.points, point)
			}
		}
	}
}

// whole says whether a pixel and those two beside it on each side are one
// surface.
func (s *surface) whole(x, y int) bool {
	if x < 2 || y < 2 || x >= s.width-2 || y >= len(s.depth)/s.width-2 {
		return false
	}
	d := int(s.depth[y*s.width+x])
	const limit = int(1000 * eighths * covisible)
	for _, by := range [4]int{-2, 2, -2 * s.width, 2 * s.width} {
		if n := int(s.depth[y*s.width+x+by]); n == 0 || n < d-limit || n > d+limit {
			return false
		}
	}
	return d > 0
}

// measures says whether the camera measured a point, given in its frame.
func (s *surface) measures(p space.Vec3, lens space.Lens) bool {
	u, v, ok := lens.Project(p)
	if !ok || u < 0 || v < 0 {
		return false
	}
	x, y := int(u+0.5), int(v+0.5)
	return x < s.width && s.whole(x, y) && math.Abs(float64(s.depth[y*s.width+x])/(1000*eighths)-p.Z) < covisible
}

// colourAt is the mean colour of 3 x 3 pixels round a point in a colour
// camera's frame, where they are neither black, clipped nor an edge.
func colourAt(f *capture.Frame, lens space.Lens, p space.Vec3) (seen [3]float64, ok bool) {
	u, v, ok := lens.Project(p)
	x, y := int(math.Floor(u+0.5)), int(math.Floor(v+0.5))
	if !ok || x < 2 || y < 2 || x >= f.Colour.Width-2 || y >= f.Colour.Height-2 {
		return seen, false
	}
	low, high, sum := 255, 0, 0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			code := int(f.Colour.Planes[0][(y+dy)*f.Colour.Strides[0]+x+dx])
			low, high, sum = min(low, code), max(high, code), sum+code
		}
	}
	l := levels(f)
	luma := float64(sum)/9*l[0] + 255*l[1] - 16
	chroma := f.Colour.Planes[1][y/2*f.Colour.Strides[1]+x/2*2:]
	seen = [3]float64{luma, (float64(chroma[0]) - 128) * l[2], (float64(chroma[1]) - 128) * l[2]}
	return seen, high-low <= flat && luma >= darkest && high <= brightest
}

// balance solves for the gains, then, with them, for the tints.
func (h *harmony) balance() {
	h.gain.solve(h.compare(func(_, _ int, a, b [3]float64) (float64, float64) { return math.Log(b[0] / a[0]), 1 }), doubtGain, mostGain)
	for channel, chroma := range [3]*balance{1: h.cb, 2: h.cr} {
		if chroma == nil {
			continue
		}
		chroma.solve(h.compare(func(i, j int, a, b [3]float64) (float64, float64) {
			ga, gb := math.Exp(h.gain.at[i]), math.Exp(h.gain.at[j])
			luma := (ga*a[0] + gb*b[0]) / 2
			return (gb*b[channel] - ga*a[channel]) / luma, luma * luma / (128 * 128)
		}), doubtTint, mostTint)
	}
}

// compare goes through all pairs of cameras that see a point: what the number
// of i should be above that of j, and how much that counts. A point counts
// once, whatever the number of its cameras. The result is valid until the next
// call.
func (h *harmony) compare(differ func(i, j int, a, b [3]float64) (difference, weight float64)) []opinion {
	h.opinions = h.opinions[:0]
	for _, p := range h.points {
		for m, i := range p.cameras {
			for n, j := range p.cameras[:m] {
				difference, weight := differ(i, j, p.seen[m], p.seen[n])
				h.opinions = append(h.opinions, opinion{i, j, difference, weight / float64(len(p.cameras)-1)})
			}
		}
	}
	return h.opinions
}
