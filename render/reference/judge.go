package reference

import (
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/learned"
)

// features are what the learned blend judges a pixel by: for each of four
// cameras Y, Cb, Cr and weight; shown; gaps; matte, known, nearness, quality;
// Y, Cb, Cr of the lumigraph and how cameras deviate from it.
type features [learned.Features]float64

// Where features begin.
const (
	featureShown = 16
	featureGap   = 20
	featurePlace = 24
	featureBlend = 28
)

// describe returns the features of each pixel of full size.
func describe(g grown, painters []painter, target space.Camera) []features {
	w, h := target.Lens.Width, target.Lens.Height
	out := make([]features, w*h)
	for i := range out {
		x, y := float64(i%w), float64(i/w)
		s, known := g.sample(x, y)
		if !known {
			continue
		}
		f, n := &out[i], s.y*g.distance.w+s.x
		f[featurePlace], f[featurePlace+1], f[featurePlace+2], f[featurePlace+3] = s.matte, 1, g.nearness.v[n], g.quality.v[n]
		f.look(painters, target.Pose, ray(target.Lens, x, y).Scale(s.z), g.normal[n])
	}
	return out
}

// look fills in what the cameras see at a point in view axes.
func (f *features) look(painters []painter, view space.Rigid, p, normal space.Vec3) {
	shares := weights(painters, view, p, normal)
	sum := 0.0
	for _, w := range shares {
		sum += w
	}
	for k := range 4 {
		f[featureGap+k] = 1
	}
	for k, c := range painters {
		q := c.camera.Colour.Pose.Inverse().Mul(view).Apply(p)
		u, v, _ := c.camera.Colour.Lens.Project(q)
		f[featureShown+k] = c.shadow.shows(u, v, q.Z)
		f[featureGap+k] = clamp(10*(c.shadow.nearest(u, v)-q.Z), -1, 1)
		a, b := c.place(u, v)
		f[4*k], f[4*k+1], f[4*k+2], f[4*k+3] = c.y.cubic(a, b), c.cb.cubic(a, b), c.cr.cubic(a, b), shares[k]/sum
		for i := range 3 {
			f[featureBlend+i] += shares[k] / sum * f[4*k+i]
		}
	}
	variance := 0.0
	for k := range painters {
		off := f[4*k] - f[featureBlend]
		variance += f[4*k+3] * off * off
		for i := range 3 {
			f[4*k+i] = offScale * (f[4*k+i] - f[featureBlend+i])
		}
	}
	f[featureBlend+3] = offScale * math.Sqrt(variance+leastVariance)
}

// judge paints each pixel by the network.
func judge(network *learned.Network, all []features, target space.Camera, distance plane) *View {
	w, h := target.Lens.Width, target.Lens.Height
	n := w * h
	out := &View{Width: w, Height: h, Y: make([]float64, n), Cb: make([]float64, n), Cr: make([]float64, n), Matte: make([]float64, n), Distance: distance.v}
	channels := make([][]float64, n)
	for i := range all {
		channels[i] = all[i][:]
	}
	last := len(network.Layers) - 1
	for k := range network.Layers[:last] {
		next := make([][]float64, n)
		for i := range next {
			next[i] = make([]float64, network.Layers[k].Out)
			if all[i][featurePlace+1] > 0 {
				for o := range next[i] {
					next[i][o] = max(0, convolve(&network.Layers[k], channels, w, i, o))
				}
			}
		}
		channels = next
	}
	for i := range all {
		if all[i][featurePlace+1] == 0 {
			continue
		}
		var outputs [learned.Outputs]float64
		for o := range outputs {
			outputs[o] = convolve(&network.Layers[last], channels, w, i, o)
		}
		out.mix(i, outputs, all)
	}
	return out
}

// convolve is one output of a layer at a pixel; beyond the border the pixel of
// the border counts.
func convolve(l *learned.Layer, channels [][]float64, width, i, out int) float64 {
	height := len(channels) / width
	sum := float64(l.Offset(out))
	for tap := range l.Taps {
		at := i
		if l.Taps == 9 {
			at = neighbour(i, tap, width, height)
		}
		for in, v := range channels[at] {
			if v != 0 {
				sum += float64(l.Weight(tap, in, out)) * v
			}
		}
	}
	return sum
}

// neighbour is one of the nine pixels round a pixel, by rows.
func neighbour(i, tap, width, height int) int {
	return clampInt(i/width+tap/3-1, height)*width + clampInt(i%width+tap%3-1, width)
}

// mix makes a pixel of the colours of four cameras at it and the eight round
// it, by outputs that begin with what each camera's taps count.
func (v *View) mix(i int, outputs [learned.Outputs]float64, all []features) {
	here := &all[i]
	var colour [3]float64
	var mean, count [3]float64 // luma of all, of the row, of the column
	sum := 0.0
	for tap := range 9 {
		there := &all[neighbour(i, tap, v.Width, v.Height)]
		known := there[featurePlace+1]
		for k := range 4 {
			logit := outputs[9*k+tap] + math.Log(here[4*k+3]+leastShown)
			if tap != 4 {
				logit += aside
			}
			e := math.Exp(logit) * (known + nobody)
			sum += e
			for c := range 3 {
				colour[c] += e * (there[featureBlend+c] + there[4*k+c]/offScale)
			}
			for c, in := range [3]bool{true, tap/3 == 1, tap%3 == 1} {
				if in {
					mean[c] += known * here[4*k+3] * (there[featureBlend] + there[4*k]/offScale)
					count[c] += known * here[4*k+3]
				}
			}
		}
	}
	luma := colour[0] / sum
	for c := range mean {
		luma += outputs[37+c] * (here[featureBlend] - mean[c]/max(count[c], 1e-4))
	}
	v.Y[i], v.Cb[i], v.Cr[i] = clamp(luma, 0, 1), clamp(colour[1]/sum, 0, 1), clamp(colour[2]/sum, 0, 1)
	v.Matte[i] = clamp(here[featurePlace]+outputs[36], 0, 1)
}
