package whip_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/media"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
	"github.com/virtualcube/virtualcube/signaling/token"
	"github.com/virtualcube/virtualcube/signaling/whip"
)

// house is a node with a room, for foreign software and for a page's peer.
type house struct {
	t    *testing.T
	url  string
	room *room.Endpoint
}

// openRoom starts a node whose room demo needs no token unless change says so.
func openRoom(t *testing.T, change func(*room.Config)) *house {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	port, err := media.Listen("127.0.0.1", 0, log)
	if err != nil {
		t.Fatal(err)
	}
	config := room.Config{
		Rooms: []session.Config{{Name: "demo", Seats: 4, Open: true, Log: log}}, Admit: room.Unkeyed, Media: port, Clock: capture.NewClock(), Log: log,
	}
	if change != nil {
		change(&config)
	}
	h := &house{t: t}
	if h.room, err = room.New(config); err != nil {
		t.Fatal(err)
	}
	endpoint := whip.NewRoomEndpoint(port, h.room, log)
	mux := http.NewServeMux()
	mux.Handle("/api/", h.room)
	mux.Handle("/", endpoint)
	server := httptest.NewServer(mux)
	h.url = server.URL
	ctx, cancel := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	for _, run := range []func(context.Context) error{h.room.Run, endpoint.Run} {
		parts.Go(func() {
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		parts.Wait()
		server.Close()
		if err := port.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// page lets a participant in who is no foreign software.
func (h *house) page(name string) *roomclient.Client {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	config := roomclient.Config{URL: h.url, Room: "demo", Name: name, Log: slog.New(slog.DiscardHandler)}
	config.Settings.SetIncludeLoopbackCandidate(true)
	c, err := roomclient.Dial(ctx, config)
	if err != nil {
		cancel()
		h.t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = c.Run(ctx) }) // a test that fails by it has said so
	h.t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	h.until(c, "in the room", func(v roomclient.View) bool { return v.Welcome.You != "" && v.State.Revision > 0 })
	return c
}

func (h *house) until(c *roomclient.Client, what string, so func(roomclient.View) bool) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Until(ctx, so); err != nil {
		h.t.Fatalf("%s: %v; %+v", what, err, c.View().State)
	}
}

// named finds a participant by name.
func named(v roomclient.View, name string) session.Person {
	for _, p := range v.State.People {
		if p.Name == name {
			return p
		}
	}
	return session.Person{}
}

// gets waits until n more packets of a stream came.
func (h *house) gets(c *roomclient.Client, stream string, n uint64) {
	h.t.Helper()
	begin := c.Received()[stream].Packets
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	timeout := time.After(patience)
	for c.Received()[stream].Packets < begin+n {
		select {
		case <-ticker.C:
		case <-timeout:
			h.t.Fatalf("%s did not come: %v", stream, c.Received())
		}
	}
}

// newForeignPublisher sends a voice and a webcam, whose payloads are marked.
func newForeignPublisher(t *testing.T, mark byte) *foreign {
	t.Helper()
	f := newForeign(t, webrtc.NetworkTypeUDP4)
	ctx, cancel := context.WithCancel(context.Background())
	var playing sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		playing.Wait()
	})
	voice := append([]byte{0xf8, mark}, make([]byte, 60)...)
	picture := append([]byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 16, 0, 16, 0, mark}, make([]byte, 200)...)
	for _, p := range []struct {
		mime  string
		clock uint32
		every time.Duration
		data  []byte
	}{{webrtc.MimeTypeOpus, 48000, 20 * time.Millisecond, voice}, {webrtc.MimeTypeVP8, 90000, 33 * time.Millisecond, picture}} {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: p.mime, ClockRate: p.clock}, p.mime, "studio")
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.peer.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			t.Fatal(err)
		}
		playing.Go(func() {
			ticker := time.NewTicker(p.every)
			defer ticker.Stop()
			for {
				select {
				case <-ticker.C:
					_ = track.WriteSample(pionmedia.Sample{Data: p.data, Duration: p.every}) // until the peer is closed
				case <-ctx.Done():
					return
				}
			}
		})
	}
	return f
}

// joins offers to an endpoint, and takes the answer; it returns the session's
// URL and ETag.
func (f *foreign) joins(url string, lines ...string) (session, etag string) {
	f.t.Helper()
	r := f.ask("POST", url, f.offer(nil), append(lines, "Content-Type: application/sdp")...)
	if r.status != http.StatusCreated || r.header.Get("Content-Type") != "application/sdp" {
		f.t.Fatalf("POST: %d %v %s", r.status, r.header, r.body)
	}
	if err := f.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: r.body}); err != nil {
		f.t.Fatal(err)
	}
	i := strings.Index(url, "/room/")
	return url[:i] + r.header.Get("Location"), r.header.Get("ETag")
}

// watcher is a foreign player that notes whose packets come.
type watcher struct {
	*foreign
	marks chan string // kind and mark: "audio A"; 1024 slots
}

func newWatcher(t *testing.T, kinds ...webrtc.RTPCodecType) *watcher {
	t.Helper()
	w := &watcher{foreign: newForeign(t, webrtc.NetworkTypeUDP4), marks: make(chan string, 1024)}
	for _, kind := range kinds {
		if _, err := w.peer.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
			t.Fatal(err)
		}
	}
	w.peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		at := map[string]int{"audio": 1, "video": 0}[track.Kind().String()]
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			payload := p.Payload
			if track.Kind() == webrtc.RTPCodecTypeVideo {
				i := strings.Index(string(payload), "\x9d\x01\x2a")
				if i < 0 {
					continue
				}
				payload, at = payload[i:], 7
			}
			if len(payload) > at {
				select {
				case w.marks <- track.Kind().String() + " " + string(payload[at]):
				default:
				}
			}
		}
	})
	return w
}

// sees waits for a number of packets of one kind and mark, in a row.
func (w *watcher) sees(mark string, n int) {
	w.t.Helper()
	kind, _, _ := strings.Cut(mark, " ")
	timeout := time.After(patience)
	seen := make(map[string]int)
	for row := 0; row < n; {
		select {
		case m := <-w.marks:
			seen[m]++
			switch {
			case m == mark:
				row++
			case strings.HasPrefix(m, kind):
				row = 0
			}
		case <-timeout:
			w.t.Fatalf("%s did not come; %v", mark, seen)
		}
	}
}

func TestPublishIntoRoom(t *testing.T) {
	h := openRoom(t, nil)
	f := newForeignPublisher(t, 'A')
	session, etag := f.joins(h.url + "/room/demo/whip?name=Studio")
	ada := h.page("Ada")
	h.until(ada, "the publisher", func(v roomclient.View) bool {
		p := named(v, "Studio")
		return p.Microphone == "on" && p.Camera == "on" && p.Seat >= 0
	})
	id := named(ada.View(), "Studio").ID
	if me := ada.View().State.People[ada.View().Welcome.You]; me.Role != "host" {
		t.Errorf("the first who is no program is a %s", me.Role)
	}
	h.gets(ada, id+"/microphone", 20)
	h.gets(ada, id+"/camera", 10)
	if got := f.restart(session, etag); got.status != http.StatusOK {
		t.Errorf("a restart: %+v", got)
	}
	h.gets(ada, id+"/camera", 10)
	if got := f.ask("DELETE", session, ""); got.status != http.StatusOK {
		t.Errorf("DELETE: %+v", got)
	}
	h.until(ada, "the publisher gone", func(v roomclient.View) bool { return named(v, "Studio").ID == "" })
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for f.ask("DELETE", session, "").status != http.StatusNotFound { // once its peer is closed
		<-ticker.C
	}
}

// restart changes the ICE credentials over HTTP.
func (f *foreign) restart(session, etag string) reply {
	f.t.Helper()
	offer := f.offer(&webrtc.OfferOptions{ICERestart: true})
	var fragment []string
	for line := range strings.Lines(offer) {
		for _, keep := range []string{"a=ice-ufrag", "a=ice-pwd"} {
			if strings.HasPrefix(line, keep) && len(fragment) < 2 {
				fragment = append(fragment, line)
			}
		}
	}
	stale := f.ask("PATCH", session, strings.Join(fragment, ""), "Content-Type: application/trickle-ice-sdpfrag", "If-Match: \"x\"")
	if stale.status != http.StatusPreconditionFailed {
		f.t.Errorf("a stale ETag: %+v", stale)
	}
	r := f.ask("PATCH", session, strings.Join(fragment, ""), "Content-Type: application/trickle-ice-sdpfrag", "If-Match: *")
	if r.header.Get("ETag") == etag {
		f.t.Error("the ETag is the same")
	}
	answer := f.peer.RemoteDescription().SDP
	var b strings.Builder
	for line := range strings.Lines(answer) {
		for _, key := range []string{"a=ice-ufrag:", "a=ice-pwd:"} {
			if strings.HasPrefix(line, key) {
				_, value, _ := strings.Cut(r.body, key)
				value, _, _ = strings.Cut(value, "\r\n")
				line = key + value + "\r\n"
			}
		}
		b.WriteString(line)
	}
	if err := f.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: b.String()}); err != nil {
		f.t.Fatal(err)
	}
	return r
}

func TestPublisherIsLost(t *testing.T) {
	h := openRoom(t, nil)
	ada := h.page("Ada")
	f := newForeignPublisher(t, 'A')
	f.joins(h.url + "/room/demo/whip")
	h.until(ada, "the publisher", func(v roomclient.View) bool { return named(v, "WHIP").Camera == "on" })
	if err := f.peer.GracefulClose(); err != nil { // its DTLS says so
		t.Fatal(err)
	}
	h.until(ada, "the publisher gone", func(v roomclient.View) bool { return named(v, "WHIP").ID == "" })
}

func TestWatchRoom(t *testing.T) {
	h := openRoom(t, nil)
	a, b := newForeignPublisher(t, 'A'), newForeignPublisher(t, 'B')
	first, _ := a.joins(h.url + "/room/demo/whip?name=A")
	ada := h.page("Ada")
	h.until(ada, "A", func(v roomclient.View) bool { return named(v, "A").Camera == "on" })
	w := newWatcher(t, webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeAudio)
	w.joins(h.url + "/room/demo/whep")
	w.sees("audio A", 10)
	w.sees("video A", 5)
	h.until(ada, "a listener", func(v roomclient.View) bool { p := named(v, "WHEP"); return p.Role == "listener" && p.Seat == -1 })
	b.joins(h.url + "/room/demo/whip?name=B")
	h.until(ada, "B", func(v roomclient.View) bool { return named(v, "B").Camera == "on" })
	one := newWatcher(t, webrtc.RTPCodecTypeVideo)
	session, _ := one.joins(h.url + "/room/demo/whep?person=" + named(ada.View(), "B").ID)
	one.sees("video B", 5)
	if got := one.ask("DELETE", session, ""); got.status != http.StatusOK {
		t.Errorf("DELETE: %+v", got)
	}
	// Whoever is left comes, on the same sections.
	if got := a.ask("DELETE", first, ""); got.status != http.StatusOK {
		t.Errorf("DELETE: %+v", got)
	}
	w.sees("audio B", 10)
	w.sees("video B", 5)
}

func TestForeignTokens(t *testing.T) {
	key, err := token.ParseKey("house:0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := token.NewVerifier(token.Config{Keys: []token.Key{key}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := token.NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	no := false
	sign := func(change func(*token.Token)) string {
		t.Helper()
		made := token.Token{Identity: "studio", Name: "Studio", Grants: token.Grants{RoomJoin: true, Room: "demo"}}
		change(&made)
		raw, err := signer.Sign(&made, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return "Authorization: Bearer " + raw
	}
	good := sign(func(*token.Token) {})
	h := openRoom(t, func(c *room.Config) { c.Admit = room.Keyed(verifier) })
	f := newForeignPublisher(t, 'A')
	offer := f.offer(nil)
	for _, test := range []struct {
		name, path, line string
		want             int
	}{
		{"no token", "/room/demo/whip", "X: Y", http.StatusUnauthorized},
		{"a forged one", "/room/demo/whip", good + "x", http.StatusUnauthorized},
		{"one of another room", "/room/demo/whip", sign(func(t *token.Token) { t.Grants.Room = "other" }), http.StatusUnauthorized},
		{"one for watching", "/room/demo/whip", sign(func(t *token.Token) { t.Grants.CanPublish = &no }), http.StatusForbidden},
		{"a listener's", "/room/demo/whip", sign(func(t *token.Token) { t.Role = token.Listener }), http.StatusForbidden},
		{"a room that is not there", "/room/cellar/whip", sign(func(t *token.Token) { t.Grants.Room = "cellar" }), http.StatusNotFound},
	} {
		got := f.ask("POST", h.url+test.path, offer, "Content-Type: application/sdp", test.line)
		if got.status != test.want || strings.TrimSpace(got.body) == "" {
			t.Errorf("%s: %d %s, want %d", test.name, got.status, got.body, test.want)
		}
		if challenge := got.header.Get("WWW-Authenticate"); (challenge != "") != (test.want == http.StatusUnauthorized) {
			t.Errorf("%s: WWW-Authenticate %q", test.name, challenge)
		}
	}
	r := f.ask("POST", h.url+"/room/demo/whip", offer, "Content-Type: application/sdp", good)
	if r.status != http.StatusCreated {
		t.Fatalf("a good token: %+v", r)
	}
	location := h.url + r.header.Get("Location")
	if got := f.ask("DELETE", location, "", "X: Y"); got.status != http.StatusUnauthorized {
		t.Errorf("somebody else ends the session: %+v", got)
	}
	if got := f.ask("DELETE", strings.Replace(location, "/whip/", "/whep/", 1), "", good); got.status != http.StatusNotFound {
		t.Errorf("a session of another endpoint: %+v", got)
	}
	if got := f.ask("DELETE", location, "", good); got.status != http.StatusOK {
		t.Errorf("its owner ends it: %+v", got)
	}
	blind := newWatcher(t, webrtc.RTPCodecTypeVideo)
	got := blind.ask("POST", h.url+"/room/demo/whep", blind.offer(nil), "Content-Type: application/sdp", sign(func(t *token.Token) { t.Grants.CanSubscribe = &no }))
	if got.status != http.StatusForbidden {
		t.Errorf("who may not subscribe watches: %+v", got)
	}
}

func TestForeignOffers(t *testing.T) {
	h := openRoom(t, nil)
	f := newForeignPublisher(t, 'A')
	offer := f.offer(nil)
	for _, test := range []struct {
		name, path, offer, kind string
		want                    int
	}{
		{"no SDP", "whip", "hello", "application/sdp", http.StatusBadRequest},
		{"JSON", "whip", "{}", "application/json", http.StatusUnsupportedMediaType},
		{"too much", "whip", strings.Repeat("v=0\r\n", 20000), "application/sdp", http.StatusRequestEntityTooLarge},
		{"other video", "whip", strings.ReplaceAll(offer, "VP8/90000", "H264/90000"), "application/sdp", http.StatusUnprocessableEntity},
		{"nothing to send", "whip", strings.ReplaceAll(offer, "sendonly", "recvonly"), "application/sdp", http.StatusUnprocessableEntity},
		{"nothing to receive", "whep", offer, "application/sdp", http.StatusUnprocessableEntity},
		{"no fingerprint", "whip", strings.ReplaceAll(offer, "a=fingerprint", "a=x"), "application/sdp", http.StatusBadRequest},
	} {
		got := f.ask("POST", h.url+"/room/demo/"+test.path, test.offer, "Content-Type: "+test.kind)
		if got.status != test.want {
			t.Errorf("%s: %d %s, want %d", test.name, got.status, got.body, test.want)
		}
	}
	if got := f.ask("GET", h.url+"/room/demo/whip", ""); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") == "" {
		t.Errorf("GET: %+v", got)
	}
	if got := f.ask("OPTIONS", h.url+"/room/demo/whep", ""); got.status != http.StatusNoContent || got.header.Get("Accept-Post") != "application/sdp" {
		t.Errorf("OPTIONS: %+v", got)
	}
	if s := h.room.Snapshot(); s.Connections != 0 || s.Entered != 0 {
		t.Errorf("somebody is in the room: %+v", s)
	}
}
