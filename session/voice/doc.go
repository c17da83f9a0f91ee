// Package voice is what a room does with sound: a rig's microphone becomes
// Opus packets (Track), and those who may not listen to a side discussion hear
// it as a murmur (Murmur).
//
// Voices of browsers are forwarded as they come and never decoded, but for a
// murmur. Levels are those of RFC 6464: 0 is as loud as can be, 127 is
// silence, in steps of 1 dB.
//
// opus, below, is the codec.
package voice
