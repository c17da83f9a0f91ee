package jpeg

import "github.com/virtualcube/virtualcube/capture"

// reduce writes a chroma plane (component 0 is U, 1 is V) of size cw x ch into
// dst at half the picture's size, by the mean of the samples in each box.
func reduce(dst capture.Picture, component int, src []byte, cw, ch int) {
	plane, stride, step := dst.Planes[1], dst.Strides[1], 2
	if dst.Format == capture.I420 {
		plane, stride, step = dst.Planes[1+component], dst.Strides[1+component], 1
	} else {
		plane = plane[component:]
	}
	w, h := dst.Width/2, dst.Height/2
	for y := range h {
		out := plane[y*stride:]
		top, bottom := y, y // rows of src
		if ch >= 2*h {
			top, bottom = 2*y, 2*y+1
		}
		a, b := src[top*cw:top*cw+cw], src[bottom*cw:bottom*cw+cw]
		switch {
		case cw >= 2*w:
			for x := range w {
				out[x*step] = byte((uint(a[2*x]) + uint(a[2*x+1]) + uint(b[2*x]) + uint(b[2*x+1]) + 2) >> 2)
			}
		case cw >= w:
			for x := range w {
				out[x*step] = byte((uint(a[x]) + uint(b[x]) + 1) >> 1)
			}
		default: // 4:1:1, one sample for two
			for x := range w {
				out[x*step] = byte((uint(a[x/2]) + uint(b[x/2]) + 1) >> 1)
			}
		}
	}
}

// neutral makes a picture grey.
func neutral(dst capture.Picture) {
	planes, row := 2, dst.Width/2
	if dst.Format == capture.NV12 {
		planes, row = 1, dst.Width
	}
	for i := 1; i <= planes; i++ {
		for y := range dst.Height / 2 {
			line := dst.Planes[i][y*dst.Strides[i]:][:row]
			for x := range line {
				line[x] = 128
			}
		}
	}
}
