// Package synthetic is the source `synthetic:`: six RGBD cameras round a front
// display that capture an animated seated person, with exact calibration and a
// time-of-flight noise model.
//
// A Scene is the truth: its Render draws the person for any camera or eye with
// a rasteriser that shares nothing with the project's renderer. A Source plays
// the scene through the rig. It bakes the loop of frame sets to a cache file
// once, memory-maps it, and plays it while it fills.
//
// # What counts as the person
//
// Everything inside Rig().Volume is the person and nothing else is: chair,
// walls and floor lie outside, and so do the shins, which the volume's bottom
// cuts off. Image.PersonMask follows the same rule. Markers, the badge and the
// rod belong to the person; the volume grows where the rod reaches out of it.
//
// # For measuring
//
// Of the options, which Options lists, some make the person an instrument:
// synthetic:?markers=on has discs at known places; gaze=X,Y,Z turns head and
// eyes so that the line from the point between the eyes goes through a point
// of the cube, in metres (80 degrees to the side, 35 up and 45 down at most);
// rod=on lays a rod with a coloured ball at each end along the gaze; flash=on
// flashes a badge on the chest, and a beep sounds at the very instant, every
// second (sound=none takes the beep away, sound=beep gives it alone). Scene
// says where all these are.
//
// # Pictures
//
// Colour is NV12, BT.601, Full range. Depth is the distance along the optical
// axis of the depth lens, in whole millimetres, 0 where the sensor saw nothing.
package synthetic
