package face

import (
	"fmt"
	"math"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

const detectorSide = 256 // pixels

// The outputs of BlazeFace: cells of 16 pixels with 2 anchors, and of 32 with 6.
const (
	values      = 16 // an anchor: the box, then six points
	manyScores  = "Identity:0"
	manyBoxes   = "Identity_2:0"
	manyAnchors = 16 * 16 * 2
	fewScores   = "Identity_1:0"
	fewBoxes    = "Identity_3:0"
	fewAnchors  = 8 * 8 * 6
)

// Detection is a face that is seen through a square, and lies in it.
type Detection struct {
	Score       float64 // 0 to 1
	Box         Square  // round the face, upright as its eyes are
	Right, Left space.Vec3
}

// Detect finds the surest face that is seen through a square.
func (f *Finder) Detect(p capture.Picture, c space.Camera, within Square) (Detection, error) {
	v, err := f.detector.look(p, c, within, false, scale{2, -1})
	if err != nil {
		return Detection{}, fmt.Errorf("detect face: %w", err)
	}
	many := v.surest(f.detector.out[manyScores], f.detector.out[manyBoxes], 16, 2)
	few := v.surest(f.detector.out[fewScores], f.detector.out[fewBoxes], 32, 6)
	if few.Score > many.Score {
		return few, nil
	}
	return many, nil
}

// surest is the face of the highest score; boxes are given from the middle of a
// cell of so many pixels, row after row, each cell with its anchors.
func (v view) surest(scores, boxes []float32, stride, anchors int) Detection {
	best := 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	b := boxes[best*values:][:values]
	row, place := v.side/stride, best/anchors
	x0, y0 := (float64(place%row)+0.5)*float64(stride)-0.5, (float64(place/row)+0.5)*float64(stride)-0.5
	at := func(i int) space.Vec3 { return v.at(x0+float64(b[i]), y0+float64(b[i+1])) }
	d := Detection{Score: 1 / (1 + math.Exp(-float64(scores[best]))), Right: at(4), Left: at(6)}
	d.Box = Square{Middle: at(0), Size: float64(max(b[2], b[3])) * v.pixel}
	d.Box.Up = d.Left.Sub(d.Right).Cross(d.Box.Middle)
	return d
}
