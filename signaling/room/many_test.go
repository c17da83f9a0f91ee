package room_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// load is what must not grow.
type load struct{ goroutines, heap, files int }

func measure(t *testing.T) load {
	t.Helper()
	runtime.GC()
	runtime.GC() // what finalisers freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return load{runtime.NumGoroutine(), int(m.HeapAlloc), len(files)}
}

// TestManyComeAndGo lets a hundred come and go, half of them without a word.
// The thousand of the issue are `virtualcube bench room --joins 1000`.
func TestManyComeAndGo(t *testing.T) {
	n := serve(t, func(c *room.Config) { c.Rooms[0].Kept = 1 })
	ada := n.enter("Ada")
	ada.speak()
	const together = 10 // connecting takes a while, but no work
	visit := func(t *testing.T) {
		own := *n
		own.t = t // so that nothing of the guests outlives them
		var guests [together]*guest
		for i := range guests {
			guests[i] = own.dial(roomclient.Config{Name: "Guest"})
		}
		for i, g := range guests {
			g.gets(ada.id()+"/microphone", 1)
			if i%2 == 0 {
				g.Cut()
			}
			g.stop()
		}
		for _, g := range guests {
			g.ended <- <-g.ended
		}
		ada.until("alone", func(v roomclient.View) bool { return len(v.State.People) == 1 })
	}
	for range 2 { // pools and buffers fill
		t.Run("before", visit)
	}
	ada.until("alone", func(v roomclient.View) bool { return len(v.State.People) == 1 })
	before := measure(t)
	const joins = 100
	for range joins / together {
		t.Run("some", visit)
	}
	// The last ones are still being closed.
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	after := measure(t)
	for end := time.Now().Add(10 * time.Second); after.goroutines > before.goroutines && time.Now().Before(end); after = measure(t) {
		<-ticker.C
	}
	t.Logf("before %+v, after %d joins %+v", before, joins, after)
	if after.goroutines > before.goroutines+10 || after.files > before.files+5 || after.heap > before.heap+4<<20 {
		t.Errorf("before %+v, after %d joins %+v", before, joins, after)
	}
	if s := n.endpoint.Snapshot(); s.Connections > 2 || s.Entered != joins+2*together+1 {
		t.Errorf("counts %+v", s)
	}
}
