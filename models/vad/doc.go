// Package vad is the filter that says whether somebody speaks. It observes: sound
// goes through as it is.
//
// The voice is brought to 16 kHz, of which Silero VAD v6 (package silero) takes
// 32 ms at a time. Each of these yields one models.Voice. It is plain Go: it needs
// no library and no process of its own.
package vad
