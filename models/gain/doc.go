// Package gain is the filter that makes a voice louder or quieter. What would go
// beyond full scale is bent, not cut: above 0.8 of it the curve flattens.
package gain
