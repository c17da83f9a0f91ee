// Package lumigraph is the baseline that never changes: the best-k unstructured
// lumigraph (Buehler et al., 2001) with which the first renderer drew, without
// stereo, filtering in time or a soft matte. What package render draws is held
// against it, on the same inputs. It is a copy, in plain Go, of the method as
// package render drew it at quality medium (3 cameras) at commit 83e5e5e, and
// shares nothing with today's renderer but the vocabulary. With one camera it
// is the baseline warp.
//
//	lumigraph.go  which cameras, and the steps
//	person.go     which depth pixels are the person
//	mesh.go       the grid mesh over them
//	warp.go       one camera's layer: corners placed, triangles drawn, fragments judged
//	blend.go      layers to one surface
//	matte.go      cracks closed, and the picture
//
// A test pins its figures on a small scene: nobody changes it unawares.
//
// `virtualcube eval --eyes 8 --frames 2 --methods synthetic:`, run when it was
// frozen, says how near it is to the renderer that it was made from:
//
//	method     psnr  inside   halo matched    ssim    iou  flicker
//	lumigraph 25.14   26.28  23.11   26.32  0.8670 0.9781    2.480
//	medium    25.14   26.27  23.11   26.31  0.8666 0.9781    2.509
//
// A view of 512 x 512 takes about 45 ms on two cores.
package lumigraph
