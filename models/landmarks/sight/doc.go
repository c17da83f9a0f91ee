// Package sight makes a head, its eyes and its gaze of what cameras see of a face.
// It is pure: rays in the cube go in, metres and directions come out.
//
// # Head
//
// Each point of a face is where the rays to it meet best: least squares of their
// distances, each ray weighed by how squarely its camera sees the point, and again
// by how well it agrees with the others, so that one that strays does not count.
// The corners of eyes and mouth say where the head's x axis points, to the person's
// left; y is the line from the lip below the nose to the brow, made square to x, less
// by how much it usually leans back; z is ahead. The chin has no say: who speaks does not nod.
//
// With one camera the points lie at the distances that the network guesses, all
// scaled so that the bridge of the nose is where the depth picture says, or else so
// that the outer corners are as far apart as an average adult's.
//
// # Gaze
//
// An eyeball's centre lies behind the middle of the eye's corners. How far differs
// between people (and between networks: where precisely is a corner?); it is learnt
// from the iris, whose place in space two cameras tell, and which is IrisReach
// before the centre. From each camera the ray to the iris meets the sphere of that
// radius round the centre; the line from the centre through there is the eye's
// optical axis. The gaze is the mean of all axes, of both eyes in all cameras, those
// that stray left out.
//
// An eye's line of sight differs from its optical axis by some 5 degrees towards the
// nose (the angle kappa). In the mean of both eyes this cancels, but for one to two
// degrees upwards or downwards that differ from person to person. Nothing here
// corrects them.
package sight
