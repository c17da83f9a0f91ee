package replay

import "github.com/virtualcube/virtualcube/capture"

// dark is how far above the code of black the noise of a covered lens goes.
const dark = 8

// Dark says whether a picture has no light at all: no luma above that of
// black and the noise of a covered lens. A picture with light is told after a
// few pixels.
func Dark(p capture.Picture) bool {
	limit := byte(dark)
	if p.Range == capture.Limited {
		limit += 16
	}
	for y := range p.Height {
		for _, v := range p.Planes[0][y*p.Strides[0]:][:p.Width] {
			if v > limit {
				return false
			}
		}
	}
	return true
}

// Blind says whether a depth picture has no valid pixel.
func Blind(d capture.DepthPicture) bool {
	for _, v := range d.Millimetres {
		if v != 0 {
			return false
		}
	}
	return true
}
