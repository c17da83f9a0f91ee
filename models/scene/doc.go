// Package scene makes up streams that filters are tried on: a voice, a webcam
// before which somebody moves, and a small rig. They are the same at each run and
// of any length.
package scene
