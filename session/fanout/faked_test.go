package fanout

import (
	"runtime"
	"testing"
	"testing/synctest"
)

// faked runs a test in faked time, on one processor.
//
// Faked timers share one context of the race detector, which is not locked:
// where two goroutines find a timer due at the same time, as the tickers of
// several congestion controllers do, the detector itself crashes (golang/go
// issue 78156). Races are found by what happens before what, so one processor
// hides none.
func faked(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, test)
}
