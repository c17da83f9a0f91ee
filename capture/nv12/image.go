package nv12

import (
	"image"

	"github.com/virtualcube/virtualcube/capture"
)

// ToImage makes an opaque picture of one of any format; of RGBA it keeps the
// transparency. Chroma is repeated, not interpolated, so that FromImage finds it
// again.
func ToImage(p capture.Picture) (*image.NRGBA, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	m := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	toRGB := inverse(p.Range)
	for y := range p.Height {
		to := m.Pix[y*m.Stride:][:4*p.Width]
		if p.Format == capture.RGBA {
			copy(to, p.Planes[0][y*p.Strides[0]:][:4*p.Width])
			continue
		}
		for x, l := range p.Planes[0][y*p.Strides[0]:][:p.Width] {
			u, v := chroma(p, x/2, y/2)
			to[4*x], to[4*x+1], to[4*x+2] = toRGB(l, u, v)
			to[4*x+3] = 255
		}
	}
	return m, nil
}

func chroma(p capture.Picture, x, y int) (u, v byte) {
	if p.Format == capture.NV12 {
		at := p.Planes[1][y*p.Strides[1]+2*x:]
		return at[0], at[1]
	}
	return p.Planes[1][y*p.Strides[1]+x], p.Planes[2][y*p.Strides[2]+x]
}

// inverse is that of the BT.601 matrix, in 16-bit fixed point.
func inverse(r capture.Range) func(y, u, v byte) (r, g, b byte) {
	const one = 1 << 16
	luma, black, rv, gu, gv, bu := one, 0, 91881, 22554, 46802, 116130 // 1, 0, 1.402, 0.344136, 0.714136, 1.772
	if r == capture.Limited {
		luma, black = 76309, 16 // 255/219, and those above by 255/224
		rv, gu, gv, bu = 104597, 25675, 53279, 132201
	}
	code := func(v int) byte { return byte(max(0, min(255, (v+one/2)>>16))) }
	return func(y, u, v byte) (byte, byte, byte) {
		l, cb, cr := luma*(int(y)-black), int(u)-128, int(v)-128
		return code(l + rv*cr), code(l - gu*cb - gv*cr), code(l + bu*cb)
	}
}
