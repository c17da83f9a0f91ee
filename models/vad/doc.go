// Package vad is the filter that says whether somebody speaks. It observes: sound
// goes through as it is.
//
// The voice is brought to 16 kHz, of which Silero VAD v6 (Silero Team,
// github.com/snakers4/silero-vad, MIT) takes 32 ms at a time, with the 4 ms
// before, and keeps a state. Each window yields one models.Voice.
package vad
