package whip_test

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// channel opens a data channel before the offer and waits for its opening
// after it.
type channel struct {
	*webrtc.DataChannel
	opened   chan struct{}
	closed   chan struct{}
	messages chan string
}

func open(t *testing.T, f *foreign, label string) channel {
	t.Helper()
	d, err := f.peer.CreateDataChannel(label, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := channel{DataChannel: d, opened: make(chan struct{}), closed: make(chan struct{}), messages: make(chan string, 1024)}
	d.OnOpen(func() { close(c.opened) })
	d.OnClose(func() { close(c.closed) })
	d.OnMessage(func(m webrtc.DataChannelMessage) { c.messages <- string(m.Data) })
	return c
}

// TestMessages says that nonsense is counted and ignored, that a flood is
// bounded, and that what is good still works afterwards.
func TestMessages(t *testing.T) {
	n := startNode(t, nil)
	f := newForeign(t, webrtc.NetworkTypeUDP4)
	scene, eye, other := open(t, f, protocol.SceneChannel), open(t, f, protocol.EyeChannel), open(t, f, "other")
	f.watch(n.url)
	<-scene.opened
	<-eye.opened
	<-other.closed

	say := func(c channel, text string) {
		t.Helper()
		if err := c.SendText(text); err != nil {
			t.Fatal(err)
		}
	}
	say(scene, `{"type":"wink"}`)
	say(scene, `{"type":"eye","position":[0,0,1]}`)
	say(scene, `nonsense`)
	say(eye, `{"type":"eye","position":[1e99,0,0]}`)
	say(eye, strings.Repeat(" ", protocol.MaxMessage+1))
	say(scene, `{"type":"hello","protocol":99}`)
	say(scene, `{"type":"ping","t0":42.5}`)
	answers := ""
	for !strings.Contains(answers, `"pong"`) {
		answers += <-scene.messages
	}
	if !strings.Contains(answers, `"t0":42.5`) || !strings.Contains(answers, `"error":"protocol-version"`) {
		t.Errorf("answers are %s", answers)
	}
	for range 400 {
		say(scene, `{"type":"ping","t0":1}`)
	}
	for range 400 {
		say(eye, `{"type":"eye","sequence":1,"position":[0,0,1]}`)
	}
	say(scene, `{"type":"wink"}`)
	a := watch(t, n.url, "")
	a.next(t, "from the eye that leads", func(s pack.Strip) bool { return s.Eye.Sub(space.Vec3{Z: 1}).Norm() < 0.002 })
	ignored := n.endpoint.Snapshot().Ignored
	if ignored["unknown-type"] < 1 || ignored["invalid"] < 3 || ignored["channel"] != 2 || ignored["rate"] < 300 {
		t.Errorf("ignored %v", ignored)
	}
}
