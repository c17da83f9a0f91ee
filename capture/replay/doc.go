// Package replay plays recordings as if they were live: it decodes ahead into
// a bounded queue, hands each instant's frames on when they are due, loops,
// and stamps everything on the node's clock. The recording sources (folder,
// k4a) implement Reel and leave time to this package.
//
// # Stamps
//
// A frame is Captured at the instant at which it is due and Emitted when it
// was really handed on, so that a late decoder shows as latency. After a loop
// the stamps go on without a jump.
//
// # When the reader is too slow
//
// An instant that is late by more than a frame period while a newer one is
// already decoded is dropped and counted as overrun. Where the decoder itself
// is the cause nothing newer is there; the recording then plays slower than
// it was made, and a log line says so once.
package replay
