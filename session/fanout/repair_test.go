package fanout

import (
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// TestRepairs says that a publisher of sound hears of the greatest loss on the
// whole way, within limits, and of nothing else that is not theirs.
func TestRepairs(t *testing.T) {
	voice, err := NewRelay(RelayConfig{Kind: Audio})
	if err != nil {
		t.Fatal(err)
	}
	film, err := NewRelay(RelayConfig{Kind: Video})
	if err != nil {
		t.Fatal(err)
	}
	var r repairs
	nothing := interceptor.RTPReaderFunc(func([]byte, interceptor.Attributes) (int, interceptor.Attributes, error) { return 0, nil, nil })
	outlets := map[*Relay][]*Outlet{}
	for ssrc, relay := range map[uint32]*Relay{1: voice, 2: film} {
		_, a, _ := r.BindRemoteStream(&interceptor.StreamInfo{SSRC: ssrc}, nothing).Read(nil, nil)
		relay.adopt(a)
		for range 2 {
			o := newOutlet(relay.Kind(), "", "", nil)
			relay.attach(o)
			outlets[relay] = append(outlets[relay], o)
		}
		relay.attach(nil)
	}
	var written []rtcp.ReceptionReport
	writer := r.BindRTCPWriter(interceptor.RTCPWriterFunc(func(packets []rtcp.Packet, _ interceptor.Attributes) (int, error) {
		for _, p := range packets {
			if report, ok := p.(*rtcp.ReceiverReport); ok {
				written = append(written, report.Reports...)
			}
		}
		return 0, nil
	}))
	for _, test := range []struct {
		name        string
		ssrc        uint32
		loss        [2]uint32 // of the outlets, in 1/256
		counted     uint8
		wantRepairs uint8
	}{
		{"nothing is lost", 1, [2]uint32{}, 0, 0},
		{"one listener's link", 1, [2]uint32{0, 13}, 0, 13},
		{"the publisher's own link", 1, [2]uint32{3, 5}, 20, 20},
		{"a link that is hopeless", 1, [2]uint32{200, 0}, 5, 51},
		{"a publisher's that is", 1, [2]uint32{200, 0}, 100, 100},
		{"pictures come again instead", 2, [2]uint32{40, 40}, 7, 7},
		{"of nobody", 3, [2]uint32{}, 9, 9},
	} {
		for relay, outlets := range outlets {
			if relay == film == (test.ssrc == 2) {
				outlets[0].loss.Store(test.loss[0])
				outlets[1].loss.Store(test.loss[1])
			}
		}
		written = nil
		report := &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: test.ssrc, FractionLost: test.counted, TotalLost: 4}}}
		if _, err := writer.Write([]rtcp.Packet{&rtcp.PictureLossIndication{}, report}, nil); err != nil {
			t.Fatal(err)
		}
		if len(written) != 1 || written[0].FractionLost != test.wantRepairs || written[0].TotalLost != 4 {
			t.Errorf("%s: %+v, want a fraction of %d", test.name, written, test.wantRepairs)
		}
	}
	r.UnbindRemoteStream(&interceptor.StreamInfo{SSRC: 1})
	if (*r.streams.Load())[1] != nil || (*r.streams.Load())[2] == nil {
		t.Error("a stream that ended is still there, or another is not")
	}
}
