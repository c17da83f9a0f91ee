// Package onnx computes ONNX models with ONNX Runtime. It is the only place that
// knows the runtime's binding.
//
// Open loads a model and makes its inputs and outputs, which stay where they are:
// a filter fetches their slices once, writes into those of the inputs, calls Run,
// and reads those of the outputs. Run allocates nothing.
//
//	s, err := onnx.Open(e, "selfie", onnx.Options{Finite: true})
//	in, err := onnx.Input[float32](s, "input")
//	out, err := onnx.Output[float32](s, "mask")
//	...
//	copy(in, picture)
//	err = s.Run() // out holds the mask
//
// # Provider
//
// The provider is the one that the environment names, or Open fails and says what
// is missing. Parts of a model that it cannot compute are left to the CPU only
// where Options.Mixed says so.
//
// # Recurrent models
//
// Options.States names outputs that are inputs of the next Run. Each such pair has
// two buffers that change places, so that nothing is copied. They begin with zeros,
// and again after Reset.
//
// # The library
//
// The shared library of ONNX Runtime is found by Environment.Weights as
// "onnxruntime", and loaded once by the first Open. The binding has one environment
// a process, in globals of its own, so this package has one too: it stays until the
// process ends, and an Open that brings another library is refused.
package onnx
