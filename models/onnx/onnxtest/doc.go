// Package onnxtest writes small ONNX models for tests, and finds ONNX Runtime for
// them.
//
// A Model is written field by field as the format's protobuf definition has it
// (onnx.proto3 of ONNX 1.17), so that no test needs Python or a file of weights.
package onnxtest
