package turn_test

import (
	"net"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/signaling/turn"
)

// TestPeer connects a peer that may use nothing but the relay to an ICE-lite
// one on the media socket, as a node's are.
func TestPeer(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			media := socket(t, "127.0.0.1")
			s := start(t, media, nil)
			node := nodePeer(t, media)
			username, password, _ := s.Credentials("p1", time.Hour)
			guest, err := webrtc.NewPeerConnection(webrtc.Configuration{
				ICETransportPolicy: webrtc.ICETransportPolicyRelay,
				ICEServers:         []webrtc.ICEServer{{URLs: []string{"turn:" + server(t, s, transport) + "?transport=" + transport}, Username: username, Credential: password}},
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { guest.Close() })

			got := make(chan string, 1)
			guest.OnDataChannel(func(c *webrtc.DataChannel) {
				c.OnMessage(func(m webrtc.DataChannelMessage) { got <- string(m.Data) })
			})
			channel, err := node.CreateDataChannel("test", nil)
			if err != nil {
				t.Fatal(err)
			}
			channel.OnOpen(func() { _ = channel.SendText("hello") })
			offer, err := node.CreateOffer(nil)
			if err != nil {
				t.Fatal(err)
			}
			describe(t, node, guest, offer)
			answer, err := guest.CreateAnswer(nil)
			if err != nil {
				t.Fatal(err)
			}
			describe(t, guest, node, answer)
			select {
			case text := <-got:
				if text != "hello" {
					t.Errorf("got %q", text)
				}
			case <-time.After(patience):
				t.Fatal("nothing came through the relay")
			}
			pair, err := guest.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
			if err != nil || pair.Local.Typ != webrtc.ICECandidateTypeRelay {
				t.Errorf("pair %v, %v: want a relay", pair, err)
			}
			if now := s.Snapshot(); now.Allocations == 0 || now.Foreign != 0 {
				t.Errorf("%+v", now)
			}
			s.Release("p1")
			until(t, s, "released", func(now turn.Stats) bool { return now.Allocations == 0 })
		})
	}
}

// nodePeer is an ICE-lite peer on the media socket.
func nodePeer(t *testing.T, media *net.UDPConn) *webrtc.PeerConnection {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetLite(true)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	mux := webrtc.NewICEUDPMux(nil, media)
	settings.SetICEUDPMux(mux)
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		peer.Close()
		mux.Close()
	})
	return peer
}

// describe sets a description with all candidates on both peers.
func describe(t *testing.T, from, to *webrtc.PeerConnection, d webrtc.SessionDescription) {
	t.Helper()
	gathered := webrtc.GatheringCompletePromise(from)
	if err := from.SetLocalDescription(d); err != nil {
		t.Fatal(err)
	}
	select {
	case <-gathered:
	case <-time.After(patience):
		t.Fatal("candidates were not gathered")
	}
	if err := to.SetRemoteDescription(*from.LocalDescription()); err != nil {
		t.Fatal(err)
	}
}
