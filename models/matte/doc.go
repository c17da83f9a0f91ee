// Package matte is the filter `matte`: it finds the person in a webcam's pictures
// (package segment) and blurs, replaces or removes the background.
//
// # Edges
//
// A pixel at the person's edge shows both, I = aF + (1-a)B. Where it is given
// another background, F is estimated from the means of the person and of the
// background round it (Forte, Approximate Fast Foreground Colour Estimation,
// 2021), so that no rim of the old background stays.
//
// # Privacy
//
// The picture as it came never leaves the filter where it fails or is late: the
// definition says Private. A background is blurred from cells of several pixels at
// least. What is not a person to the network is background, even a person; and
// what it takes for a person is seen.
package matte
