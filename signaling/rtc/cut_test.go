package rtc_test

import (
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/signaling/netem"
)

// cutTime is longer than ICE takes to notice.
const cutTime = 7 * time.Second

// TestCut says that a participant whose network dies for a while comes back
// without a new offer, and that the others do not notice.
func TestCut(t *testing.T) {
	port := listen(t)
	a, b := speak(enter(t, port, nil), 'a'), join(t, port, nil)
	link := netem.New(1)
	network, err := link.Net()
	if err != nil {
		t.Fatal(err)
	}
	c := enterOn(t, port, nil, network)
	c.negotiate(false)
	c.connected()
	for _, p := range []*participant{b, c} {
		p.want(audio("a", a.sound), video("a-cam", a.camera))
	}
	heard := func(p *participant, sound, pictures int) func() bool {
		return func() bool { return p.hears("a0").packets > sound && p.hears("v0").packets > pictures }
	}
	eventually(t, "both hear", func() bool { return heard(b, 10, 10)() && heard(c, 10, 10)() })
	link.Cut()
	<-time.After(cutTime)
	eventually(t, "the cut is noticed", func() bool { return c.node.Snapshot().State == "disconnected" })
	before := c.hears("a0").packets
	link.Mend()
	since := time.Now()
	eventually(t, "it hears again", heard(c, before+20, c.hears("v0").packets+10))
	c.connected()
	t.Logf("back within %v", time.Since(since))
	if h := b.hears("a0"); h.gaps != 0 {
		t.Errorf("the other one missed %d times", h.gaps)
	}
}
