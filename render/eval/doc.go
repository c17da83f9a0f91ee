// Package eval measures how good rendered views are.
//
// A Suite is a list of Cases: a frame set, a target camera and the true
// picture and silhouette there. Evaluate makes each case once, renders it by
// every method, compares the pictures with package score and sums up a Report,
// which is what `virtualcube eval` prints. It holds one case at a time. There
// are two suites:
//
//   - HeldOut, for any real rig: one camera at a time is taken out of the frame
//     sets, its view is rendered from the others and compared with what it saw.
//     The truth's silhouette is where the camera's depth is valid (and, where
//     the rig is not matted, in the rig's volume), seen from its colour camera,
//     opened by 2 pixels.
//   - Novel, for a rig with a computable truth (the synthetic one): 32 eyes
//     between the cameras, see Eyes, 10 instants each.
//
// A view is one camera or eye; its figures are the means over its frames, and
// the report's mean is the mean over views.
//
// # Methods
//
// Any Renderer can be measured, several at once on the same inputs;
// Report.Methods holds their means. Two baselines never change: Nearest, without
// geometry, and package lumigraph, with three cameras and, as warp, with one.
//
// # Time
//
// The figures are those of a moving sequence, also for a renderer that filters
// in time: cases come in the order of time (all eyes of one instant, then all
// of the next), and an Observer is shown the frame sets between two instants
// that are rendered, the last 15 of them at most, and 15 before the first.
// HeldOut plays all its sets without the first camera, then without the second
// one, and so on. To an Observer time never goes back: each measurement, each
// camera held out and each choice of missing cameras is a sequence of its own,
// later than the one before by a second at least.
//
// Still measures flicker: what a view of a frozen pose changes by under fresh
// sensor noise, in 30 frames, before which an Observer is shown 15 more. It
// stands beside the PSNR of the moving loop, so that a renderer that lags does
// not win.
//
// Drop measures what a camera or two that do not come cost. An Observer sees
// each choice with these cameras missing for half a second already.
//
// # Errors by cause
//
// Where the truth has depth the squared error is also split by cause, see
// score.Split, so that the step to mend first is known.
//
// # Pictures
//
// With an output folder Evaluate also writes, for the worst frame of every
// view, the truth, every method's picture and an error map as PNG files, and
// index.html, a page without a server that puts any two of them side by side: a
// divider to drag, a flip, and their difference at any gain.
//
// # Before and after
//
// `virtualcube eval --frames 2 --methods --drop 1 synthetic:` prints, from 32
// eyes (flicker from 4). lumigraph is the method before, frozen:
//
//	method                     psnr  inside    halo matched    ssim    iou  flicker
//	nearest                   14.52   14.59   14.84   15.26  0.3754 0.7969    2.701
//	warp                      20.34   21.04   19.12   21.17  0.7750 0.8627    3.576
//	lumigraph                 25.07   26.26   22.84   26.30  0.8710 0.9774    2.480
//	low                       25.31   26.50   23.41   26.54  0.8855 0.9660    1.402
//	medium                    26.74   28.03   24.59   28.07  0.9044 0.9811    1.236
//	auto                      27.14   28.40   24.86   28.44  0.9071 0.9832    1.238
//	high                      28.27   29.48   26.35   29.54  0.9304 0.9896    1.158
//
//	squared error, %           hole    halo    edge   occl.  colour   blur
//	lumigraph                  34.2     7.3    23.1     0.7     0.9   33.8
//	auto                       13.6     9.3    38.5     0.8     1.0   36.8
//	high                        9.5     7.1    38.2     0.4     1.3   43.6
//
// One of the six cameras missing costs auto 0.84 dB on average and 1.39 dB at
// worst, from 8 eyes. On real rigs, each camera held out in turn
// (`eval --methods folder:DIR`), the first a person, the second a room with
// nobody in it, which the network of high was not made for:
//
//	             inside    halo    ssim    iou     inside    halo    ssim    iou
//	nearest       13.55   11.71  0.5364 0.4085      13.05   13.23  0.5309 0.4351
//	warp          13.33   13.69  0.5347 0.5563      13.30   13.80  0.5385 0.3732
//	lumigraph     15.92   14.52  0.5655 0.7334      13.92   13.58  0.4922 0.6130
//	auto          16.16   14.59  0.5558 0.7291      14.33   13.80  0.4924 0.6555
//	high          16.57   14.52  0.5645 0.7560      14.15   14.10  0.4986 0.5494
//
// What is possible with the colours that the rig gives: drawn from the true
// depth, with the true visibility and silhouette, the same weights over six
// cameras reach 30.2 dB inside and an SSIM of 0.943 between pixels, 30.7 and
// 0.954 with a cubic filter; weights by angle alone, as lumigraph has them,
// 28.2 and 0.909.
//
// # What did not pay
//
// Measured as a change of high or auto inside, and left out: plane-sweep stereo
// of the lumas within 5 mm of the depth, -0.1 to +0.02 dB at eight settings of
// step, window and prior; blending low frequencies widely and high ones
// narrowly, -0.07 to -0.65 dB; a matte by logistic regression on one pixel's
// features, +0.004 of SSIM. A cubic filter gives auto 0.09 dB and 0.003 of SSIM
// and takes two views a second.
package eval
