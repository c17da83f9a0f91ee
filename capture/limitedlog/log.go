package limitedlog

import (
	"log/slog"
	"maps"
	"sync"
	"time"
)

const (
	period = time.Second
	// maxReasons is how many reasons are told apart in a period; a line of one more
	// is left out.
	maxReasons = 64
)

// Log writes a line at most once a second for each reason. Make one with New. It
// may be used by any number of goroutines.
type Log struct {
	log *slog.Logger

	mu   sync.Mutex // not held while a line is written
	last map[string]time.Time
}

// New returns a Log that writes to log.
func New(log *slog.Logger) *Log { return &Log{log: log, last: make(map[string]time.Time)} }

// Warn writes a warning, unless one was written for the reason less than a second
// ago.
func (l *Log) Warn(reason, message string, values ...any) {
	if l.due(reason, time.Now()) {
		l.log.Warn(message, values...)
	}
}

func (l *Log) due(reason string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, known := l.last[reason]
	if known && now.Sub(last) < period {
		return false
	}
	if !known && len(l.last) >= maxReasons {
		maps.DeleteFunc(l.last, func(_ string, last time.Time) bool { return now.Sub(last) >= period })
		if len(l.last) >= maxReasons {
			return false
		}
	}
	l.last[reason] = now
	return true
}
