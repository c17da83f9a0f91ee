package host_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// TestTotals keeps the counts of filters that are tuned, replaced and taken out,
// and of a chain that has ended.
func TestTotals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := pictures(t)
		work := func(in *capture.Frame, k knobs) (*capture.Frame, error) {
			<-time.After(time.Millisecond)
			if in.Sequence%2 == 1 {
				return nil, errOdd
			}
			return brighter(in, k)
		}
		a, b := pictureLink(t, "a", described("brighter", nil), work, nil), pictureLink(t, "b", described("brighter", nil), work, nil)
		other := pictureLink(t, "c", described("other", nil), brighter, nil)
		set := func(links ...host.Link) {
			t.Helper()
			c.set(links...)
			<-time.After(10 * time.Millisecond) // they are warmed up
		}
		want := func(when string, frames, failed, others uint64) {
			t.Helper()
			sums := map[string]host.Total{}
			for _, s := range c.Stats().Totals {
				if _, twice := sums[s.Filter]; twice {
					t.Errorf("%s: %s is there twice", when, s.Filter)
				}
				sums[s.Filter] = s
			}
			got := sums["brighter"]
			if got.Frames != frames || got.Errors != failed || sums["other"].Frames != others || got.Kind != models.KindVideo || got.Queue != 0 {
				t.Errorf("%s: %+v", when, sums)
			}
			if busy := time.Duration(frames+failed) * time.Millisecond; got.Busy != busy {
				t.Errorf("%s: busy for %v, want %v", when, got.Busy, busy)
			}
		}
		set(a, b)
		c.put(2, 6, nil) // of the odd ones each filter fails at all
		want("two of one name", 4, 4, 0)
		set(b, other)
		want("one taken out, before another frame", 4, 4, 0)
		c.put(6, 8, nil)
		want("after two frames", 5, 5, 2)
		c.Reload("b")
		<-time.After(10 * time.Millisecond)
		c.put(8, 10, nil)
		want("after it was opened anew", 6, 6, 4)
		set()
		want("none left", 6, 6, 4)
		set(other)
		c.put(10, 12, nil)
		c.brightness()
		c.stop()
		want("after the end", 6, 6, 6)
	})
}
