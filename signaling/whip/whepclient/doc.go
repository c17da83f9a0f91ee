// Package whepclient is a WHEP viewer in Go: it offers as the page does, one
// video to receive and the data channels scene and eye, and hands on access
// units of VP8. The bench measures with it and tests watch with it.
//
// It is made for short, clean paths: packets are taken in order, and after a
// lost one the stream is dropped up to the next key frame, which is asked for.
//
// # Queues
//
// The callbacks of a Config run in the goroutines that read; while one runs,
// packets wait in pion's receive buffer, which drops what does not fit.
package whepclient
