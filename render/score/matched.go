package score

// ridge keeps the colour fit of a flat picture defined, in squared levels a
// pixel: it pulls the map towards the identity by far less than one level.
const ridge = 1e-3

// PSNRMatched returns PSNR over a region after the affine colour map (3 x 3
// matrix and offset) that brings a closest to b in the least-squares sense
// there. It is never below PSNR of the same region: the identity is one of the
// maps, results are clamped to 0..255 and not rounded.
func PSNRMatched(a, b Picture, region Mask) float64 {
	m := fitColours(a, b, region)
	sum, n := 0.0, 0
	for i, s := range region.Set {
		if !s {
			continue
		}
		n += 3
		x := [3]float64{float64(a.RGB[3*i]), float64(a.RGB[3*i+1]), float64(a.RGB[3*i+2])}
		for c, row := range m {
			v := row[0]*x[0] + row[1]*x[1] + row[2]*x[2] + row[3]
			d := min(max(v, 0), 255) - float64(b.RGB[3*i+c])
			sum += d * d
		}
	}
	return decibels(sum, n)
}

// fitColours returns the rows of the map: three factors and an offset.
func fitColours(a, b Picture, region Mask) [3][4]float64 {
	var meanA, meanB [3]float64
	n := 0.0
	for i, s := range region.Set {
		if !s {
			continue
		}
		n++
		for c := range 3 {
			meanA[c] += float64(a.RGB[3*i+c])
			meanB[c] += float64(b.RGB[3*i+c])
		}
	}
	if n == 0 {
		return [3][4]float64{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}
	}
	for c := range 3 {
		meanA[c] /= n
		meanB[c] /= n
	}
	// Normal equations of the centred data: auto M = cross, for M minus the
	// identity, so that the ridge pulls there.
	var auto, cross [3][3]float64
	for i, s := range region.Set {
		if !s {
			continue
		}
		var x, d [3]float64
		for c := range 3 {
			x[c] = float64(a.RGB[3*i+c]) - meanA[c]
			d[c] = float64(b.RGB[3*i+c]) - meanB[c] - x[c]
		}
		for r := range 3 {
			for c := range 3 {
				auto[r][c] += x[r] * x[c]
				cross[r][c] += x[r] * d[c]
			}
		}
	}
	for c := range 3 {
		auto[c][c] += ridge * n
	}
	solve(&auto, &cross)
	var m [3][4]float64
	for c := range 3 {
		m[c][3] = meanB[c]
		for r := range 3 {
			m[c][r] = cross[r][c]
			if r == c {
				m[c][r]++
			}
			m[c][3] -= m[c][r] * meanA[r]
		}
	}
	return m
}

// solve replaces b by the solution x of a x = b, a symmetric and positive
// definite: Gauss-Jordan elimination, which needs no pivoting there.
func solve(a, b *[3][3]float64) {
	for p := range 3 {
		inverse := 1 / a[p][p]
		for c := range 3 {
			a[p][c] *= inverse
			b[p][c] *= inverse
		}
		for r := range 3 {
			if r == p {
				continue
			}
			f := a[r][p]
			for c := range 3 {
				a[r][c] -= f * a[p][c]
				b[r][c] -= f * b[p][c]
			}
		}
	}
}
