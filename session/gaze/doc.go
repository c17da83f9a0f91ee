// Package gaze says to whom or to which work item somebody attends. It is
// pure: a ray of sight and what is in the world go in, attention comes out.
//
// # Error
//
// Persons are spheres round their heads, items rectangles that are seen from
// the side to which Right x Up points. How far a look is off a target is the
// angle between the ray and the nearest direction in which the target is seen,
// 0 if the ray meets it. A target can be meant if that is within the tolerance,
// which grows as confidence falls:
//
//	tolerance = Tolerance + (1 - confidence)·Unsure
//
// # Choice
//
// Of several the one with the least score is meant: of an item how far the look
// is off; of a person the angle to the head's middle, less its apparent radius,
// less half the tolerance, since people look at people and a head is small
// before a wall that is an item. An item that the ray meets behind another one
// scores twice Margin more. Who is hidden behind an item is not meant.
//
// # Rest
//
// A target is left for another one only if that scores better by Margin, and
// for nothing only if the look is off it by Release more than the tolerance. All
// scores follow the ray's angle no faster than it changes. Noise of less than
// half of Margin and of Release therefore never flickers. And a target counts
// only after it has been meant for Dwell: a glance aside ends nothing.
package gaze
