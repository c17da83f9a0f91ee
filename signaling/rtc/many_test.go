package rtc_test

import (
	"fmt"
	"runtime"
	"testing"
)

// TestManyJoin says that participants who join and leave, five at a time, leave
// nothing behind, while one speaks to them all.
func TestManyJoin(t *testing.T) {
	port := listen(t)
	a := speak(enter(t, port, nil), 'a')
	goroutines := 0
	for round := range 10 {
		var guests []*participant
		for range 5 {
			guests = append(guests, join(t, port, nil))
		}
		for i, g := range guests {
			g.want(audio("a", a.sound), video("a-cam", a.camera))
			eventually(t, fmt.Sprintf("guest %d of round %d hears", i, round), func() bool { return g.hears("a0").packets > 2 })
		}
		for _, g := range guests {
			g.stop()
		}
		eventually(t, "all have left", func() bool { return a.sound.Snapshot().Subscribers == 0 })
		if round == 1 {
			goroutines = runtime.NumGoroutine()
		}
	}
	eventually(t, fmt.Sprintf("there are no more goroutines than the %d of before", goroutines), func() bool { return runtime.NumGoroutine() <= goroutines })
}
