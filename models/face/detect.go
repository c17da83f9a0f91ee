package face

import (
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// detector is BlazeFace for the back camera: boxes and six points of faces.
type detector struct{ *network }

const (
	detectorSide = 256
	anchorsFine  = 16 * 16 * 2 // two a cell of 16 x 16
	anchorsWide  = 8 * 8 * 6   // six a cell of 8 x 8
	box          = 16          // numbers of a face: middle, size, six points

	scoresFine, boxesFine = "Identity:0", "Identity_2:0"
	scoresWide, boxesWide = "Identity_1:0", "Identity_3:0"
)

func openDetector(e models.Environment) (*detector, error) {
	n, err := openNetwork(e, Detector, detectorSide, map[string]int{
		scoresFine: anchorsFine, scoresWide: anchorsWide, boxesFine: anchorsFine * box, boxesWide: anchorsWide * box,
	})
	return &detector{n}, err
}

// detect returns the likeliest face within a part of the picture, as a square that
// the mesh is to be looked for in, and how likely it is, 0 to 1.
func (d *detector) detect(p capture.Picture, within square) (square, float64, error) {
	within.show(d.in, p, detectorSide, 2, -1, false)
	if err := d.run(); err != nil {
		return square{}, 0, err
	}
	best, face := math.Inf(-1), square{}
	for _, layer := range []struct {
		scores, boxes []float32
		cells, each   int
	}{{d.out[scoresFine], d.out[boxesFine], 16, 2}, {d.out[scoresWide], d.out[boxesWide], 8, 6}} {
		for i, score := range layer.scores {
			if float64(score) > best {
				cell := i / layer.each
				x, y := (float64(cell%layer.cells)+0.5)/float64(layer.cells), (float64(cell/layer.cells)+0.5)/float64(layer.cells)
				best, face = float64(score), within.face(layer.boxes[i*box:(i+1)*box], x, y)
			}
		}
	}
	return face, 1 / (1 + math.Exp(-best)), nil
}

// face is where a box lies in the picture, turned as its eyes are. A box counts
// from its anchor, in pixels of what the detector sees.
func (s square) face(b []float32, x, y float64) square {
	place := func(i int) (float64, float64) {
		return s.at(x+float64(b[i])/detectorSide, y+float64(b[i+1])/detectorSide)
	}
	cx, cy := place(0)
	rx, ry := place(4)
	lx, ly := place(6)
	size := max(float64(b[2]), float64(b[3])) / detectorSide * s.size
	return square{x: cx, y: cy, size: size, angle: math.Atan2(ly-ry, lx-rx)}
}
