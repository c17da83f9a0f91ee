// Package eval measures how good rendered views are.
//
// A Suite is a list of Cases: a frame set, a target camera and the true
// picture and silhouette there. Evaluate renders each case, compares it with
// package score and sums up a Report, which is what `virtualcube eval` prints.
// There are two suites:
//
//   - HeldOut, for any real rig: one camera at a time is taken out of the frame
//     set, its view is rendered from the others and compared with what it saw.
//     The truth's silhouette is where the camera's depth is valid (and, where
//     the rig is not matted, in the rig's volume), seen from its colour camera,
//     opened by 2 pixels.
//   - Novel, for a rig with a computable truth (the synthetic one): 32 eyes
//     between the cameras, see Eyes, 10 instants each.
//
// A view is one camera or eye; its figures are the means over its frames, and
// the report's mean is the mean over views.
//
// Still measures flicker besides: what a view of a frozen pose changes by under
// fresh sensor noise. It stands beside the PSNR of the moving loop, so that a
// renderer that lags does not win.
//
// Where the truth has depth the squared error is also split by cause, see
// score.Split, so that the step to mend first is known.
//
// Nearest is the baseline without geometry. Any Renderer can be measured on the
// same suite; Report.Methods holds their means.
//
// Drop measures what a camera or two that do not come cost.
//
// With an output folder Evaluate also writes, for the worst frame of every
// view, the result, the truth and an error map as PNG files and one
// self-contained page, index.html, to flip and wipe between them.
//
// # Where the lumigraph of package render stands
//
// `virtualcube eval --frames 2 --methods --drop 1 synthetic:` prints,
// from 32 eyes (flicker from 4), for the best-k lumigraph without stereo,
// filtering in time or a soft matte:
//
//	method   psnr  inside   halo    ssim     iou  flicker
//	nearest 14.52   14.59  14.84   0.375   0.797     2.68
//	warp    20.34   21.04  19.12   0.775   0.863     3.62
//	low     23.45   24.49  21.57   0.844   0.955     3.05
//	medium  25.06   26.25  22.85   0.871   0.977     2.51
//	high    25.72   26.89  23.32   0.879   0.981     2.28
//
// At medium 34 % of the squared error are holes, 34 % blur, 23 % depth edges,
// 7 % halo, 1 % colour, 1 % occlusion. One of the six cameras missing costs
// 0.61 dB on average and 1.07 dB at worst, from 8 eyes.
package eval
