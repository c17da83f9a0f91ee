package score

import "fmt"

// Where Split draws its lines.
const (
	edgeRadius = 3    // px round a silhouette or depth step that are its edge
	depthStep  = 0.03 // metres between surfaces
	boxRadius  = 4    // px, of the 9 x 9 mean that tells colour from blur
)

// Causes is the squared error of a picture by cause: sums from Split, or parts
// of the whole from Shares. Every pixel counts for the first cause that fits,
// in this order; colour and blur share what is left.
type Causes struct {
	Hole      float64 `json:"hole"`       // the person, but the matte is below one half
	Halo      float64 `json:"halo"`       // not the person, but the matte is one half or more
	DepthEdge float64 `json:"depth_edge"` // within 3 px of the silhouette's edge or of a true depth step of over 3 cm
	Occlusion float64 `json:"occlusion"`  // another surface: over 3 cm from the true depth
	Colour    float64 `json:"colour"`     // low frequencies, see Split
	Blur      float64 `json:"blur"`       // high frequencies
}

// Split adds up the squared error over the silhouette dilated by 8 px, of all
// three channels, by cause. Both pictures are composited on grey first. Depths
// are metres along the optical axis, 0 where unknown: what has no depth, in
// the result or in the truth, is neither step nor other surface.
//
// Pixels of no other cause are split into frequencies: the difference's mean
// over those of them in the 9 x 9 pixels round one is its low part, the rest
// its high part. The pixel's squared error is divided between colour and blur
// as the squares of the two parts stand.
func Split(result Picture, matte []uint8, depth []float32, truth Picture, silhouette Mask, trueDepth []float32) (Causes, error) {
	for _, p := range []Picture{result, truth} {
		if err := p.validate(); err != nil {
			return Causes{}, fmt.Errorf("split error: %w", err)
		}
	}
	n := truth.Width * truth.Height
	if result.Width != truth.Width || result.Height != truth.Height || len(matte) != n || len(depth) != n || len(trueDepth) != n {
		return Causes{}, fmt.Errorf("split error: %w: result %dx%d with %d pixels of matte and %d of depth, truth %dx%d with %d of depth",
			ErrPicture, result.Width, result.Height, len(matte), len(depth), truth.Width, truth.Height, len(trueDepth))
	}
	if err := silhouette.validate(truth.Width, truth.Height); err != nil {
		return Causes{}, fmt.Errorf("split error: %w: %w", ErrPicture, err)
	}
	a, b := result.Over(matte), truth.OverMask(silhouette)
	d := make([]int, 3*n)
	for i := range d {
		d[i] = int(a.RGB[i]) - int(b.RGB[i])
	}
	var sums Causes
	edge, region := edges(silhouette, trueDepth), silhouette.Dilate(haloRadius)
	rest := NewMask(truth.Width, truth.Height)
	for i, in := range region.Set {
		if !in {
			continue
		}
		square := float64(d[3*i]*d[3*i] + d[3*i+1]*d[3*i+1] + d[3*i+2]*d[3*i+2])
		person, drawn := silhouette.Set[i], matte[i] > 127
		switch {
		case person && !drawn:
			sums.Hole += square
		case !person && drawn:
			sums.Halo += square
		case edge.Set[i]:
			sums.DepthEdge += square
		case person && depth[i] > 0 && trueDepth[i] > 0 && apart(depth[i], trueDepth[i]):
			sums.Occlusion += square
		default:
			rest.Set[i] = true
		}
	}
	sums.Colour, sums.Blur = frequencies(d, rest)
	return sums, nil
}

func apart(a, b float32) bool { return a-b > depthStep || b-a > depthStep }

// edges returns the pixels near the silhouette's edge or a depth step in it.
func edges(silhouette Mask, depth []float32) Mask {
	w := silhouette.Width
	steps := NewMask(w, silhouette.Height)
	known := func(i int) bool { return silhouette.Set[i] && depth[i] > 0 }
	for i := range steps.Set {
		if !known(i) {
			continue
		}
		if i%w+1 < w && known(i+1) && apart(depth[i], depth[i+1]) {
			steps.Set[i], steps.Set[i+1] = true, true
		}
		if i+w < len(depth) && known(i+w) && apart(depth[i], depth[i+w]) {
			steps.Set[i], steps.Set[i+w] = true, true
		}
	}
	// The pixels beside a step are 1 px from it, as those beside the edge.
	near := steps.Dilate(edgeRadius - 1)
	outer, inner := silhouette.Dilate(edgeRadius), silhouette.Erode(edgeRadius)
	for i := range near.Set {
		near.Set[i] = near.Set[i] || outer.Set[i] && !inner.Set[i]
	}
	return near
}

// frequencies divides the squares of a difference over a region into a low
// and a high part.
func frequencies(d []int, region Mask) (low, high float64) {
	w, h := region.Width, region.Height
	integral := make([][4]int, (w+1)*(h+1)) // three channels and the number of pixels
	for y := range h {
		var row [4]int
		for x := range w {
			if i := y*w + x; region.Set[i] {
				row[0], row[1], row[2], row[3] = row[0]+d[3*i], row[1]+d[3*i+1], row[2]+d[3*i+2], row[3]+1
			}
			for c := range 4 {
				integral[(y+1)*(w+1)+x+1][c] = integral[y*(w+1)+x+1][c] + row[c]
			}
		}
	}
	for i, s := range region.Set {
		if !s {
			continue
		}
		x, y := i%w, i/w
		left, right := max(x-boxRadius, 0), min(x+boxRadius+1, w)
		top, bottom := max(y-boxRadius, 0)*(w+1), min(y+boxRadius+1, h)*(w+1)
		box := func(c int) float64 {
			return float64(integral[bottom+right][c] - integral[bottom+left][c] - integral[top+right][c] + integral[top+left][c])
		}
		count := box(3)
		for c := range 3 {
			v := float64(d[3*i+c])
			mean := box(c) / count
			lows, highs := mean*mean, (v-mean)*(v-mean)
			if v == 0 {
				continue
			}
			low += v * v * lows / (lows + highs)
			high += v * v * highs / (lows + highs)
		}
	}
	return low, high
}

// Plus adds two splits of sums.
func (c Causes) Plus(o Causes) Causes {
	return Causes{
		c.Hole + o.Hole, c.Halo + o.Halo, c.DepthEdge + o.DepthEdge,
		c.Occlusion + o.Occlusion, c.Colour + o.Colour, c.Blur + o.Blur,
	}
}

// Shares returns the parts of the whole, which add up to 1; all are 0 where
// there is no error.
func (c Causes) Shares() Causes {
	all := c.Hole + c.Halo + c.DepthEdge + c.Occlusion + c.Colour + c.Blur
	if all == 0 {
		return Causes{}
	}
	return Causes{c.Hole / all, c.Halo / all, c.DepthEdge / all, c.Occlusion / all, c.Colour / all, c.Blur / all}
}
