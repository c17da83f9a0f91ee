// Package matte is the filter `matte`: it finds the person in a webcam's pictures
// (package segment) and blurs, replaces or removes the background (package
// ground).
//
// # Privacy
//
// The picture as it came never leaves the filter where it fails or is late: the
// definition says Private. A background is blurred from cells of several pixels at
// least. What is not a person to the network is background, even a person; and
// what it takes for a person is seen.
package matte
