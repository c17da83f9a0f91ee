// Package tensor brings pictures and sound into the tensors of models and back.
//
// A Grid says where the pixels of a picture are in a tensor. A Reader resizes an
// I420 picture into one, and a Writer brings planes of numbers back to a picture's
// size. Both are bilinear between the centres of pixels, as OpenCV's INTER_LINEAR
// and PyTorch's align_corners=False are, so that what goes in and out again stays
// where it was. Colours are BT.601's in limited range.
//
// A Stream gives a model the blocks that it wants of sound that comes 20 ms at a
// time, at the model's rate, and says by how much its output is later.
//
// Everything here keeps its memory, and belongs to one goroutine at a time.
package tensor
