package turn

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// logFactory hands pion's messages to the node's log. Its warnings and errors
// are about single packets and clients, so they are debug messages here.
type logFactory struct{ log *slog.Logger }

var _ logging.LoggerFactory = logFactory{}

// NewLogger implements logging.LoggerFactory.
func (f logFactory) NewLogger(scope string) logging.LeveledLogger {
	return scopeLog{log: f.log.With("pion", scope)}
}

type scopeLog struct{ log *slog.Logger }

func (s scopeLog) Trace(string)          {}
func (s scopeLog) Tracef(string, ...any) {}
func (s scopeLog) Debug(string)          {}
func (s scopeLog) Debugf(string, ...any) {}
func (s scopeLog) Info(string)           {}
func (s scopeLog) Infof(string, ...any)  {}
func (s scopeLog) Warn(m string)         { s.log.Debug(m) }
func (s scopeLog) Error(m string)        { s.log.Debug(m) }

func (s scopeLog) Warnf(format string, arguments ...any) { s.debug(format, arguments...) }

func (s scopeLog) Errorf(format string, arguments ...any) { s.debug(format, arguments...) }

func (s scopeLog) debug(format string, arguments ...any) {
	if s.log.Enabled(context.Background(), slog.LevelDebug) {
		s.log.Debug(fmt.Sprintf(format, arguments...))
	}
}
