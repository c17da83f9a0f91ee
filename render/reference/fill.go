package reference

import "slices"

// level is one level of the push-pull pyramid: colour premultiplied by
// coverage, and coverage.
type level struct{ y, cb, cr, cover plane }

// base is the view itself, premultiplied.
func base(v *View) level {
	l := newLevel(v.Width, v.Height)
	for i, a := range v.Matte {
		l.y.v[i], l.cb.v[i], l.cr.v[i], l.cover.v[i] = a*v.Y[i], a*v.Cb[i], a*v.Cr[i], a
	}
	return l
}

func newLevel(w, h int) level {
	return level{newPlane(w, h), newPlane(w, h), newPlane(w, h), newPlane(w, h)}
}

// halve averages 2 x 2 pixels.
func (l level) halve() level {
	return level{l.y.halve(), l.cb.halve(), l.cr.halve(), l.cover.halve()}
}

// fill closes cracks and extends the colour beyond the silhouette, from the
// finest level that has some.
func fill(v *View) *View {
	var levels []level
	finer := base(v)
	for range fillLevels {
		finer = finer.halve()
		levels = append(levels, finer)
	}
	out := &View{
		Width: v.Width, Height: v.Height, Distance: v.Distance, Matte: slices.Clone(v.Matte),
		Y: slices.Clone(v.Y), Cb: slices.Clone(v.Cb), Cr: slices.Clone(v.Cr),
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
