package render

import "math"

// balance finds a number for each camera from what pairs of cameras say of
// their difference: a least-squares solution over all pairs so far, older ones
// fading, in which pairs that disagree with it count little.
type balance struct {
	at     []float64   // the solution
	normal [][]float64 // normal equations of the looks so far
	right  []float64
	begun  bool
}

func newBalance(n int) *balance {
	b := &balance{at: make([]float64, n), right: make([]float64, n), normal: make([][]float64, n)}
	for i := range b.normal {
		b.normal[i] = make([]float64, n)
	}
	return b
}

// opinion is what a point says: that at[i] - at[j] is a difference, and what
// that counts.
type opinion struct {
	i, j               int
	difference, weight float64
}

// solve takes in opinions. One that is off by doubt counts half; numbers keep
// within most.
func (b *balance) solve(opinions []opinion, doubt, most float64) {
	rounds := 1
	if !b.begun {
		rounds, b.begun = harmonyRounds, true
	}
	normal, right := b.normal, b.right
	for range rounds {
		now := newBalance(len(b.at))
		for _, o := range opinions {
			off := (o.difference - b.at[o.i] + b.at[o.j]) / doubt
			w := o.weight / (1 + off*off)
			now.normal[o.i][o.i] += w
			now.normal[o.j][o.j] += w
			now.normal[o.i][o.j] -= w
			now.normal[o.j][o.i] -= w
			now.right[o.i] += w * o.difference
			now.right[o.j] -= w * o.difference
		}
		for i := range right {
			now.right[i] += harmonyKeeps * right[i]
			for j := range right {
				now.normal[i][j] += harmonyKeeps * normal[i][j]
			}
		}
		b.normal, b.right, b.at = now.normal, now.right, now.solution()
		for i := range b.at {
			b.at[i] = max(-most, min(most, b.at[i]))
		}
	}
}

// solution solves the normal equations with the prior, which makes them
// positive definite, by Gauss's elimination.
func (b *balance) solution() []float64 {
	n := len(b.right)
	m, x := make([][]float64, n), append([]float64(nil), b.right...)
	for i := range m {
		m[i] = append([]float64(nil), b.normal[i]...)
		m[i][i] += harmonyPrior
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			f := m[j][i] / m[i][i]
			for k := i; k < n; k++ {
				m[j][k] -= f * m[i][k]
			}
			x[j] -= f * x[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= m[i][k] * x[k]
		}
		x[i] /= m[i][i]
		if math.IsNaN(x[i]) {
			x[i] = 0
		}
	}
	return x
}
