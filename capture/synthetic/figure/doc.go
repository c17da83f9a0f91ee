// Package figure is the animated seated person of the synthetic rig: the
// shapes, the skeleton and its motion, and what the surface looks like.
//
// The person is built once, in a rest pose in the cube (metres, origin at the
// middle of the head, y up, facing +z), as a triangle mesh whose vertices carry
// weights of a few bones. Pose moves it to an instant. Surface colours are
// functions of the rest position, so that they stick to the moving surface and
// need no texture memory.
//
// Proportions follow the usual anthropometric means of an adult: head height
// 23 cm, breadth 15.5 cm, length 19.5 cm, pupils 63 mm apart.
package figure
