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
// cuts off. Image.PersonMask follows the same rule.
//
// # Pictures
//
// Colour is NV12, BT.601, Full range. Depth is the distance along the optical
// axis of the depth lens, in whole millimetres, 0 where the sensor saw nothing.
package synthetic
