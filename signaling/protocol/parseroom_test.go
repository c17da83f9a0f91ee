package protocol_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

var goodRoom = []struct {
	text string
	want any
}{
	{`{"type":"enter","protocol":1,"room":"demo","token":"","name":"Ada"}`, protocol.Enter{Type: "enter", Protocol: 1, Room: "demo", Name: "Ada"}},
	{`{"type":"say","req":3,"text":"hello","colour":"red"}`, protocol.Say{Type: "say", Req: 3, Text: "hello"}},
	{`{"type":"leave"}`, protocol.Leave{Type: "leave"}},
	{`{"type":"ping","t0":2.5}`, protocol.Ping{Type: "ping", T0: 2.5}},
	{`{"type":"appoint","req":1,"person":"p2","role":"host"}`, protocol.Appoint{Type: "appoint", Req: 1, Person: "p2", Role: session.Host}},
	{
		`{"type":"move","req":9,"item":"i1","pose":{"position":[0,1,2],"rotation":[0,0,0,1]},"width":1.2}`,
		protocol.Move{Type: "move", Req: 9, Item: "i1", Pose: session.Pose{Position: session.Vector{0, 1, 2}, Rotation: [4]float64{0, 0, 0, 1}}, Width: 1.2},
	},
}

var badRoom = []string{
	``, `{`, `[]`, `null`, `7`, `{"type":7}`, `{"type":"welcome"}`, `{"type":"state"}`, `{"type":"say","req":"one"}`,
	`{"type":"move","req":1,"width":1e999}`, `{"type":"sit","seat":1.5}`, "{\"type\":\"say\",\"text\":\"\xff\"}", `{"type":"look"}`,
}

func TestParseRoom(t *testing.T) {
	for _, c := range goodRoom {
		if got, err := protocol.ParseRoom([]byte(c.text)); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v, %v", c.text, got, err)
		}
	}
	for _, text := range badRoom {
		if got, err := protocol.ParseRoom([]byte(text)); err == nil {
			t.Errorf("%s: %#v", text, got)
		}
	}
	if _, err := protocol.ParseRoom([]byte(`{"type":"wink"}`)); !errors.Is(err, protocol.ErrUnknownType) {
		t.Errorf("unknown type: %v", err)
	}
	if _, err := protocol.ParseRoom([]byte(`{"type":"say","text":"` + strings.Repeat("x", protocol.MaxRoomMessage) + `"}`)); err == nil {
		t.Error("a message above the limit is accepted")
	}
}

func TestEveryMessageHasAType(t *testing.T) {
	seen := make(map[string]bool)
	for _, m := range append(append(protocol.RoomFromNode(), protocol.RoomFromPage()...), protocol.Look{}) {
		name := protocol.TypeOf(m)
		if name == "" || seen[name] {
			t.Errorf("%T: type %q", m, name)
		}
		seen[name] = true
	}
}

func TestParseLook(t *testing.T) {
	good := `{"type":"look","sequence":4,"eye":[0.1,0,-0.2],"direction":[0,0,1],"confidence":0.5}`
	want := protocol.Look{Type: "look", Sequence: 4, Eye: session.Vector{0.1, 0, -0.2}, Direction: session.Vector{0, 0, 1}, Confidence: 0.5}
	if got, err := protocol.ParseLook([]byte(good)); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{
		``, `{}`, `{"type":"eye"}`, `{"type":"look","eye":[1e9,0,0]}`, `{"type":"look","confidence":2}`, `{"type":"look","direction":[0,1e300,0]}`,
		`{"type":"look","x":"` + strings.Repeat("x", protocol.MaxMessage) + `"}`,
	} {
		if got, err := protocol.ParseLook([]byte(text)); err == nil {
			t.Errorf("%.60s: %+v", text, got)
		}
	}
}

// FuzzParseRoom says that whatever is accepted survives a round trip.
func FuzzParseRoom(f *testing.F) {
	for _, c := range goodRoom {
		f.Add([]byte(c.text))
	}
	for _, text := range badRoom {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = protocol.ParseLook(data)
		m, err := protocol.ParseRoom(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("%#v: %v", m, err)
		}
		if again, err := protocol.ParseRoom(text); err != nil || !reflect.DeepEqual(m, again) {
			t.Errorf("%s becomes %#v, %v", text, again, err)
		}
	})
}
