package process

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

// Limits of what a child may say.
const (
	maxLine     = 2048 // bytes; the rest of a line is dropped
	keptLines   = 6
	maxSaid     = 1024 // bytes of the kept lines in an error
	maxRecords  = 16   // attributes of a record
	linesSecond = 10
	linesAtOnce = 100
)

// causes begin the line that says why a process ends; what follows is a stack.
var causes = [...]string{"panic:", "fatal error:", "runtime: out of memory", "terminate called", "SIG", limitMark}

// output takes what a child writes to its standard output and error: records of
// its log, as JSON, and plain lines. All are logged as far as the rate allows;
// the last plain ones are kept for the error. Write is called by one goroutine;
// what was said may be asked for by any.
type output struct {
	log  *slog.Logger
	rate *rate.Limiter
	line []byte // not yet complete

	mu      sync.Mutex
	kept    []string
	cause   bool // kept begins with one, and stays
	dropped int  // lines that were not logged
}

func newOutput(log *slog.Logger) *output {
	return &output{log: log, rate: rate.NewLimiter(linesSecond, linesAtOnce)}
}

// Write never fails.
func (o *output) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		part, rest, whole := bytes.Cut(b, []byte("\n"))
		o.line = append(o.line, part[:min(len(part), maxLine-len(o.line))]...)
		if whole {
			o.take(string(o.line))
			o.line = o.line[:0]
		}
		b = rest
	}
	return n, nil
}

// flush takes what was written without the end of a line.
func (o *output) flush() {
	o.take(string(o.line))
	o.line = nil
}

// take takes one line.
func (o *output) take(line string) {
	level, text, values, record := parseRecord(line)
	if !record {
		if text = strings.TrimSpace(line); text == "" {
			return
		}
		level, values = slog.LevelWarn, nil
		o.keep(text)
	}
	if !o.rate.Allow() {
		o.mu.Lock()
		o.dropped++
		o.mu.Unlock()
		return
	}
	if !record {
		text, values = "filter process says", []any{"line", text}
	}
	o.log.Log(context.Background(), level, text, values...)
}

func (o *output) keep(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.cause && slices.ContainsFunc(causes[:], func(c string) bool { return strings.HasPrefix(line, c) }) {
		o.kept, o.cause = nil, true
	}
	if len(o.kept) == keptLines {
		if o.cause {
			return
		}
		o.kept = slices.Delete(o.kept, 0, 1)
	}
	o.kept = append(o.kept, line)
}

// said is the kept lines in one.
func (o *output) said() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := strings.ToValidUTF8(strings.Join(o.kept, " | "), "?")
	if len(text) > maxSaid {
		text = strings.ToValidUTF8(text[:maxSaid], "") + "..."
	}
	return text
}

// close tells how much was not logged.
func (o *output) close() {
	o.mu.Lock()
	dropped := o.dropped
	o.dropped = 0
	o.mu.Unlock()
	if dropped > 0 {
		o.log.Warn("a filter process said more than is logged", "dropped", dropped)
	}
}

// parseRecord reads a line of slog's JSON handler.
func parseRecord(line string) (level slog.Level, text string, values []any, ok bool) {
	var fields map[string]any
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &fields) != nil {
		return 0, "", nil, false
	}
	name, _ := fields[slog.LevelKey].(string)
	text, ok = fields[slog.MessageKey].(string)
	if !ok || level.UnmarshalText([]byte(name)) != nil {
		return 0, "", nil, false
	}
	for _, key := range []string{slog.LevelKey, slog.MessageKey, slog.TimeKey} {
		delete(fields, key)
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if len(values) < 2*maxRecords {
			values = append(values, key, fields[key])
		}
	}
	return level, text, values, true
}

// levelOf is the lowest level that a logger takes.
func levelOf(log *slog.Logger) slog.Level {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn} {
		if log.Enabled(context.Background(), level) {
			return level
		}
	}
	return slog.LevelError
}
