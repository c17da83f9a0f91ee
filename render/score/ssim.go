package score

import "math"

// Constants of SSIM: Wang, Bovik, Sheikh and Simoncelli, "Image quality
// assessment: from error visibility to structural similarity", 2004.
const (
	ssimSigma  = 1.5
	ssimRadius = 5 // an 11 x 11 window
	ssimC1     = 0.01 * 255 * 0.01 * 255
	ssimC2     = 0.03 * 255 * 0.03 * 255
)

// SSIM returns the structural similarity of the BT.601 lumas, averaged over
// the pixels of a region; 1 for a region without a pixel. The window is a
// Gaussian of sigma 1.5 cut to 11 x 11; beyond the border the picture is
// mirrored, the border pixel repeated.
func SSIM(a, b Picture, region Mask) float64 {
	w, h := a.Width, a.Height
	x, y := luma(a), luma(b)
	xx, yy, xy := make([]float64, w*h), make([]float64, w*h), make([]float64, w*h)
	for i := range x {
		xx[i], yy[i], xy[i] = x[i]*x[i], y[i]*y[i], x[i]*y[i]
	}
	kernel, row := gaussian(), make([]float64, w*h)
	for _, plane := range [][]float64{x, y, xx, yy, xy} {
		blur(plane, row, w, h, kernel)
	}
	sum, n := 0.0, 0
	for i, s := range region.Set {
		if !s {
			continue
		}
		n++
		mx, my := x[i], y[i]
		vx, vy, c := xx[i]-mx*mx, yy[i]-my*my, xy[i]-mx*my
		sum += (2*mx*my + ssimC1) * (2*c + ssimC2) / ((mx*mx + my*my + ssimC1) * (vx + vy + ssimC2))
	}
	if n == 0 {
		return 1
	}
	return sum / float64(n)
}

func luma(p Picture) []float64 {
	y := make([]float64, p.Width*p.Height)
	for i := range y {
		y[i] = lumaOf([3]uint8(p.RGB[3*i:]))
	}
	return y
}

// lumaOf is BT.601's of a pixel.
func lumaOf(rgb [3]uint8) float64 {
	return 0.299*float64(rgb[0]) + 0.587*float64(rgb[1]) + 0.114*float64(rgb[2])
}

func gaussian() [ssimRadius + 1]float64 {
	var k [ssimRadius + 1]float64 // one half: k[0] is the centre
	sum := 0.0
	for i := range k {
		k[i] = math.Exp(-float64(i*i) / (2 * ssimSigma * ssimSigma))
		sum += k[i]
		if i > 0 {
			sum += k[i]
		}
	}
	for i := range k {
		k[i] /= sum
	}
	return k
}

// blur convolves the plane in place, rows and then columns.
func blur(plane, scratch []float64, w, h int, k [ssimRadius + 1]float64) {
	for y := range h {
		line := plane[y*w : (y+1)*w]
		out := scratch[y*w : (y+1)*w]
		for x := range w {
			v := k[0] * line[x]
			if x >= ssimRadius && x < w-ssimRadius {
				for i := 1; i <= ssimRadius; i++ {
					v += k[i] * (line[x-i] + line[x+i])
				}
			} else {
				for i := 1; i <= ssimRadius; i++ {
					v += k[i] * (line[mirror(x-i, w)] + line[mirror(x+i, w)])
				}
			}
			out[x] = v
		}
	}
	for y := range h {
		out := plane[y*w : (y+1)*w]
		for x, v := range scratch[y*w : (y+1)*w] {
			out[x] = k[0] * v
		}
		for i := 1; i <= ssimRadius; i++ {
			up, down := mirror(y-i, h)*w, mirror(y+i, h)*w
			above, below := scratch[up:up+w], scratch[down:down+w]
			for x := range out {
				out[x] += k[i] * (above[x] + below[x])
			}
		}
	}
}

// mirror maps an index to 0..n-1: ... 1 0 | 0 1 2 ... n-1 | n-1 n-2 ...
func mirror(i, n int) int {
	i %= 2 * n
	if i < 0 {
		i += 2 * n
	}
	if i >= n {
		i = 2*n - 1 - i
	}
	return i
}
