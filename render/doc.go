// Package render turns a frame set and an eye into a view: colour, depth and
// matte of one person as seen from that eye.
//
// The method is an unstructured lumigraph (Buehler et al., 2001) over one
// surface that the depth cameras make together, in these steps:
//
//  1. choose (choose.go): the cameras whose directions from the person are
//     nearest to the eye's, some for geometry and some for colour. The first
//     camera left out bounds what the others count, so that a camera counts
//     next to nothing when it is swapped.
//  2. surface (surface.go, on the CPU as are 3 and 4, once a frame whatever the
//     number of eyes): a depth pixel is the person's where it lies in the rig's
//     volume and enough of its neighbours lie on its surface, which flying
//     pixels lack. Its depth is averaged while its surface stands still and
//     follows where it moves: sensors' noise is what shows most. Pixels that
//     lost their echo are held or filled. A 3 x 3 average of all that makes the
//     mask.
//  3. mesh (mesher.go, for geometry): the surface becomes a grid mesh of 8-pixel
//     cells, of 4 pixels at its border and on slopes, of 2 where depth steps. A
//     vertex takes the mean depth of its own surface around, and its slope.
//  4. shadow, sharpen (shadow.go, sharpen.go, for colour): the person's depth as
//     the colour camera sees it, in a small picture, so that what hides a point
//     is not painted on it; and the part of the colour picture that the person is
//     in, sharpened by some of what sampling between pixels blurs. Made
//     while the GPU draws 5 and 6.
//  5. warp (warp.*, half size as are 6 and 7, the size at which depth is sent):
//     all meshes under one depth test. A surface that its camera sees at a slant
//     is set back: what is seen well hides what is seen badly.
//  6. fuse (fuse.frag): the depth cameras are looked up at the surface, a pixel
//     at a time, which cells are too coarse for, and one camera too noisy.
//  7. weigh (weigh.frag): what each colour camera counts by facing, angle and
//     shadow, and which cameras each square of the view needs (needed.frag).
//  8. colour (colour.frag, full size): the cameras' pictures, weighted. Squares
//     are drawn in groups by their cameras: none is looked up where it counts
//     nothing.
//     With a learned blend (Options.Learned) 5 and 6 are of full size, and 7 and 8
//     are these instead (judge.go): grow (grow.frag) extends the surface some
//     pixels beyond its edge; describe (features.frag) gathers what a network
//     judges a pixel by, colours sampled by a cubic; judge (layer.frag,
//     learned.frag) runs the network of package learned, which says what the
//     colours at the pixel and the eight round it count, and the matte.
//  9. fill (pyramid.frag, fill.frag): a push-pull pyramid closes cracks inside
//     the person and extends colour and depth beyond the silhouette.
//  10. pack (tile_*.frag): colour, depth and matte become one I420 picture
//     (package pack), read back asynchronously.
//
// Once a second the cameras are brought together in exposure and white balance,
// by what they see of the same points (harmony.go, balance.go).
//
// Steps of the GPU are drawn only in the squares that the meshes reach
// (tiles.go). Constants and steps stand twice: here and in package reference,
// the oracle in plain Go, which a golden test holds against this one for the
// first frame set that a renderer sees.
//
// All drawing happens on the thread of a gl.Device. Colour stays YCbCr from
// the camera to the encoder; only Picture, which eval uses, converts to RGB.
package render
