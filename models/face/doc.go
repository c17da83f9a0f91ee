// Package face finds the face in a picture: 468 points in three dimensions, as
// MediaPipe's face mesh numbers them, and the irises.
//
// A detector (BlazeFace) looks where no face is known; from then on each picture's
// points say where the mesh is looked for in the next. The networks see squares of
// the picture, turned so that the eyes are level.
//
// # Numbers of points
//
// Right and left are the person's. 33 and 263 are the outer corners of the right
// and left eye, 133 and 362 the inner ones, 159 and 145, 386 and 374 the middles of
// their lids, 1 the tip of the nose, 10 the top of the forehead, 152 the chin, 234
// and 454 the sides before the ears.
package face
