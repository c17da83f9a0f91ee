package synthetic

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// The lamps: a warm key from the upper right of the picture, a cool fill from
// the left, a rim from behind, and the sky. All in linear light.
var (
	keyLight  = figure.RGB{0.95, 0.88, 0.79}
	fillLight = figure.RGB{0.26, 0.29, 0.34}
	rimLight  = figure.RGB{0.20, 0.21, 0.24}
	skyLight  = figure.RGB{0.36, 0.37, 0.40}
	floorGlow = figure.RGB{0.15, 0.13, 0.12}

	fillDirection = space.Vec3{X: -0.75, Y: 0.25, Z: 0.62}.Unit()
	rimDirection  = space.Vec3{X: -0.55, Y: 0.55, Z: -0.62}.Unit()
)

// lit is the light that leaves a surface point towards the viewer. n and view
// are unit vectors; open and key are the shares of sky and key light that
// arrive.
func lit(l figure.Look, n, view space.Vec3, open, key float64) figure.RGB {
	k, f, r := n.Dot(figure.KeyDirection), n.Dot(fillDirection), n.Dot(rimDirection)
	up := 0.5 + 0.5*n.Y
	var out figure.RGB
	for c := range out {
		// Skin scatters red furthest, so that its shadows have a warm edge.
		w := l.Scatter * [3]float64{1, 0.45, 0.30}[c]
		e := keyLight[c] * max(0, (k+w)/(1+w)) * (key + 0.25*w*(1-key))
		e += fillLight[c] * max(0, (f+w)/(1+w)) * (0.35 + 0.65*open)
		e += rimLight[c] * max(0, r) * open
		e += (floorGlow[c] + up*(skyLight[c]-floorGlow[c])) * open
		out[c] = l.Albedo[c] * e
	}
	if l.Gloss > 0 {
		s := key * highlight(figure.KeyDirection, n, view, l.Sharp)
		s += 0.3 * open * highlight(fillDirection, n, view, l.Sharp)
		// Schlick's approximation of Fresnel's law.
		fresnel := 0.35 + 0.65*math.Pow(1-max(0, n.Dot(view)), 5)
		for c := range out {
			out[c] += l.Gloss * s * fresnel * keyLight[c]
		}
	}
	return out
}

// highlight is the normalised Blinn-Phong lobe.
func highlight(light, n, view space.Vec3, sharp float64) float64 {
	d := n.Dot(light.Add(view).Unit())
	if d <= 0 || n.Dot(light) <= 0 {
		return 0
	}
	return math.Pow(d, sharp) * (2 + sharp) / 16
}

// encoder turns linear light into 8-bit sRGB by table.
type encoder [4097]uint8

func newEncoder() *encoder {
	e := new(encoder)
	for i := range e {
		x := float64(i) / 4096
		if x <= 0.0031308 {
			x *= 12.92
		} else {
			x = 1.055*math.Pow(x, 1/2.4) - 0.055
		}
		e[i] = uint8(x*255 + 0.5)
	}
	return e
}

// at encodes a channel; a soft shoulder above 0.8 keeps highlights.
func (e *encoder) at(x float64) uint8 {
	if x > 0.8 {
		x = 0.8 + 0.2*(1-math.Exp((0.8-x)/0.2))
	}
	return e[int(min(1, max(0, x))*4096)]
}
