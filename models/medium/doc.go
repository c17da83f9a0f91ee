// Package medium knows the three kinds of frames that filters work on: sound,
// pictures and the frame sets of a rig. Whoever runs filters, live or over a
// recording, is generic over Of and is thereby told how a frame is kept, whether
// what a filter returned may stand for it, and what does where the filter failed.
//
// Its types have no state and may be used by any number of goroutines.
package medium
