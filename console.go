package main

import (
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// clearLine removes a progress bar from a terminal's line (ECMA-48: CR, EL).
const clearLine = "\r\x1b[K"

// console is the standard error that the log and progress share: one write at
// a time, and log lines do not run into a bar.
type console struct {
	terminal bool

	mu  sync.Mutex
	w   io.Writer
	bar bool // the line holds a bar
}

func newConsole(w io.Writer) *console {
	f, ok := w.(*os.File)
	return &console{w: w, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// Write writes whole lines. A bar is drawn anew by its next step.
func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar {
		c.bar = false
		if _, err := io.WriteString(c.w, clearLine); err != nil {
			return 0, err
		}
	}
	return c.w.Write(p)
}

// line is the console as a bar writes to it.
func (c *console) line() io.Writer { return barWriter{c} }

type barWriter struct{ *console }

// Write implements io.Writer.
func (b barWriter) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar = true
	return b.w.Write(p)
}
