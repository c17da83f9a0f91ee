package layers

import "math"

// ReLU makes negative values 0.
func ReLU(x []float32) {
	for i, v := range x {
		x[i] = max(v, 0)
	}
}

// Add adds x to y.
func Add(y, x []float32) {
	for i, v := range x {
		y[i] += v
	}
}

// Sigmoid is 1/(1+exp(-x)).
func Sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

// Tanh is the hyperbolic tangent.
func Tanh(x float32) float32 { return float32(math.Tanh(float64(x))) }
