package synthetic

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// The time-of-flight noise model. Every number is hashed from seed, camera,
// frame and pixel, so a picture does not depend on who draws it when.
const (
	maxSigma     = 0.017 // metres; Tölgyessy et al., Sensors 21(2):413, to 3.5 m
	edgeStep     = 0.030 // metres between neighbours that make an edge
	edgeShare    = 0.55  // of the pixels at an edge that fly
	weakEcho     = 0.10  // below this strength the echo begins to be lost
	lostEcho     = 0.025 // below this one it is always lost
	hairLoss     = 0.10  // of the pixels on hair that are lost
	maxDepth     = 5.46  // metres; the unambiguous range of the NFOV mode
	minDepth     = 0.25
	fullStrength = 0.45 // the strength for which sigma is stated
)

// sigma is the standard deviation of depth at z metres for a good echo. The
// polynomial is a variance in mm² (LiveNVS's Kinect model: 9.0 z² + 0.74 z -
// 0.58): 3 mm at 1 m, 4.6 mm at 1.5 m.
func sigma(z float64) float64 {
	return math.Sqrt(max(0.5, 9.0*z*z+0.74*z-0.58)) * 1e-3
}

// stream is a source of hashed numbers for one picture.
type stream uint64

func newStream(seed uint64, camera, frame int, kind uint64) stream {
	return stream(figure.Hash(seed ^ figure.Hash(uint64(camera)<<40^uint64(frame)<<8^kind)))
}

// at returns 64 random bits of a pixel.
func (s stream) at(pixel int) uint64 {
	return figure.Hash(uint64(s) + uint64(pixel)*0x9E3779B97F4A7C15)
}

// gauss turns 64 bits into a number with mean 0 and variance 1, the sum of
// four uniform ones (within ±3.5).
func gauss(h uint64) float64 {
	sum := h&0xffff + h>>16&0xffff + h>>32&0xffff + h>>48
	return (float64(sum) - 2*65535) * (math.Sqrt(3) / 65536)
}

// measure turns echoes into the sensor's depth picture in whole millimetres.
func measure(e *echoes, w, h int, noisy bool, s stream, out []uint16) {
	for y := range h {
		for x := range w {
			i := y*w + x
			z := float64(e.depth[i])
			if noisy && z > 0 {
				z = e.noisy(i, x, y, w, h, s)
			}
			out[i] = 0
			if z >= minDepth && z <= maxDepth {
				out[i] = uint16(z*1000 + 0.5)
			}
		}
	}
}

// noisy is one pixel's measurement, 0 where the echo is lost.
func (e *echoes) noisy(i, x, y, w, h int, s stream) float64 {
	bits := s.at(i)
	more := figure.Hash(bits)
	chance := float64(more>>40) / (1 << 24)
	z, strength := float64(e.depth[i]), float64(e.strength[i])
	if lost := (weakEcho - strength) / (weakEcho - lostEcho); lost > 0 && chance < lost {
		return 0
	}
	if e.hair[i] && chance < hairLoss {
		return 0
	}
	// Flying pixels: at an edge both surfaces answer and the phases mix.
	step, other := 0.0, z
	for _, d := range [4][3]int{{-1, 0, -1}, {1, 0, 1}, {0, -1, -w}, {0, 1, w}} {
		if nx, ny := x+d[0], y+d[1]; nx < 0 || ny < 0 || nx >= w || ny >= h {
			continue
		}
		if n := float64(e.depth[i+d[2]]); n > 0 && math.Abs(n-z) > max(step, edgeStep) {
			step, other = math.Abs(n-z), n
		}
	}
	if step > 0 {
		third := figure.Hash(more)
		if float64(third>>40)/(1<<24) < edgeShare {
			z += (other - z) * 0.5 * float64(third&0xffffff) / (1 << 24)
		}
	}
	spread := min(maxSigma, sigma(z)*math.Sqrt(fullStrength/max(strength, 0.02)))
	return z + spread*gauss(bits)
}

// grain adds the colour sensor's noise to sRGB pixels in place: a standard
// deviation of about 1.2 levels, more in the dark.
func grain(rgb []uint8, s stream) {
	for i := 0; i+2 < len(rgb); i += 3 {
		h := s.at(i)
		for c := range 3 {
			// Two bytes make a triangular distribution of variance 1/6.
			t := float64(int(h>>(16*c)&0xff)+int(h>>(16*c+8)&0xff)-255) / 255
			v := float64(rgb[i+c]) + t*(3.4-float64(rgb[i+c])*0.005) + 0.5
			rgb[i+c] = uint8(min(255, max(0, v)))
		}
	}
}
