// Package face finds faces and eyes in pictures: MediaPipe's BlazeFace, face mesh
// and iris networks.
//
// # Use
//
// A Finder is the networks. Detect looks for a face, Mesh tells the points of one
// whose place is roughly known, Iris looks into an eye of a mesh. A Tracker does
// this for the pictures of one camera: it detects where no face is known, and from
// then on each picture's points say where the mesh is looked for in the next.
//
// # Places
//
// All vectors are from the camera, along the axes of the frame that its pose leads
// to (the cube, or with no rotation the camera's own). A picture does not tell how
// large a face is, so neither does a mesh: its unit is the distance between the outer
// corners of the eyes. Who knows that in metres knows where every point is.
//
// # What the networks see
//
// No network is shown a part of a picture as it is. A Square is a window that is
// looked through: square to the line from the camera to its middle, its upper side
// up for who is seen. The networks see it as a camera without distortion would that
// stands where the real one does. So a camera that lies on its side, or whose lens
// bends lines, is as good as another, and a face in the corner of the picture is as
// good as one in the middle.
//
// # Numbers of points
//
// MediaPipe's canonical face gives them. Left and right are the person's own.
package face
