// Package segment finds the person in the pictures of a webcam: how much of each
// pixel is the person, at the picture's full size and steady over time.
//
// # Steps
//
// A network that sees 256 x 256 pixels says where persons are. It is good at
// pictures that a person fills and poor at wide ones squeezed into its square. So
// squares of the picture's height (or width) are looked at in turn, one every
// other frame, to know where somebody is; and the part that the person fills is
// looked at in every frame (look.go, region.go). What the network says there lies
// on a grid of cells of two to six pixels; small parts and holes go (clean.go),
// and time steadies it where nothing moves (steady.go). A guided filter with the
// colours as its guide (He, Sun and Tang, 2010; its fast form, 2015) fits the
// matte to the picture's edges: a linear function of the colour a cell, which is
// evaluated at every pixel that is not sure (guide.go, expand.go).
package segment
