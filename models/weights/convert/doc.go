// Package convert makes ONNX of models that are published in other forms: graph
// models of TensorFlow.js, whose weights may be float16 or quantised, and models
// of TensorFlow Lite, whose weights are floats.
//
// It knows the operations of the models in the catalogue of weights, and refuses
// others by name. What goes in and comes out keeps its shape and its order, with
// the channels of a picture last, in float32 and with a batch of one; in between
// pictures are planar, as ONNX's convolutions want them. The same input always
// gives the same bytes, so that their checksum can be pinned.
//
// The formats are those of github.com/tensorflow/tfjs (tfjs-core's
// io/types.ts, tfjs-converter's data/types.ts), of TensorFlow's op definitions
// and its lite/schema/schema.fbs, and of github.com/onnx/onnx (onnx.proto,
// operator set 13).
package convert
