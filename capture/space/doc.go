// Package space holds the geometry that the whole project shares: vectors,
// rigid transforms, lenses, cameras, rays, boxes, eyes and the framing window
// of a view.
//
// # Conventions
//
// Lengths are metres and angles radians, in float64. A cube's frame is
// right-handed with y up, its origin at the seated head and +z towards the
// front screen. A camera's own frame follows OpenCV: x right, y down, z
// forward. A camera pose is camera-to-cube. A pixel (0, 0) has its centre at
// (0, 0), as in OpenCV; the picture therefore spans -0.5 to Width-0.5.
//
// The package is pure: it imports nothing of this project, keeps no state and
// starts no goroutine. All its values may be copied freely.
package space
