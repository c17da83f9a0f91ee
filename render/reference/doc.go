// Package reference is the oracle of the renderer's tests: the steps of
// package render again, in plain Go and float64, one file a step, without
// tiles, 8-bit intermediates or any other trick. It is slow and meant for
// pictures of about 160 x 144. It draws a single frame set, as a renderer does
// that saw none before: surfaces are as measured, not followed in time.
//
//	constants.go  all that has a value in the renderer, too
//	choose.go     which cameras, and what each counts
//	surface.go    which depth pixels are the person
//	mesh.go       the grid mesh over them
//	vertex.go     a corner of it in space, with the surface's normal
//	raster.go     triangles to fragments
//	warp.go       the meshes' nearest surface, at half size
//	fuse.go       that surface, refined by looks at the depth cameras
//	shadow.go     the person's depth as a colour camera sees it
//	weigh.go      what each colour camera counts
//	colour.go     the surface in colour, at full size
//	fill.go       cracks closed, colour extended beyond the silhouette
//	pack.go       the packed view
//
// It shares with the renderer the vocabulary (capture, space), the layout of
// the packed view (pack) and the constants, which are written down here a
// second time: a change of the renderer that changes pictures has to be made in
// both places.
//
// The package is pure: it keeps no state and starts no goroutine.
package reference
