package scene

import (
	"math"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// Picture is the n-th of a webcam, of even size: a head and shoulders that move a
// little before a pattern. The caller owns it.
func Picture(n, width, height int) *capture.Frame {
	f := Blank(n, width, height, capture.I420)
	shift := 0.05 * math.Sin(float64(n)/8)
	for y := range height {
		for x := range width {
			u, v := (float64(x)+0.5)/float64(height)-float64(width)/float64(height)/2-shift, (float64(y)+0.5)/float64(height)
			head := math.Hypot(u/0.16, (v-0.38)/0.22) < 1
			body := v > 0.55 && math.Abs(u) < 0.35*math.Sqrt(math.Min(1, (v-0.55)*6))
			luma, cb, cr := byte(60+40*((x*16/width+y*9/height)%2)), byte(140), byte(118)
			switch {
			case head:
				luma, cb, cr = byte(150-40*math.Abs(u)/0.16), 110, 152
				if math.Hypot((math.Abs(u)-0.06)/0.025, (v-0.35)/0.015) < 1 {
					luma, cb, cr = 30, 128, 128
				}
			case body:
				luma, cb, cr = 90, 150, 110
			}
			f.Colour.Planes[0][y*width+x] = luma
			if x%2 == 0 && y%2 == 0 {
				f.Colour.Planes[1][y/2*(width/2)+x/2] = cb
				f.Colour.Planes[2][y/2*(width/2)+x/2] = cr
			}
		}
	}
	return f
}

// Blank is the n-th frame of a stream of 30 a second, of its own memory, in which
// nothing is painted. It panics where there can be no such picture.
func Blank(n, width, height int, format capture.Format) *capture.Frame {
	f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: format, Width: width, Height: height})
	if err != nil {
		panic(err)
	}
	f.Sequence = uint64(n)
	f.Captured = Begin + capture.Time(n)*capture.Time(time.Second/30)
	return f
}
