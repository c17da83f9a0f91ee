package treatment

import (
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// TestStampsOfDays follows timestamps for three days, in which they wrap round
// several times.
func TestStampsOfDays(t *testing.T) {
	for _, rate := range []int64{48_000, 90_000} {
		s := stamps{rate: rate}
		stamp := uint32(4_000_000_000)
		s.at(stamp, capture.Time(time.Second))
		var at capture.Time
		const step = 9 * time.Second
		for range 3 * 24 * time.Hour / step {
			stamp += uint32(int64(step/time.Second) * rate)
			at = s.at(stamp, 0)
		}
		if want := capture.Time(time.Second + 3*24*time.Hour); at != want {
			t.Errorf("at %d Hz three days later is %v, want %v", rate, at, want)
		}
		if n := ticksOf(at.Sub(capture.Time(time.Second)), rate); n != 3*24*3600*rate {
			t.Errorf("three days are %d ticks of %d Hz", n, rate)
		}
	}
}
