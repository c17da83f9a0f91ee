package rtc_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

// speaker is a connected participant that talks.
type speaker struct {
	*participant
	sound, camera *fanout.Relay
	hush          func()
}

func speak(p *participant, mark byte) speaker {
	p.t.Helper()
	p.publish()
	p.negotiate(false)
	p.connected()
	s := speaker{participant: p, hush: p.talk(mark)}
	s.sound, s.camera = p.relays()
	return s
}

func audio(id string, r *fanout.Relay) rtc.Stream {
	return rtc.Stream{ID: id, Kind: fanout.Audio, Relay: r}
}

func video(id string, r *fanout.Relay) rtc.Stream {
	return rtc.Stream{ID: id, Kind: fanout.Video, Relay: r}
}

// TestConversation says that two who speak and one who listens get one another,
// and that changing sources leave no gap.
func TestConversation(t *testing.T) {
	port := listen(t)
	a, b, c := speak(enter(t, port, nil), 'a'), speak(enter(t, port, nil), 'b'), join(t, port, nil)
	a.want(audio("b", b.sound), video("b-cam", b.camera))
	b.want(audio("a", a.sound), video("a-cam", a.camera))
	mids := c.want(audio("a", a.sound), audio("b", b.sound), video("a-cam", a.camera))
	eventually(t, "all hear one another", func() bool {
		return a.hears("a0").from['b'] > 20 && a.hears("v0").from['b'] > 10 && b.hears("a0").from['a'] > 20 && b.hears("v0").from['a'] > 10 &&
			c.hears(mids["a"]).from['a'] > 20 && c.hears(mids["b"]).from['b'] > 20 && c.hears(mids["a-cam"]).from['a'] > 10
	})
	if l := c.hears(mids["a"]).level; len(l) != 1 || l[0] != 0x80|30 {
		t.Errorf("the audio level is %v", l)
	}
	// The same outlets, other sources, back and forth.
	for i := range 6 {
		from, sound, camera := byte('b'), b.sound, b.camera
		if i%2 == 1 {
			from, sound, camera = 'a', a.sound, a.camera
		}
		before := c.hears("v0").from[from]
		beforeSound := c.hears("a0").from[from]
		got := c.want(audio("a", sound), video("a-cam", camera))
		if got["a"] != mids["a"] || got["a-cam"] != mids["a-cam"] {
			t.Fatalf("streams moved from %v to %v", mids, got)
		}
		eventually(t, fmt.Sprintf("change %d", i), func() bool {
			return c.hears("v0").from[from] > before+8 && c.hears("a0").from[from] > beforeSound+8
		})
	}
	for _, mid := range []string{"a0", "v0"} {
		if h := c.hears(mid); h.gaps != 0 || h.backwards != 0 || h.pictures != 0 {
			t.Errorf("%s: of %d packets %d have a gap before them, %d fall back in time, %d have a gap of pictures", mid, h.packets, h.gaps, h.backwards, h.pictures)
		}
	}
	s := a.node.Snapshot()
	if len(s.Inlets) != 2 || s.Inlets[0].Packets == 0 || len(s.Inlets[0].Dropped) != 0 || s.Inlets[1].Source != rtc.Camera {
		t.Errorf("inlets are %+v", s.Inlets)
	}
}

// TestSideDiscussion says that who is not to hear gets nothing at all, by the
// counts of both ends.
func TestSideDiscussion(t *testing.T) {
	port := listen(t)
	a, b, c := speak(enter(t, port, nil), 'a'), join(t, port, nil), join(t, port, nil)
	open, shut := audio("a", a.sound), rtc.Stream{ID: "a", Kind: fanout.Audio}
	b.want(open)
	c.want(open)
	eventually(t, "both hear", func() bool { return b.hears("a0").from['a'] > 5 && c.hears("a0").from['a'] > 5 })
	for range 3 {
		if mids := c.want(shut); mids["a"] != "a0" {
			t.Fatalf("the silent stream moved to %v", mids)
		}
		// What had begun to be written may still come.
		sent := c.node.Snapshot().Outlets[0]
		eventually(t, "the last packet came", func() bool { return uint64(c.hears("a0").packets)+1 >= sent.Packets })
		before, others := c.node.Snapshot().Outlets[0], b.hears("a0").packets
		eventually(t, "the other hears on", func() bool { return b.hears("a0").packets > others+25 })
		if after := c.node.Snapshot().Outlets[0]; after.Packets > sent.Packets+1 || after.Packets != before.Packets || after.Stream != "a" {
			t.Errorf("sent to who should not hear: %d packets more", after.Packets-before.Packets)
		}
		if n := c.hears("a0").packets; uint64(n) > before.Packets {
			t.Errorf("heard %d, sent %d", n, before.Packets)
		}
		heard := c.hears("a0").packets
		c.want(open)
		eventually(t, "it is heard again", func() bool { return c.hears("a0").packets > heard+10 })
	}
	if h := c.hears("a0"); h.gaps != 0 || h.backwards != 0 {
		t.Errorf("%d gaps, %d times back", h.gaps, h.backwards)
	}
	if s := c.node.Snapshot().Outlets[0]; s.Sources["a"].Packets != s.Packets {
		t.Errorf("counts by source are %v of %d", s.Sources, s.Packets)
	}
}

// TestComings says that members who come and go make no offer necessary, and
// that nothing grows.
func TestComings(t *testing.T) {
	port := listen(t)
	a, listener := speak(enter(t, port, nil), 'a'), join(t, port, nil)
	sections := listener.negotiate(false)
	for i := range 50 {
		id := fmt.Sprint("member", i)
		m, err := listener.node.Want([]rtc.Stream{audio(id, a.sound), video(id+"-cam", a.camera)})
		if err != nil || m.Offer || m.Mids[id] != "a0" {
			t.Fatalf("member %d: %+v %v", i, m, err)
		}
	}
	if got := listener.negotiate(false); got != sections || sections != 12 {
		t.Errorf("%d sections, %d before", got, sections)
	}
	eventually(t, "the last one is heard", func() bool { return listener.hears("a0").from['a'] > 5 })
	eventually(t, "the others left", func() bool { return a.sound.Snapshot().Subscribers == 1 && a.camera.Snapshot().Subscribers == 1 })
	if n := len(listener.node.Snapshot().Outlets[0].Sources); n > 32 {
		t.Errorf("counts of %d sources are kept", n)
	}
	// A pool that is exhausted grows, by four.
	var streams []rtc.Stream
	for i := range 5 {
		streams = append(streams, audio(fmt.Sprint(i), a.sound))
	}
	mids := listener.want(streams...)
	eventually(t, "all five are heard", func() bool {
		for _, mid := range mids {
			if listener.hears(mid).packets < 3 {
				return false
			}
		}
		return true
	})
	if got := listener.negotiate(false); got != sections+4 {
		t.Errorf("%d sections, %d before", got, sections)
	}
}

// TestRestart says that media goes on after an ICE restart, also where the
// offer before it was never answered.
func TestRestart(t *testing.T) {
	port := listen(t)
	a, b := speak(enter(t, port, nil), 'a'), join(t, port, nil)
	b.want(audio("a", a.sound), video("a-cam", a.camera))
	eventually(t, "media", func() bool { return b.hears("v0").packets > 5 })
	for name, p := range map[string]*participant{"listener": b, "speaker": a.participant} {
		for _, pending := range []bool{false, true} {
			if pending {
				if _, _, err := p.node.Offer(t.Context(), false); err != nil {
					t.Fatal(err)
				}
			}
			p.negotiate(true)
			before, sound := b.hears("v0").packets, b.hears("a0").packets
			eventually(t, "media after the restart of the "+name, func() bool { return b.hears("v0").packets > before+10 && b.hears("a0").packets > sound+10 })
		}
	}
}

func TestRefusedAnswers(t *testing.T) {
	p := enter(t, listen(t), nil)
	id, offer, err := p.node.Offer(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	newer, again, err := p.node.Offer(t.Context(), true)
	// The order of candidates means nothing.
	same := slices.Equal(slices.Sorted(strings.Lines(again)), slices.Sorted(strings.Lines(offer)))
	if err != nil || newer == id || !same {
		t.Fatalf("offer %d again as %d, the same: %v; %v", id, newer, same, err)
	}
	answer := p.answer(offer)
	for name, c := range map[string]struct {
		id     int
		answer string
		want   error
	}{
		"an older offer":  {id, answer, rtc.ErrStale},
		"no offer":        {99, answer, rtc.ErrStale},
		"nothing":         {newer, "", rtc.ErrBadAnswer},
		"no SDP":          {newer, "<html>", rtc.ErrBadAnswer},
		"too large":       {newer, answer + strings.Repeat("a=x\r\n", 20000), rtc.ErrBadAnswer},
		"fewer sections":  {newer, answer[:strings.LastIndex(answer, "m=")], rtc.ErrBadAnswer},
		"no credentials":  {newer, strings.ReplaceAll(answer, "a=ice-pwd", "a=ice-x"), rtc.ErrBadAnswer},
		"no fingerprint":  {newer, strings.ReplaceAll(answer, "a=fingerprint", "a=finger"), rtc.ErrBadAnswer},
		"the offer again": {newer, strings.Replace(offer, "v=0", "v=x", 1), rtc.ErrBadAnswer},
	} {
		if err := p.node.Answer(t.Context(), c.id, c.answer); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.node.Answer(t.Context(), newer, answer); err != nil {
		t.Fatal(err)
	}
	if err := p.node.Answer(t.Context(), newer, answer); !errors.Is(err, rtc.ErrStale) {
		t.Errorf("the same answer twice: %v", err)
	}
	for range 64 {
		if err := p.node.Candidate(t.Context(), "mic", "candidate:1 1 udp 1 nowhere.local 9 typ host"); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.node.Candidate(t.Context(), "mic", "candidate:"); !errors.Is(err, rtc.ErrTooMany) {
		t.Errorf("candidate 65: %v", err)
	}
	p.connected()
}

// TestEnds says with which reason a peer ends.
func TestEnds(t *testing.T) {
	port := listen(t)
	wait := func(p *participant, want error) {
		t.Helper()
		select {
		case err := <-p.ended:
			if !errors.Is(err, want) {
				t.Errorf("ended with %v, not %v", err, want)
			}
		case <-time.After(patience):
			t.Errorf("does not end with %v", want)
		}
	}
	left := join(t, port, nil)
	if err := left.remote.GracefulClose(); err != nil {
		t.Error(err)
	}
	wait(left, rtc.ErrLeft)
	if _, err := left.node.Want(nil); !errors.Is(err, rtc.ErrClosed) {
		t.Errorf("wants after the end: %v", err)
	}
	wait(enter(t, port, func(c *rtc.Config) { c.Patience = 100 * time.Millisecond }), rtc.ErrUnconnected)
	stopped := join(t, port, nil)
	stopped.stop()
	wait(stopped, nil)
}

func TestEye(t *testing.T) {
	eyes := make(chan string, 16)
	p := join(t, listen(t), func(c *rtc.Config) { c.Eye = func(m []byte) { eyes <- string(m) } })
	eventually(t, "the channel is open", func() bool { return p.eye.ReadyState() == webrtc.DataChannelStateOpen })
	for _, m := range []string{strings.Repeat("x", rtc.MaxEye+1), "hello"} {
		if err := p.eye.SendText(m); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case m := <-eyes:
		if m != "hello" {
			t.Errorf("%.20q came", m)
		}
	case <-time.After(patience):
		t.Fatal("no message came")
	}
	eventually(t, "the large one is counted", func() bool { return p.node.Snapshot().Ignored["size"] == 1 })
}

// TestGarbage says that a publisher who sends what is no Opus is cut off, that
// its peer goes on, and that others do not notice.
func TestGarbage(t *testing.T) {
	port := listen(t)
	bad, good, c := speak(enter(t, port, nil), 'b'), speak(enter(t, port, nil), 'g'), join(t, port, nil)
	mids := c.want(audio("bad", bad.sound), audio("good", good.sound), video("bad-cam", bad.camera))
	eventually(t, "both are heard", func() bool { return c.hears(mids["bad"]).packets > 5 && c.hears(mids["good"]).packets > 5 })
	bad.hush()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	packet := soundPacket()
	for bad.sound.Err() == nil && ctx.Err() == nil {
		<-ticker.C
		for range 4 {
			packet.SequenceNumber++
			if err := bad.participant.sound.WriteRTP(packet); err != nil {
				t.Fatal(err)
			}
		}
	}
	var garbage *fanout.GarbageError
	if !errors.As(bad.sound.Err(), &garbage) || garbage.Dropped["payload"]+garbage.Dropped["rate"] < 900 {
		t.Fatalf("ended with %v", bad.sound.Err())
	}
	if bad.node.Snapshot().State != "connected" || bad.camera.Err() != nil {
		t.Error("its peer or camera ended too")
	}
	before := c.hears(mids["good"]).packets
	eventually(t, "the good one is heard", func() bool { return c.hears(mids["good"]).packets > before+10 })
	if o := c.node.Snapshot().Outlets[0]; !errors.As(o.Ended, &garbage) {
		t.Errorf("the outlet ended with %v", o.Ended)
	}
}
