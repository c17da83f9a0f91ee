// Package pionlog hands the messages of pion's packages to the node's log.
package pionlog

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// Factory makes pion's loggers. Their warnings and errors are about single
// packets, peers and clients, so they are debug messages here.
type Factory struct{ Log *slog.Logger }

var _ logging.LoggerFactory = Factory{}

// NewLogger implements logging.LoggerFactory.
func (f Factory) NewLogger(scope string) logging.LeveledLogger {
	return scopeLog{log: f.Log.With("pion", scope)}
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
