// Package denoise is the filter that takes noise away from a voice: at 48 kHz,
// 20 ms at a time, 30 ms late.
//
// Spectra of 20 ms, 10 ms apart, go through DeepFilterNet3 (package network),
// which says what is to be taken away; a guard gives some of it back where the
// speech stands far above the noise. It is plain Go: it needs no library and no
// process of its own, and any number of voices share what a machine has.
package denoise
