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
// # When the machine is too slow
//
// A recording keeps its time, so that several play together. An instant that
// would be late by more than half a frame period is passed over without being
// decoded, or dropped if a newer one is already decoded; either is counted as
// overrun, and a log line says so once.
package replay
