package protocol_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/signaling/protocol"
)

var good = []struct {
	text string
	want any
}{
	{`{"type":"hello","protocol":1}`, protocol.ClientHello{Type: "hello", Protocol: 1}},
	{`{"type":"ping","t0":12.5,"colour":"red"}`, protocol.Ping{Type: "ping", T0: 12.5}},
	{`{"type":"eye","sequence":7,"position":[0.1,-0.2,1.5],"confidence":1}`, protocol.Eye{Type: "eye", Sequence: 7, Position: protocol.Vector{0.1, -0.2, 1.5}, Confidence: 1}},
	{` {"position":[0,0,1],"type":"eye"}`, protocol.Eye{Type: "eye", Position: protocol.Vector{0, 0, 1}}},
}

var bad = []string{
	``, `{`, `[]`, `null`, `"eye"`, `{"type":7}`, `{"type":"eye","position":"front"}`,
	`{"type":"eye","position":[1e9,0,0]}`, `{"type":"eye","position":[0,0,1e999]}`,
	`{"type":"eye","position":[0,0,1],"confidence":2}`, `{"type":"ping","t0":"now"}`,
	`{"type":"hello","protocol":1.5}`, `{"type":"stats"}`,
}

func TestParse(t *testing.T) {
	for _, c := range good {
		if got, err := protocol.Parse([]byte(c.text)); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %#v, %v", c.text, got, err)
		}
	}
	for _, text := range bad {
		if got, err := protocol.Parse([]byte(text)); err == nil {
			t.Errorf("%s: %#v", text, got)
		}
	}
	if _, err := protocol.Parse([]byte(`{"type":"wink"}`)); !errors.Is(err, protocol.ErrUnknownType) {
		t.Errorf("unknown type: %v", err)
	}
	long := `{"type":"ping","t0":1,"x":"` + strings.Repeat("x", protocol.MaxMessage) + `"}`
	if _, err := protocol.Parse([]byte(long)); err == nil {
		t.Error("a message above the limit is accepted")
	}
}

// FuzzParse says that whatever is accepted is within bounds and survives a
// round trip.
func FuzzParse(f *testing.F) {
	for _, c := range good {
		f.Add([]byte(c.text))
	}
	for _, text := range bad {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := protocol.Parse(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("%#v: %v", m, err)
		}
		again, err := protocol.Parse(text)
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Errorf("%s becomes %#v, %v", text, again, err)
		}
	})
}
