// Package layers is what small neural networks are made of that are computed in
// plain Go, for one voice at a time and a frame at a time: the weights of an ONNX
// file, products of matrices and vectors, and the functions between them. Such a
// network needs no library and no process of its own; a large one belongs to
// package onnx.
//
// Products use AVX2 where the processor has it.
package layers
