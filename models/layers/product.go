package layers

// Product is y = Wx, with W by rows: as many as y has values.
func Product(y, w, x []float32) {
	if n := lanes(); n > 0 && len(y) > 0 && len(x) > 0 && len(x)%n == 0 {
		products(&y[0], &w[:len(y)*len(x)][0], &x[0], len(y), len(x))
		return
	}
	portable(y, w, x)
}

// portable is Product in plain Go, four rows at a time.
func portable(y, w, x []float32) {
	n := len(x)
	o := 0
	for ; o+4 <= len(y); o += 4 {
		w0, w1, w2, w3 := w[o*n:][:n], w[(o+1)*n:][:n], w[(o+2)*n:][:n], w[(o+3)*n:][:n]
		var s0, s1, s2, s3 float32
		for i, v := range x {
			s0 += w0[i] * v
			s1 += w1[i] * v
			s2 += w2[i] * v
			s3 += w3[i] * v
		}
		y[o], y[o+1], y[o+2], y[o+3] = s0, s1, s2, s3
	}
	for ; o < len(y); o++ {
		var sum float32
		for i, v := range w[o*n:][:n] {
			sum += v * x[i]
		}
		y[o] = sum
	}
}
