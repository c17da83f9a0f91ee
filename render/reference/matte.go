package reference

const (
	closed        = 0.72 // coverage at 1/4 size above which a gap is a crack
	closedBy      = 0.15 // more, and the gap is full
	enough        = 0.12 // coverage that still gives a colour
	fillLevels    = 4    // 1/2 to 1/16
	pyramidLevels = 6    // 1/2 to 1/64
	greyY         = 126.0 / 255
	greyChroma    = 128.0 / 255
)

// level is one level of the push-pull pyramid: colour premultiplied by
// coverage, coverage, and the nearest distance.
type level struct{ y, cb, cr, cover, distance plane }

// base is the view itself, premultiplied.
func base(v *View) level {
	l := newLevel(v.Width, v.Height)
	for i, a := range v.Matte {
		l.y.v[i], l.cb.v[i], l.cr.v[i], l.cover.v[i] = a*v.Y[i], a*v.Cb[i], a*v.Cr[i], a
		l.distance.v[i] = v.Distance[i]
	}
	return l
}

func newLevel(w, h int) level {
	return level{newPlane(w, h), newPlane(w, h), newPlane(w, h), newPlane(w, h), newPlane(w, h)}
}

// halve averages 2 x 2 pixels; of the distances it takes the nearest known.
func (l level) halve() level {
	half := newLevel(max(1, l.y.w/2), max(1, l.y.h/2))
	for i := range half.y.v {
		x, y := 2*(i%half.y.w), 2*(i/half.y.w)
		for k := range 4 {
			u, v := clampInt(x+k%2, l.y.w), clampInt(y+k/2, l.y.h)
			half.y.v[i] += l.y.at(u, v) / 4
			half.cb.v[i] += l.cb.at(u, v) / 4
			half.cr.v[i] += l.cr.at(u, v) / 4
			half.cover.v[i] += l.cover.at(u, v) / 4
			if d := l.distance.at(u, v); d > 0 && (half.distance.v[i] == 0 || d < half.distance.v[i]) {
				half.distance.v[i] = d
			}
		}
	}
	return half
}

func pyramid(v *View) []level {
	var levels []level
	finer := base(v)
	for range pyramidLevels {
		finer = finer.halve()
		levels = append(levels, finer)
	}
	return levels
}

// matte closes cracks and extends the colour beyond the silhouette, from the
// finest level that has some.
func matte(v *View) *View {
	levels := pyramid(v)[:fillLevels]
	out := &View{
		Width: v.Width, Height: v.Height, Distance: v.Distance, Matte: append([]float64(nil), v.Matte...),
		Y: append([]float64(nil), v.Y...), Cb: append([]float64(nil), v.Cb...), Cr: append([]float64(nil), v.Cr...),
	}
	for i, a := range v.Matte {
		s, t := (float64(i%v.Width)+0.5)/float64(v.Width), (float64(i/v.Width)+0.5)/float64(v.Height)
		if a == 0 {
			out.Y[i], out.Cb[i], out.Cr[i] = greyY, greyChroma, greyChroma
			for _, l := range levels {
				if c := l.cover.linear(s, t); c > enough {
					out.Y[i], out.Cb[i], out.Cr[i] = l.y.linear(s, t)/c, l.cb.linear(s, t)/c, l.cr.linear(s, t)/c
					break
				}
			}
		}
		out.Matte[i] = max(a, smoothstep(closed, closed+closedBy, levels[1].cover.linear(s, t)))
	}
	return out
}
