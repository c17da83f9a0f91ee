// Package encode is what the view loop needs of a video encoder. One encoder
// makes one rung of one view: it is used by one goroutine, takes I420 pictures
// of one size and gives one access unit a picture, without delay. Each codec
// library has a folder of its own below; package encodetest holds the contract
// that all of them pass.
//
// # Adding a codec
//
// Write a package beside vpx whose type implements Encoder, call
// encodetest.Run from its tests, and offer it where the main package builds a
// view.
package encode
