// Package plane is the arithmetic of pictures that filters share: planes of
// numbers, means over boxes, resampling of a part of a picture, and the parts
// that hang together. It is pure, allocates only where a size changes, and visits
// pixels by rows.
package plane
