package cost

import (
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/scene"
)

// loopFrames is how many pictures a loop has: a turn of the scene's person.
const loopFrames = 50

// loop shows the same pictures again and again, at ever later instants.
type loop struct {
	pictures []*capture.Frame
	count    int
}

func newLoop() *loop {
	l := &loop{}
	for n := range loopFrames {
		l.pictures = append(l.pictures, scene.Picture(n, 1280, 720))
	}
	return l
}

// next is another frame, of planes that stay. The caller owns it.
func (l *loop) next() *capture.Frame {
	from := l.pictures[l.count%len(l.pictures)]
	f := capture.NewFrame(nil)
	f.Sequence = uint64(l.count)
	f.Captured = scene.Begin + capture.Time(l.count)*capture.Time(time.Second/30)
	f.Colour = from.Colour
	l.count++
	return f
}

// turn begins anew, with later instants.
func (l *loop) turn() {
	l.count += len(l.pictures) - 1 - (l.count+len(l.pictures)-1)%len(l.pictures)
}

// median is that of a list that is not empty.
func median(list []float64) float64 { return quantile(list, 0.5) }

// quantile is the value that a share of the list is not above.
func quantile(list []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}
