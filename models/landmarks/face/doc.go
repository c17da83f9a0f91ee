// Package face finds faces and eyes in pictures: MediaPipe's BlazeFace, face mesh
// and iris networks.
//
// # Views
//
// No network is shown a part of a picture as it is. A View is a camera without
// distortion that stands where the real one does, looks at what matters and holds
// its head as the face does; a Sampler computes what it would see. So a camera that
// lies on its side, or whose lens bends lines, is as good as another, and what a
// network points at is a ray by Camera.Ray, whatever camera the picture came from.
//
// # Sides
//
// Left and right are the person's own, as everywhere in this folder.
package face
