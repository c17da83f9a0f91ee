// Package capture is the vocabulary of the project: what every stream is made
// of. A Source captures the cameras of one Rig and hands on Frames (one RGBD
// picture pair of one camera) and Sound; package frameset groups frames of one
// instant into FrameSets. Sources themselves live in the folders beside it:
// synthetic, k4a, folder and rigfile.
//
// # Time
//
// Time is int64 nanoseconds on the node's monotonic clock. A frame carries the
// instant of its capture to the last stage.
//
// # Ownership
//
// Frames are immutable, reference-counted and pooled. Whoever is handed a
// frame owns one reference and calls Release once; Retain makes another. C and
// OpenGL borrow the planes for a call and never keep them.
//
// # Adding a camera
//
// Write a package beside these with a type that implements Source, make its
// tests call sourcetest.Run, and add its address scheme to the table in the
// main package's sources.go.
package capture
