// Package solid models shapes as signed distance fields and turns them into
// triangle meshes by surface nets on a rectilinear grid (Gibson, "Constrained
// elastic surface nets", 1998, in its averaging form).
//
// Lengths are metres. Fields are negative inside. Ellipsoids and blends are
// bounds of the distance, close to it near the surface, which is all that the
// mesher and the occlusion estimate need.
package solid
