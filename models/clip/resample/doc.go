// Package resample changes the rate of mono sound by a windowed sinc: a Kaiser
// window over 64 zero crossings a side, flat to 0.91 of the lower rate's half and
// 80 dB down above it. The result is aligned with what came: it is neither
// delayed nor longer.
package resample
