// Package wave reads and writes RIFF WAVE files: PCM of 8, 16, 24 and 32 bits
// and IEEE floats of 32 and 64, plain or in WAVE_FORMAT_EXTENSIBLE, any rate
// from MinRate to MaxRate and up to MaxChannels channels. It streams: nothing
// but a buffer is kept in memory.
//
// A file whose header says 0 or 4 GiB - 1 for the length, as of one that was
// written into a pipe, is read to its end; one that is cut off too, and
// Reader.Short says so.
package wave
