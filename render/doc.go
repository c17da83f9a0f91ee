// Package render turns a frame set and an eye into a view: colour, depth and
// matte of one person as seen from that eye.
//
// The method is an unstructured lumigraph (Buehler et al., 2001) over the best
// few depth cameras, in these steps:
//
//  1. choose: the Cameras whose directions from the person are nearest to the
//     eye's (choose.go). The angle of the first camera left out bounds the
//     blend, so that a camera's weight is zero when it is swapped.
//  2. clean (mesher.go, on the CPU, only the person's pixels of the chosen
//     cameras): a depth pixel is the person's where it lies in the rig's
//     volume and enough of its neighbours lie on its surface, which flying
//     pixels lack; a 3 x 3 average of that makes the mask. The person's pixels
//     become a grid mesh with 4-pixel cells, split into 1-pixel cells where
//     depth steps. Each vertex takes the mean of the neighbouring depths of its
//     own surface: smoothing costs only where a vertex is.
//  3. warp (mesh.glsl, warp.*): a vertex is unprojected through the depth lens
//     and projected both into the view and, through the full lens model, into
//     the colour camera. A depth buffer drawn from the colour camera (occlude.*)
//     keeps the colour of what hides a point from being painted on it. Each
//     camera gives one layer: colour, quality, depth.
//  4. blend (blend.frag): layers within softDepth of the nearest surface are
//     averaged, weighted by ray angle, facing and edge distance.
//  5. fill (pyramid.frag, fill.frag): a push-pull pyramid closes cracks inside
//     the person and extends colour and depth beyond the silhouette.
//  6. pack (tile_*.frag): colour, depth and matte become one I420 picture
//     (package pack), read back asynchronously.
//
// Full-size steps are drawn only in the squares that the meshes reach
// (tiles.go). Constants and steps stand twice: here and in package reference,
// the oracle in plain Go, which a golden test holds against this one.
//
// All drawing happens on the thread of a gl.Device. Colour stays YCbCr from
// the camera to the encoder; only Picture, which eval uses, converts to RGB.
package render
