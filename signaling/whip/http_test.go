package whip_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling"
	"github.com/virtualcube/virtualcube/signaling/whip"
)

// foreign is a WHEP client without data channels that speaks HTTP by hand.
type foreign struct {
	t    *testing.T
	peer *webrtc.PeerConnection
	http *http.Client
	got  chan struct{} // a packet came, 1024 slots
	// states are the connection's.
	states chan webrtc.PeerConnectionState
}

func newForeign(t *testing.T, types ...webrtc.NetworkType) *foreign {
	t.Helper()
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetNetworkTypes(types)
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	f := &foreign{t: t, peer: peer, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, got: make(chan struct{}, 1024), states: make(chan webrtc.PeerConnectionState, 16)}
	peer.OnConnectionStateChange(func(s webrtc.PeerConnectionState) { f.states <- s })
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			if _, _, err := track.ReadRTP(); err != nil {
				return
			}
			select {
			case f.got <- struct{}{}:
			default:
			}
		}
	})
	t.Cleanup(func() {
		if err := peer.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *foreign) offer(options *webrtc.OfferOptions) string {
	f.t.Helper()
	if len(f.peer.GetTransceivers()) == 0 {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if _, err := f.peer.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
				f.t.Fatal(err)
			}
		}
	}
	offer, err := f.peer.CreateOffer(options)
	if err != nil {
		f.t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(f.peer)
	if err := f.peer.SetLocalDescription(offer); err != nil {
		f.t.Fatal(err)
	}
	<-gathered
	return f.peer.LocalDescription().SDP
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (f *foreign) ask(method, url, body string, lines ...string) reply {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		r.Header.Set(name, value)
	}
	response, err := f.http.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

// watch makes the offer and takes the answer; it returns the session's URL and
// ETag.
func (f *foreign) watch(url string) (session, etag string) {
	f.t.Helper()
	r := f.ask("POST", url, f.offer(nil), "Content-Type: application/sdp")
	if r.status != http.StatusCreated || r.header.Get("Content-Type") != "application/sdp" || r.header.Get("Accept-Patch") == "" {
		f.t.Fatalf("POST: %d %v %s", r.status, r.header, r.body)
	}
	if err := f.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: r.body}); err != nil {
		f.t.Fatal(err)
	}
	return strings.TrimSuffix(url, "/cube/whep") + r.header.Get("Location"), r.header.Get("ETag")
}

func (f *foreign) packets(n int) {
	f.t.Helper()
	timeout := time.After(patience)
	for range n {
		select {
		case <-f.got:
		case <-timeout:
			f.t.Fatal("no packets come")
		}
	}
}

func (f *foreign) reaches(want webrtc.PeerConnectionState) {
	f.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case s := <-f.states:
			if s == want {
				return
			}
		case <-timeout:
			f.t.Fatalf("never %s", want)
		}
	}
}

func TestForeignClient(t *testing.T) {
	n := startNode(t, nil)
	f := newForeign(t, webrtc.NetworkTypeUDP4)
	session, _ := f.watch(n.url)
	f.packets(30)
	if s := n.endpoint.Snapshot(); s.Viewers != 1 || s.Accepted != 1 {
		t.Errorf("stats %+v", s)
	}
	if r := f.ask("DELETE", session, ""); r.status != http.StatusOK {
		t.Errorf("DELETE: %d %s", r.status, r.body)
	}
	f.reaches(webrtc.PeerConnectionStateClosed)
	for n.endpoint.Snapshot().Viewers > 0 { // the viewer's goroutine ends
		if r := f.ask("DELETE", session, ""); r.status != http.StatusOK && r.status != http.StatusNotFound {
			t.Fatalf("second DELETE: %d %s", r.status, r.body)
		}
	}
	if r := f.ask("DELETE", session, ""); r.status != http.StatusNotFound {
		t.Errorf("DELETE of nothing: %d", r.status)
	}
}

func TestOverTCP(t *testing.T) {
	n := startNode(t, nil)
	f := newForeign(t, webrtc.NetworkTypeTCP4)
	f.watch(n.url)
	f.packets(30)
}

// TestPatch trickles, and restarts ICE twice under a running video.
func TestPatch(t *testing.T) {
	n := startNode(t, nil)
	f := newForeign(t, webrtc.NetworkTypeUDP4)
	session, etag := f.watch(n.url)
	f.packets(10)
	const kind = "Content-Type: application/trickle-ice-sdpfrag"
	fragment := "a=mid:0\r\na=candidate:1 1 udp 2130706431 192.0.2.9 9 typ host\r\na=candidate:2 1 udp 1 nobody.local 9 typ host\r\n"
	for _, test := range []struct {
		name, body string
		lines      []string
		status     int
	}{
		{"no If-Match", fragment, []string{kind}, http.StatusPreconditionRequired},
		{"old ETag", fragment, []string{kind, `If-Match: "old"`}, http.StatusPreconditionFailed},
		{"trickle", fragment, []string{kind, "If-Match: " + etag}, http.StatusNoContent},
		{"other body", fragment, []string{"Content-Type: application/sdp", "If-Match: " + etag}, http.StatusUnsupportedMediaType},
		{"no fragment", "hello", []string{kind, "If-Match: " + etag}, http.StatusBadRequest},
		{"restart without credentials", fragment, []string{kind, "If-Match: *"}, http.StatusBadRequest},
		{"too long", strings.Repeat("a=x\r\n", 1<<14), []string{kind, "If-Match: " + etag}, http.StatusRequestEntityTooLarge},
	} {
		if r := f.ask("PATCH", session, test.body, test.lines...); r.status != test.status {
			t.Errorf("%s: %d %s", test.name, r.status, r.body)
		}
	}
	for range 2 {
		offer := f.offer(&webrtc.OfferOptions{ICERestart: true})
		r := f.ask("PATCH", session, iceOf(offer), kind, "If-Match: *")
		if r.status != http.StatusOK || r.header.Get("ETag") == etag || r.header.Get("Content-Type") != "application/trickle-ice-sdpfrag" {
			t.Fatalf("ICE restart: %d %v %s", r.status, r.header, r.body)
		}
		etag = r.header.Get("ETag")
		answer := merge(f.peer.CurrentRemoteDescription().SDP, r.body)
		if err := f.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
			t.Fatal(err)
		}
		for len(f.got) > 0 { // from before the restart
			<-f.got
		}
		f.packets(60)
	}
}

// iceOf is the ICE part of an offer.
func iceOf(offer string) string {
	var b strings.Builder
	for line := range strings.Lines(offer) {
		for _, key := range []string{"a=ice-ufrag", "a=ice-pwd", "a=candidate"} {
			if strings.HasPrefix(line, key) {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// merge puts the ICE part of a fragment into an answer.
func merge(answer, fragment string) string {
	value := func(key string) string {
		_, rest, _ := strings.Cut(fragment, key)
		line, _, _ := strings.Cut(rest, "\r\n")
		return key + line + "\r\n"
	}
	var b strings.Builder
	for line := range strings.Lines(answer) {
		for _, key := range []string{"a=ice-ufrag:", "a=ice-pwd:"} {
			if strings.HasPrefix(line, key) {
				line = value(key)
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

func TestRefusals(t *testing.T) {
	n := startNode(t, func(w *whip.Config, _ *fanout.Config) { w.Limit = 1 })
	f := newForeign(t, webrtc.NetworkTypeUDP4)
	const kind = "Content-Type: application/sdp"
	offer := newForeign(t, webrtc.NetworkTypeUDP4).offer(nil)
	refused := []struct {
		name, method, path, body, line string
		status                         int
		text                           string
	}{
		{"no such cube", "POST", "/elsewhere/whep", offer, kind, 404, "/api/node"},
		{"no type", "POST", "/cube/whep", offer, "X-Other: 1", 415, "application/sdp"},
		{"other type", "POST", "/cube/whep", offer, "Content-Type: text/plain", 415, "application/sdp"},
		{"type with parameters", "POST", "/cube/whep", "v=0", "Content-Type: application/sdp; charset=utf-8", 400, "SDP"},
		{"no SDP", "POST", "/cube/whep", "hello", kind, 400, "SDP"},
		{"empty", "POST", "/cube/whep", "", kind, 400, "SDP"},
		{"huge", "POST", "/cube/whep", strings.Repeat("a", 1<<17), kind, 413, "65536"},
		{"no video", "POST", "/cube/whep", strings.ReplaceAll(offer, "m=video", "m=text"), kind, 422, "recvonly"},
		{"no codec", "POST", "/cube/whep", strings.ReplaceAll(offer, "VP8/", "VP7/"), kind, 422, "VP7"},
		{"read", "GET", "/cube/whep", "", kind, 405, "POST"},
		{"replace", "PUT", "/cube/whep", "", kind, 405, "POST"},
		{"no session", "DELETE", "/cube/whep/nobody", "", kind, 404, "offer again"},
		{"no session to patch", "PATCH", "/cube/whep/nobody", "", kind, 404, "offer again"},
		{"read a session", "GET", "/cube/whep/nobody", "", kind, 405, "DELETE"},
		{"options", "OPTIONS", "/cube/whep", "", kind, 204, ""},
		{"options of a session", "OPTIONS", "/cube/whep/nobody", "", kind, 204, ""},
	}
	base := strings.TrimSuffix(n.url, "/cube/whep")
	for _, test := range refused {
		r := f.ask(test.method, base+test.path, test.body, test.line)
		if r.status != test.status || !strings.Contains(r.body, test.text) {
			t.Errorf("%s: %d %s", test.name, r.status, r.body)
		}
		if (r.status == 405 || r.status == 204) && r.header.Get("Allow") == "" {
			t.Errorf("%s: no Allow", test.name)
		}
	}
	if s := n.endpoint.Snapshot(); s.Viewers != 0 || s.Refused["bad-offer"] != 3 || s.Refused["no-codec"] != 2 {
		t.Errorf("stats %+v", s)
	}
	f.watch(n.url)
	r := f.ask("POST", n.url, offer, kind)
	if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("a viewer too many: %d %v %s", r.status, r.header, r.body)
	}
}

func TestKey(t *testing.T) {
	const key = "0123456789abcdef"
	n := startNode(t, func(w *whip.Config, _ *fanout.Config) { w.Authorized = signaling.Authorized([]string{key}) })
	f := newForeign(t, webrtc.NetworkTypeUDP4)
	for _, line := range []string{"X-Other: 1", "Authorization: Bearer wrong"} {
		r := f.ask("POST", n.url, "v=0", "Content-Type: application/sdp", line)
		if r.status != http.StatusUnauthorized || r.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %v", line, r.status, r.header)
		}
	}
	a := watch(t, n.url, key)
	message[map[string]any](t, a, "hello")
}
