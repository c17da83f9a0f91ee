// Package client holds the page that a viewer's browser runs, built from src
// by `npm run build` into dist and embedded in the binary.
//
// Folders of src: protocol (messages, generated from signaling/protocol), pack
// (the packed view's layout, generated from render/pack, and its decoding),
// view (unprojection on the GPU), room (the scene around the person), eye
// (the viewer's eye and its off-axis projection), net (WHEP, clock), stats and
// ui.
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
//	eye moved   node's eye there              page alone                    page alone, stretched mesh
//	 0 cm                                     26.7   22.7   0.852   0.976   26.8   22.7   0.848   0.975
//	 5 cm       26.7   22.9   0.848   0.977   26.3   22.4   0.843   0.974   26.2   22.1   0.836   0.970
//	10 cm       26.8   23.0   0.851   0.978   25.7   21.9   0.832   0.969   25.5   21.3   0.820   0.962
//	15 cm       26.6   23.0   0.850   0.977   25.1   21.3   0.819   0.962   24.7   20.6   0.805   0.953
//
// The last column is the page before it followed rays, in a run of its own; on
// the very same frames rays gain 0.5 dB inside, 0.8 dB in the halo and 0.014
// SSIM at 15 cm. Of the 1.6 dB inside that are then left to the node's picture,
// 0.6 come from the 1.5 % that the view's eye does not see: without them it is
// 25.8 dB, of 26.8.
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
