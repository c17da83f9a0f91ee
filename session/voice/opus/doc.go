// Package opus encodes and decodes Opus (RFC 6716) with libopus: 48 kHz, mono
// or stereo, samples as float32 from -1 to 1, frames of 20 ms as a rule.
//
// Encoders and decoders run on the caller's thread and belong to one goroutine.
// Samples and packets are handed to C by pointer for the call; no Go pointer
// stays there. A packet from the network is untrusted: Decode refuses one that
// is too long or does not parse, and none crashes it.
//
// Losses have two remedies: DecodeFEC takes what the encoder, with its option
// FEC, has put of a frame into the next packet; DecodePLC makes up a
// continuation, which fades out over some 100 ms.
package opus
