// Package client holds the page that a viewer's browser runs, built from src
// by `npm run build` into dist and embedded in the binary.
//
// Folders of src: protocol (messages, generated from signaling/protocol), pack
// (the packed view's layout, generated from render/pack, and its decoding),
// view (unprojection on the GPU), room (the scene around the person), eye
// (the viewer's eye and its off-axis projection), eye/tracking (where the
// viewer's head is, from their own webcam), net (WHEP, clock), session (the link
// to a room), assembly (seats and screens), hall (everybody in a room), text
// (what the page says, in each language), devices (the viewer's own camera and
// microphone), voice (the others, heard from their seats), stats and ui.
//
// # Screens
//
// A page without ?room= watches one cube. In a room the canvas is a screen in
// the viewer's own cube, 0.65 m before the head and as wide as everybody needs,
// 110 degrees at most; a narrow canvas shows a part and turns to who speaks.
// ?screen=60x34@65:40 declares a monitor instead, 60 by 34 cm, 65 cm from the
// head and 40 degrees to the right; left, middle and right are three of them,
// for one page each. What is drawn on it is in its true direction from the
// viewer's eye, whatever the screen.
//
// # Reprojection
//
// The viewer's eye moves at display rate; the view that is held was seen from
// where the eye was some frames ago. view/lattice.frag.glsl makes a mesh of at
// most 128 x 128 cells of it. On one surface the mesh is that surface. Near a
// depth step it is a hull before both surfaces, and a fragment follows its ray
// from there into the view's depth (view/march.glsl). A ray that goes behind
// the front surface takes depth and colour of the farther one beside the step,
// never of the front. At the person's edge the ray goes on behind what one sees
// through. Beyond the matte nothing is made up.
//
// `make reproject` compares the page's pictures, 1280 x 720 and a view of
// 512 x 512 from the synthetic rig (a hand before arm and chest, sensor noise,
// VP8), with the truth, 5 to 15 cm to the left, right, up and down. Means of
// the four, in decibels inside the silhouette, in decibels in its halo of 8
// pixels, SSIM and IoU, as package render/score has them:
//
//	eye moved   node's eye there              page alone                    seen by the view's eye, inside
//	 0 cm                                     28.3   24.7   0.878   0.986   28.3
//	 5 cm       27.5   23.8   0.857   0.982   27.8   24.4   0.871   0.985   28.2
//	10 cm       27.1   23.8   0.853   0.982   27.1   23.8   0.860   0.982   27.9
//	15 cm       26.9   23.8   0.851   0.982   26.4   23.1   0.848   0.977   27.5
//
// The last column leaves out what the view's eye does not see, 1.5 % of the
// person at 15 cm. On the very same frames a mesh that is stretched over depth
// steps has 0.5 dB less inside, 0.8 dB less in the halo and 0.014 less SSIM at
// 15 cm (with the views of the lumigraph before).
//
// # Head tracking
//
// Mouse and keys set the eye's place; a head that the viewer's webcam sees
// leans from there, when the viewer has pressed the button for it. Pictures go
// to a worker of the page and nowhere else. There BlazeFace finds the face once
// and the face mesh follows it (both MediaPipe's, Apache-2.0, from npm package
// @vladmandic/human, by TensorFlow.js in WebAssembly). The page fits a mean
// face to 16 of its points (pose.ts), calibrates (calibration.ts), smooths,
// predicts and falls back (follower.ts). 3.5 MB are loaded when it is first
// started, nothing before.
//
// client/test/tracking.mjs films the synthetic person with 640 x 480 pixels
// and lets the built page follow, on two cores without a GPU: 26 pictures a
// second, 9 ms each in the worker, 34 displays a second with and without it.
// At rest the measured eye trembles by 0.1 mm sideways and 0.9 mm to and fro,
// the shown one by 0.02 and 0.3 mm. Of 10 cm to either side in 4 s the measured
// eye misses 1.3 mm; the shown one is 25 ms late and misses 3.3 mm (root mean
// squares). A head that is lost is held for 0.4 s and glides home in 0.5 s.
//
// Of the synthetic person before known cameras, 0.4 to 0.7 m away, the eye was
// found within 3 mm sideways and up and 20 mm (3 %) to and fro, 4 % at 1.2 m;
// the face's turn within 3 degrees up to 30 to either side, 7 up to 40; its
// nod 9 degrees too low, which the calibration takes off, as every face has
// its own.
package client

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// ErrNotBuilt is returned where the binary was compiled before the client.
var ErrNotBuilt = errors.New("the page is not in this binary: run `make build`, which builds the client first")

// Files returns the built page with index.html at its root; see Built.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only an invalid path, and it is a constant
	}
	return files
}

// Built returns ErrNotBuilt where Files has no page.
func Built() error {
	if _, err := fs.Stat(Files(), "index.html"); err != nil {
		return ErrNotBuilt
	}
	return nil
}
