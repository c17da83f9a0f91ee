// Package score measures how close a rendered view is to the truth.
//
// Compare takes a rendered picture with its matte and a true picture with its
// silhouette and returns the Metrics that eval reports. Both pictures are
// composited on grey 128 first, so that a missing pixel costs what it costs an
// onlooker. All pictures are 8-bit sRGB, three bytes a pixel, row 0 on top.
//
//	psnr          the true silhouette
//	psnr_inside   the silhouette eroded by 2 px: how good are face and clothes
//	psnr_halo     the silhouette dilated by 8 px less eroded by 8 px: the edge
//	psnr_matched  as inside, after one affine colour map a view: geometry and
//	              texture without the cameras' colour mismatch
//	ssim          luma, over the silhouette dilated by 8 px
//	iou           matte above one half against the silhouette
//
// Split says how much of the squared error over the silhouette dilated by 8 px
// comes from holes, halo, depth edges, wrong surfaces, colour and blur.
//
// Flicker is, for a pose that does not move, the mean over the silhouette
// eroded by 2 px of the standard deviation of luma over time, in 8-bit levels.
//
// Dilation and erosion by r pixels use the square of side 2r+1. Outside the
// picture nothing is known: the border neither dilates nor erodes.
//
// The package is pure: it imports nothing of this project.
package score
