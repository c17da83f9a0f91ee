// Package pack lays a view out in one video frame, the packed view, and reads
// it back: colour on top, depth and matte at half size below it, and a strip
// of 128 bits that names the view's own camera.
//
//	0 ............ H         colour, W x H
//	H ........ H + H/2       depth (left half) and matte (right half), W/2 x H/2 each
//	H + H/2 .. FrameHeight   the strip: 8 x 8 luma blocks, row-major, highest bit first
//
// This package is the one definition of the layout. `go generate` writes from
// it the constants of the shaders (render/shaders/pack_layout.gen.glsl) and of
// the client (client/src/pack/layout.gen.ts) with test vectors for both.
//
// Everything is luma in limited range: depth, matte and strip carry U = V =
// 128. Values are copied freely; nothing here allocates or keeps state.
package pack

//go:generate go run ./generate -root ../..
