package models

// Killer is a Stage that can be ended while Process runs, as one in a child
// process.
type Killer interface {
	// Kill ends the stage at once. It may be called from any goroutine, and again;
	// Process then returns an error, and Close must still be called.
	Kill()
}
