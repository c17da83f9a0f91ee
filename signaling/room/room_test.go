package room_test

import (
	"testing"

	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

func TestVoicesAndSideDiscussion(t *testing.T) {
	n := serve(t, nil)
	ada, bob, eve := n.enter("Ada"), n.enter("Bob"), n.enter("Eve")
	for _, g := range []*guest{ada, bob, eve} {
		g.speak()
	}
	for _, g := range []*guest{ada, bob, eve} {
		for _, other := range []*guest{ada, bob, eve} {
			if g != other {
				g.gets(other.id()+"/microphone", 20)
			}
		}
	}
	ada.ask(func(req int) any { return protocol.Whisper{Type: "whisper", Req: req, Person: bob.id()} })
	quiet := func(v roomclient.View) bool { return v.State.People[ada.id()].Aside != "" }
	eve.until("the side discussion", quiet)
	ada.gets(bob.id()+"/microphone", 20) // what was on its way has arrived
	before := eve.Received()
	ada.gets(bob.id()+"/microphone", 50)
	bob.gets(ada.id()+"/microphone", 50)
	ada.gets(eve.id()+"/microphone", 20)
	after := eve.Received()
	for _, g := range []*guest{ada, bob} {
		if stream := g.id() + "/microphone"; after[stream] != before[stream] {
			t.Errorf("%s reached somebody outside: %v packets, then %v", stream, before[stream], after[stream])
		}
	}
	if before["nothing"] != after["nothing"] {
		t.Errorf("packets of nobody came: %v, then %v", before["nothing"], after["nothing"])
	}
	ada.ask(func(req int) any { return protocol.Whisper{Type: "whisper", Req: req} })
	eve.gets(ada.id()+"/microphone", 20)
	eve.gets(bob.id()+"/microphone", 20)
}

// TestMurmur says that those outside hear something else than the voice.
func TestMurmur(t *testing.T) {
	n := serve(t, nil)
	ada, bob, eve := n.enter("Ada"), n.enter("Bob"), n.enter("Eve")
	ada.speak()
	eve.gets(ada.id()+"/microphone", 20)
	ada.ask(func(req int) any { return protocol.Rule{Type: "rule", Req: req, Murmur: true} })
	bob.ask(func(req int) any { return protocol.Whisper{Type: "whisper", Req: req, Person: ada.id()} })
	eve.until("the murmur", func(v roomclient.View) bool { return v.State.People[ada.id()].Aside != "" && v.State.Room.Murmur })
	bob.gets(ada.id()+"/microphone", 50)
	eve.gets(ada.id()+"/microphone/murmur", 30)
	ada.ask(func(req int) any { return protocol.Whisper{Type: "whisper", Req: req} })
	before := eve.Received()[ada.id()+"/microphone"]
	eve.gets(ada.id()+"/microphone", 20)
	if before.Packets == 0 {
		t.Error("the voice was not counted before")
	}
}
