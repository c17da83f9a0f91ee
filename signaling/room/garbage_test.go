package room_test

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// vp8Frame is the beginning of a key frame of 16x16 pixels (RFC 6386 section
// 9.1), which is all that is looked at.
var vp8Frame = append([]byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 16, 0, 16, 0}, make([]byte, 200)...)

// film publishes a webcam until the test or the guest ends.
func (g *guest) film() {
	g.t.Helper()
	if err := g.Publish(g.ctx, session.Camera, true); err != nil {
		g.t.Fatal(err)
	}
	go g.play(g.Camera(), 33*time.Millisecond, vp8Frame)
}

func TestGarbage(t *testing.T) {
	n := serve(t, nil)
	raw, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, "raw", "raw")
	if err != nil {
		t.Fatal(err)
	}
	ada, bob := n.enter("Ada"), n.enter("Bob")
	bad := n.enters(roomclient.Config{Name: "Bad", Tracks: map[session.Source]webrtc.TrackLocal{session.Camera: raw}})
	for _, g := range []*guest{ada, bob} {
		g.speak()
		g.film()
	}
	bad.speak()
	bad.ask(publish("camera"))
	ada.until("the camera is on", func(v roomclient.View) bool { return v.State.People[bad.id()].Camera == session.On })
	off := make(chan struct{})
	go func() {
		defer close(off)
		ada.until("the camera is switched off", func(v roomclient.View) bool { return v.State.People[bad.id()].Camera == session.Off })
	}()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for sequence, over := uint16(0), false; !over; {
		select {
		case <-off:
			over = true
		case <-ticker.C:
			for range 4 {
				sequence++
				p := &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: sequence, Timestamp: uint32(sequence) * 90}, Payload: []byte{0xff, 0xff, 0xff}}
				if err := raw.WriteRTP(p); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if got := bad.fails(publish("camera")); got != protocol.ErrorMedia {
		t.Errorf("to switch it on again: %s", got)
	}
	if got := ada.Received()[bad.id()+"/camera"].Packets; got != 0 {
		t.Errorf("%d packets of garbage came", got)
	}
	ada.gets(bob.id()+"/camera", 10)
	bob.gets(ada.id()+"/microphone", 10)
	ada.gets(bad.id()+"/microphone", 10) // which is not at fault
	bad.gets(ada.id()+"/camera", 10)
	// Over a new connection they may try anew.
	bad.cut()
	again := n.enters(bad.resume())
	again.film()
	ada.gets(bad.id()+"/camera", 10)
}

func TestNothingOfWhoIsOff(t *testing.T) {
	n := serve(t, nil)
	ada, bob := n.enter("Ada"), n.enter("Bob")
	bob.film() // so that something comes
	ada.gets(bob.id()+"/camera", 10)
	if err := bob.Publish(bob.ctx, session.Camera, false); err != nil {
		t.Fatal(err)
	}
	bob.speak()
	ada.gets(bob.id()+"/microphone", 20) // what was on its way has arrived
	before := ada.Received()
	ada.gets(bob.id()+"/microphone", 50)
	after := ada.Received()
	if camera := bob.id() + "/camera"; before[camera] != after[camera] || before["nothing"] != after["nothing"] {
		t.Errorf("a camera that is off: %v packets, then %v", before, after)
	}
}
