// Package grade is the filter that corrects the colours of a webcam or a screen:
// exposure, contrast, saturation and warmth, as tables over luma and chroma.
package grade
