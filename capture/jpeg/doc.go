// Package jpeg decodes the JPEG pictures of cameras with libjpeg-turbo,
// straight to the planes of a capture.Picture: no way through RGB. It is the
// only package of the project that uses that library, and uses cgo for nothing
// else.
//
// Chroma of 4:4:4, 4:2:2, 4:4:0 and 4:1:1 pictures is brought to half size by
// averaging over the box that a chroma sample then covers, which keeps it
// sited at the centre of its 2 x 2 pixels as JPEG and package capture have it.
//
// A picture that does not decode to the last bit (a missing end, a bad
// marker) is an error: half a face is worse than the face of 33 ms ago.
package jpeg
