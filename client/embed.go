// Package client holds the page that a viewer's browser runs, built from src
// by `npm run build` into dist and embedded in the binary.
//
// Folders of src: protocol (messages, generated from signaling/protocol), pack
// (the packed view's layout, generated from render/pack, and its decoding),
// view (unprojection on the GPU), room (the scene around the person), eye
// (the viewer's eye and its off-axis projection), net (WHEP, clock), stats and
// ui.
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
