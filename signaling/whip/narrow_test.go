package whip_test

import (
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/netem"
)

// TestNarrowLink says that a viewer behind a narrow link goes to the half size
// over a whole node, while another one keeps the full size.
func TestNarrowLink(t *testing.T) {
	n := startNode(t, nil)
	link := netem.New(1)
	wide, narrow := watch(t, n.url, ""), watchThrough(t, n.url, "", link)
	half, err := layout.Half()
	if err != nil {
		t.Fatal(err)
	}
	whatever := func(pack.Strip) bool { return true }
	wide.next(t, "on the wide link", whatever)
	narrow.next(t, "on the other", whatever)
	before := wide.viewer.Received()
	if err := link.Down.Set(netem.Path{Rate: 200_000}); err != nil {
		t.Fatal(err)
	}

	timeout, poll := time.After(patience), time.NewTicker(50*time.Millisecond)
	defer poll.Stop()
	for narrow.viewer.Received().Layout != half {
		select {
		case <-poll.C:
		case <-timeout:
			t.Fatalf("on a narrow link the viewer still gets %+v (dropped %d); steps %v", narrow.viewer.Received(), link.Down.Dropped(), n.ladders[0].Snapshot().Steps)
		}
	}
	got := wide.viewer.Received().Since(before)
	if got.Layout != layout || got.Switches != 0 || got.Lost != 0 || got.Frames == 0 {
		t.Errorf("the wide link got %+v", got)
	}
	s := n.ladders[0].Snapshot()
	if r := s.Rungs; r[fanout.Full].Both != 1 || r[fanout.Half].Both+r[fanout.Half].Base != 1 || len(s.Steps) == 0 {
		t.Errorf("stats %+v", s)
	}
	if v := n.views.Snapshot(); v.Rungs[fanout.Half].Pictures == 0 || v.Rungs[fanout.Full].Pictures == 0 {
		t.Errorf("encoded %+v", v.Rungs)
	}
	narrow.next(t, "at half size", whatever)
}
