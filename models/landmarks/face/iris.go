package face

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
)

// The views that an IrisFinder looks at.
const (
	IrisSide = 64 // pixels
	// IrisSpan is how much of a view's side is between the corners of the eye.
	IrisSpan = 1 / 2.3
)

const (
	irisPoints = "Identity"
	contour    = 71 // points of the lids, before those of the iris
	rim        = 4  // points of the iris after its middle
)

// Iris is an eye in a view, in its pixels.
type Iris struct {
	Middle Point
	Rim    [rim]Point
	// Outer and Inner are the eye's corners, Upper and Lower the middle of its lids.
	Outer, Inner, Upper, Lower Point
}

// IrisFinder finds the iris of an eye. It belongs to one goroutine at a time.
type IrisFinder struct {
	net     *net
	sampler Sampler
}

// OpenIrisFinder loads the network.
func OpenIrisFinder(e models.Environment) (*IrisFinder, error) {
	n, err := open(e, IrisWeights, IrisSide, map[string]int{irisPoints: 3 * (contour + 1 + rim)})
	if err != nil {
		return nil, err
	}
	return &IrisFinder{net: n}, nil
}

// Find finds the iris of the eye that is in the middle of a view of IrisSide. The
// network knows one side, the right eye; a left one is shown it in a mirror.
func (f *IrisFinder) Find(p capture.Picture, camera space.Camera, v View, left bool) (Iris, error) {
	if err := f.sampler.Sample(f.net.in, p, camera, v, left, Scale{1, 0}); err != nil {
		return Iris{}, err
	}
	if err := f.net.session.Run(); err != nil {
		return Iris{}, fmt.Errorf("find iris: %w", err)
	}
	at := func(i int) Point {
		q := Point{float64(f.net.out[irisPoints][3*i]) - 0.5, float64(f.net.out[irisPoints][3*i+1]) - 0.5}
		if left {
			q.X = IrisSide - 1 - q.X
		}
		return q
	}
	made := Iris{Middle: at(contour), Outer: at(0), Inner: at(8), Lower: at(4), Upper: at(12)}
	for i := range made.Rim {
		made.Rim[i] = at(contour + 1 + i)
	}
	return made, nil
}

// Close unloads the network; twice is fine.
func (f *IrisFinder) Close() error { return f.net.close() }

// Opening is how far the lids are apart, as part of the eye's width: about 0.3 of an
// open eye.
func (i Iris) Opening() float64 {
	wide := math.Hypot(i.Outer.X-i.Inner.X, i.Outer.Y-i.Inner.Y)
	return math.Hypot(i.Upper.X-i.Lower.X, i.Upper.Y-i.Lower.Y) / max(wide, 1)
}
