// Package manifest makes filters of ONNX models without Go code: a YAML file beside
// the weights says what the model takes and gives.
//
//	version: 1
//	name: portrait
//	summary: cuts the person out
//	licence: Apache-2.0
//	source: where the weights come from, and who made them
//	file: portrait.onnx               # beside the manifest
//	sha256: 5a1f...                   # of the file, checked whenever it is opened
//	kind: image-to-mask               # image-to-image, image-to-mask, audio-to-audio, classifier
//	providers: [cpu, cuda]            # the best first; cpu unless said otherwise
//	latency: 20ms                     # that Process takes at most, as a rule
//	late: hold                        # skip, hold, pass: what becomes of a frame that it is too late for
//	failing: hold                     # and of one that it fails at
//	parameters:
//	  - {name: show, type: choice, choices: [keep, remove], default: keep, live: true, help: what is shown, use: show}
//	inputs:
//	  - {name: input, type: float32, shape: [1, 256, 256, 3], from: picture, layout: NHWC, colours: rgb, range: [0, 1]}
//	outputs:
//	  - {name: mask, type: float32, shape: [1, 256, 256, 1], to: mask, layout: NHWC, activation: sigmoid}
//
// Every input of the model is there, with its type and its whole shape; of the
// outputs, those that are used. What the file has otherwise is refused by name.
//
// # Inputs
//
// from is one of:
//
//   - picture: resized by resize (stretch, fit, fill) into layout, with colours rgb,
//     bgr or grey; black becomes range[0] and white range[1], from which mean is
//     taken away, channel by channel, and the rest divided by std
//   - sound: the block, see below
//   - state: what the output named by state gave last; zeros at first
//   - parameter: the value of the parameter named by parameter; a switch is 0 or 1,
//     a choice its number in the list
//   - constant: value
//
// # Outputs
//
// to is one of:
//
//   - picture: as of inputs, back to the size of the stream
//   - mask: how much of each pixel is the person, from 0 to 1 after activation (none,
//     sigmoid, softmax over the channels, argmax), of the given channel; threshold
//     makes it 0 or 1, invert turns it round. It becomes the frame's matte.
//   - sound: a hop or a block of it
//   - labels: a score for each of labels after activation (none, sigmoid, softmax);
//     the top best of at least threshold are observed, each interval
//
// # Sound
//
// The section sound says how: rate (16000 or 48000 Hz), block samples at a time of
// which hop are new, full scale as scale (1, or 32768), results that are longer
// than a hop by join (last takes the newest hop, add adds them up), and delay, by
// how many samples the model's result is older than its input. How far the filter
// looks ahead follows. A model of 16 kHz hears up to 7 kHz, and nothing of it above
// 8: above says whether what is there is left out (drop), stays (keep), or is turned
// down as the model turns down what is below (follow).
//
// # Parameters
//
// They are as package parameter has them; use says what one does: mix (0 to 1, how
// much of the model's picture or sound is taken), show (keep: the picture as it
// came, mask, remove: black where the person is not), threshold of the mask or the
// labels. One without use is the value of an input.
//
// # Versions
//
// An unknown version is refused. Unknown fields are left alone, and logged when the
// filter is opened.
package manifest
