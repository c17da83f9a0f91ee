// Package vad is the filter that says whether somebody speaks. It observes: sound
// goes through as it is.
//
// The voice is brought to 16 kHz, of which Silero VAD v6 (package silero) takes
// 32 ms at a time. Each of these yields one models.Voice. It is plain Go: it needs
// no library and no process of its own.
//
// Measured on the words that people marked in 27 s of talk: without hangover
// precision 0.93 and recall 0.98; amid a city, a forest and keys at 10 dB the same
// and 0.95, at 0 dB 0.94 and 0.81 or better. A crowd is speech, whoever it is of.
package vad
