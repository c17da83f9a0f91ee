package segment

import "github.com/virtualcube/virtualcube/models/matte/plane"

// viewer shows a network a part of a picture.
type viewer struct {
	resampler plane.Resampler
	seen      [3]plane.Plane // Y, U and V, Side x Side
	said      plane.Plane
	taps      map[line]plane.Taps
}

// line is what taps are made for.
type line struct {
	n, lo, hi, out int
}

// maxTaps bounds what is kept; a region moves seldom.
const maxTaps = 64

func (v *viewer) line(n, lo, hi, out int) plane.Taps {
	key := line{n, lo, hi, out}
	t, ok := v.taps[key]
	if !ok {
		if v.taps == nil || len(v.taps) >= maxTaps {
			v.taps = make(map[line]plane.Taps)
		}
		t = plane.NewTaps(n, float64(lo), float64(hi), out)
		v.taps[key] = t
	}
	return t
}

// ask returns what the network says of cells of the picture: Side x Side
// probabilities, until the next call.
func (v *viewer) ask(net Net, h *half, part plane.Rect) (*plane.Plane, error) {
	across := v.line(h.width, part.X0*h.step, part.X1*h.step, Side)
	down := v.line(h.height, part.Y0*h.step, part.Y1*h.step, Side)
	for i := range v.seen {
		v.seen[i].Resize(Side, Side)
		v.resampler.Bytes(&v.seen[i], h.planes[i], h.strides[i], across, down)
	}
	toRGB(net.Input(), v.seen[0].V, v.seen[1].V, v.seen[2].V)
	said, err := net.Run()
	if err != nil {
		return nil, err
	}
	v.said = plane.Plane{Width: Side, Height: Side, V: said}
	return &v.said, nil
}

// toRGB turns BT.601 in limited range into red, green and blue from 0 to 1.
func toRGB(dst, lumas, us, vs []float32) {
	us, vs, dst = us[:len(lumas)], vs[:len(lumas)], dst[:3*len(lumas)]
	for i := range lumas {
		y, u, v := (lumas[i]-16)*(1/219.), us[i]-128, vs[i]-128
		dst[3*i] = min(max(y+v*(1.402/224), 0), 1)
		dst[3*i+1] = min(max(y-u*(0.344136/224)-v*(0.714136/224), 0), 1)
		dst[3*i+2] = min(max(y+u*(1.772/224), 0), 1)
	}
}
