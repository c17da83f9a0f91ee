// Package reference is the oracle of the renderer's tests: the steps of
// package render again, in plain Go and float64, one file a step, without
// tiles, 8-bit intermediates or any other trick. It is slow and meant for
// pictures of about 160 x 144.
//
//	choose.go    which cameras
//	clean.go     which depth pixels are the person
//	mesh.go      the grid mesh over them
//	register.go  a mesh vertex in space, in the view and in the colour camera
//	raster.go    triangles to fragments
//	warp.go      one camera's layer
//	blend.go     layers to one surface
//	matte.go     cracks closed, colour extended beyond the silhouette
//	pack.go      the packed view
//
// It shares with the renderer the vocabulary (capture, space), the layout of
// the packed view (pack) and the constants that the renderer's documentation
// states, which are written down here a second time: a change of the renderer
// that changes pictures has to be made in both places.
//
// The package is pure: it keeps no state and starts no goroutine.
package reference
