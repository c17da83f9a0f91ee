// Package raster is a small triangle rasteriser for truth pictures: it
// projects the vertices of a fine mesh through a camera's lens, distortion
// included, and resolves visibility with a z-buffer at one or 2 x 2 samples a
// pixel. It knows no colours: who calls it asks which triangle and where in it
// a sample sees, and shades that.
//
// Attributes are perspective-correct. Inside a triangle the lens is taken as
// a pinhole, so triangles must be small on the screen where the lens
// distorts; a few pixels make an error far below a thousandth of a pixel.
//
// The package is independent of the project's renderer on purpose.
package raster
