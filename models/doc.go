// Package models is the contract of media filters: what a filter is, says of
// itself and is given. It holds types only; package host runs them, and each
// filter has a folder of its own.
//
// # Writing a filter
//
// A filter is one method on one kind of stream: AudioFilter, VideoFilter or
// RGBDFilter. Its parameters are a struct with tags (package parameter), which
// Process is given as they are at that frame, so that a filter keeps no copy and
// needs no lock. Audio, Video or RGBD makes a Definition of it, which the table
// in the main package's filters.go lists; a test that calls filtertest.Run holds
// it to the contract. TUTORIAL.md leads through all of it in ten minutes.
//
// # Time
//
// What a filter returns carries the capture instant of its content. One that
// looks ahead by d returns, for a frame captured at t, what was captured at t-d,
// and says so in Description.LookAhead. It never stamps anything with the time
// at which it was computed.
//
// # Buffers
//
// Process borrows what it is given until it returns, and must not write to it.
// What it returns belongs to the caller: new samples, a frame from a
// capture.FramePool of the filter's own, or the input itself, retained once more.
// The host gives an abandoned filter's frames to nobody.
//
// # Failing
//
// An error from Process costs one frame, which the host treats as
// Description.Failing says. A filter that panics, blocks or returns what is not
// a valid frame is cut out; the stream goes on. Code that is not Go, or not ours,
// says Description.Native and runs in a child process.
package models
