// Package vpx encodes and decodes VP8 (RFC 6386) with libvpx.
//
// The encoder runs on the caller's thread alone: libvpx's second VP8 thread
// spins while it waits and loses to any other work on the machine, the
// software rasteriser's above all. Planes are handed to C by pointer for the
// call and not copied in Go.
//
// Every second picture belongs to the upper temporal layer: it is predicted
// from the base layer's last one, and nothing is predicted from it.
//
// VP8 cannot signal a colour matrix; it is BT.601, limited range, by
// definition (RFC 6386 section 9.2), which is what pictures of this project are.
package vpx
