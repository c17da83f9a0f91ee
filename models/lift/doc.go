// Package lift is the filter `lift`: it makes a webcam's picture the frame of a
// rig of one camera, with the person's matte and a relief of their depth, so that
// they turn in 3D when the viewer moves.
//
// # What the depth is worth
//
// One picture does not show depth; this is a sculptor's guess from three things.
// How far the eyes are comes from their size in the picture: the outer corners of
// an adult's eyes are some 90 mm apart, corrected by the irises, whose diameter is
// 11.7 mm in nearly everybody; so it is as right as the field of view that the
// filter is told, and a few per cent off besides. The face's own relief is the
// face mesh's (package face). All else is a mannequin: a head and a torso of usual
// thickness, inflated within the silhouette. Arms before the body, or a second
// person, lie in the body's surface. The tests measure what is left of error.
//
// # Geometry
//
// Camera gives the lens and where the webcam stands in the cube of the person, by
// the same parameters as the filter's: depth is along its optical axis, aligned to
// the colour pixel by pixel, and 0 where the matte is 0. The cube's origin lies
// Seat before the camera. The eyes' place in it, and where the face points, are
// observed as Gaze.
//
// # Steps
//
// The matte is that of package segment (matte and lift need not be chained); its
// background comes out grey. Round the person, whose eyes the mesh tells, every
// cell of the matte's grid gets a depth (relief.go); distance and relief are
// smoothed over time (person.go), and depth follows the silhouette, which the
// matte holds steady, without a seam.
package lift
