package signaling_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/frameset"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/whip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "0123456789abcdef0123"

// endpoint answers every request with its method.
type endpoint struct{}

func (endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, r.Method+" "+r.URL.Path)
}

func (endpoint) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func config() signaling.Config {
	return signaling.Config{
		Listen: "127.0.0.1:0", TLS: signaling.TLS{Mode: signaling.TLSOff},
		Page: fstest.MapFS{
			"index.html":          {Data: []byte("<title>page</title>")},
			"assets/main-1234.js": {Data: []byte("main()")},
		},
		Node:     protocol.Node{Version: "test", Cubes: []protocol.NodeCube{{Name: "cube", Rig: "synthetic:", WHEP: "/cube/whep"}}},
		Endpoint: endpoint{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// serve runs a server until the test ends and returns its URL without the
// last slash.
func serve(t *testing.T, c signaling.Config) (*signaling.Server, string) {
	t.Helper()
	s, err := signaling.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		cancel()
		run.Wait()
	})
	return s, strings.TrimSuffix(s.URL(), "/")
}

type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request with header lines "Name: value"; "Host: name" sets the
// host.
func ask(t *testing.T, method, url string, lines ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

func TestRoutes(t *testing.T) {
	c := config()
	c.Ready = []signaling.Check{{Name: "view", Test: func() error { return errors.New("not rendered yet") }}}
	_, url := serve(t, c)
	for _, test := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/", 200, "<title>page</title>"},
		{"HEAD", "/", 200, ""},
		{"POST", "/", 405, "GET, HEAD"},
		{"GET", "/assets/main-1234.js", 200, "main()"},
		{"GET", "/assets/", 404, ""},
		{"GET", "/assets/..%2f..%2fgo.mod", 404, ""},
		{"GET", "/nothing", 404, ""},
		{"GET", "/api/node", 200, `{"version":"test","cubes":[{"name":"cube","rig":"synthetic:","whep":"/cube/whep"}]}`},
		{"GET", "/healthz", 200, "ok"},
		{"GET", "/readyz", 503, "view: not rendered yet"},
		{"POST", "/cube/whep", 200, "POST /cube/whep"},
		{"PATCH", "/cube/whep/abc", 200, "PATCH /cube/whep/abc"},
		{"OPTIONS", "/cube/whep", 200, "OPTIONS /cube/whep"},
	} {
		got := ask(t, test.method, url+test.path)
		if got.status != test.status || !strings.Contains(got.body, test.body) {
			t.Errorf("%s %s: %d %q", test.method, test.path, got.status, got.body)
		}
		if got.header.Get("Content-Security-Policy") == "" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: headers %v", test.method, test.path, got.header)
		}
	}
	if h := ask(t, "GET", url+"/assets/main-1234.js").header.Get("Cache-Control"); !strings.Contains(h, "immutable") {
		t.Errorf("hashed file: Cache-Control %q", h)
	}
}

func TestHostAndOrigin(t *testing.T) {
	c := config()
	c.Hosts = []string{"studio.local"}
	c.Origins = []string{"https://room.example"}
	_, url := serve(t, c)
	port := url[strings.LastIndex(url, ":"):]
	for _, test := range []struct {
		name   string
		lines  []string
		status int
	}{
		{"no origin", nil, 200},
		{"localhost", []string{"Host: localhost" + port}, 200},
		{"loopback of IPv6", []string{"Host: [::1]" + port}, 200},
		{"configured name", []string{"Host: Studio.local" + port}, 200},
		{"rebound name", []string{"Host: evil.example" + port}, 421},
		{"foreign address", []string{"Host: 192.0.2.7" + port}, 421},
		{"same origin", []string{"Origin: " + url}, 200},
		{"other port", []string{"Origin: http://127.0.0.1:1"}, 403},
		{"other scheme", []string{"Origin: https://127.0.0.1" + port}, 403},
		{"foreign origin", []string{"Origin: https://evil.example"}, 403},
		{"null origin", []string{"Origin: null"}, 403},
		{"allowed origin", []string{"Origin: https://room.example"}, 200},
	} {
		if got := ask(t, "POST", url+"/cube/whep", test.lines...); got.status != test.status {
			t.Errorf("%s: %d %s", test.name, got.status, got.body)
		}
	}
	got := ask(t, "OPTIONS", url+"/cube/whep", "Origin: https://room.example", "Access-Control-Request-Method: POST")
	h := got.header
	if got.status != 204 || h.Get("Access-Control-Allow-Origin") != "https://room.example" ||
		!strings.Contains(h.Get("Access-Control-Allow-Methods"), "PATCH") || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "If-Match") {
		t.Errorf("preflight: %d %v", got.status, h)
	}
	h = ask(t, "POST", url+"/cube/whep", "Origin: https://room.example").header
	for _, name := range []string{"Location", "ETag", "Link", "Accept-Patch"} {
		if !strings.Contains(h.Get("Access-Control-Expose-Headers"), name) {
			t.Errorf("%s is not exposed: %v", name, h)
		}
	}
	if got := ask(t, "OPTIONS", url+"/cube/whep", "Origin: https://evil.example", "Access-Control-Request-Method: POST"); got.status != 403 {
		t.Errorf("preflight of a foreign page: %d", got.status)
	}
}

func TestKeys(t *testing.T) {
	c := config()
	c.Keys = []string{"another key of length", key}
	_, url := serve(t, c)
	for _, path := range []string{"/api/node", "/metrics"} {
		for _, test := range []struct {
			lines  []string
			status int
		}{
			{nil, 401}, {[]string{"Authorization: Bearer " + key}, 200}, {[]string{"Authorization: bearer " + key}, 200},
			{[]string{"Authorization: Bearer " + key[:19]}, 401}, {[]string{"Authorization: Basic " + key}, 401}, {[]string{"Authorization: Bearer "}, 401},
		} {
			got := ask(t, "GET", url+path, test.lines...)
			if got.status != test.status {
				t.Errorf("%s with %v: %d", path, test.lines, got.status)
			}
			if got.status == 401 && !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s: no WWW-Authenticate", path)
			}
		}
	}
	for _, path := range []string{"/", "/healthz", "/readyz"} {
		if got := ask(t, "GET", url+path); got.status != 200 {
			t.Errorf("%s needs a key: %d", path, got.status)
		}
	}
}

func TestRefusedConfigurations(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	for _, test := range []struct {
		name, want string
		change     func(*signaling.Config)
	}{
		{"open to all", "--keys", func(c *signaling.Config) { c.Listen = "0.0.0.0:0" }},
		{"open to all by default", "--tls", func(c *signaling.Config) { c.Listen = ":0" }},
		{"keys without TLS", "--tls", func(c *signaling.Config) { c.Listen, c.Keys = "0.0.0.0:0", []string{key} }},
		{"TLS without keys", "--keys", func(c *signaling.Config) {
			c.Listen, c.TLS = "0.0.0.0:0", signaling.TLS{Mode: signaling.TLSSelf, StateDir: t.TempDir()}
		}},
		{"short key", "at least 16", func(c *signaling.Config) { c.Keys = []string{"short"} }},
		{"port in use", busy.Addr().String() + " is in use", func(c *signaling.Config) { c.Listen = busy.Addr().String() }},
		{"no certificate", "--tls-cert", func(c *signaling.Config) { c.TLS.Mode = signaling.TLSFiles }},
		{"missing certificate", "none.pem", func(c *signaling.Config) {
			c.TLS = signaling.TLS{Mode: signaling.TLSFiles, Cert: "none.pem", Key: "none.key"}
		}},
		{"acme without a name", "--hosts", func(c *signaling.Config) {
			c.TLS = signaling.TLS{Mode: signaling.TLSACME, StateDir: t.TempDir()}
		}},
		{"unknown mode", "unknown", func(c *signaling.Config) { c.TLS.Mode = "magic" }},
		{"bad origin", "room.example", func(c *signaling.Config) { c.Origins = []string{"room.example"} }},
	} {
		c := config()
		test.change(&c)
		s, err := signaling.New(c)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: no error", test.name)
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestSelfSigned(t *testing.T) {
	c := config()
	c.Keys, c.Hosts = []string{key}, []string{"studio.local"}
	c.TLS = signaling.TLS{Mode: signaling.TLSSelf, StateDir: t.TempDir()}
	first, url := serve(t, c)
	if !strings.HasPrefix(url, "https://127.0.0.1:") || len(first.Fingerprint()) != 95 {
		t.Errorf("url %s, fingerprint %q", url, first.Fingerprint())
	}
	if got := ask(t, "GET", url+"/"); got.status != 200 {
		t.Errorf("over TLS: %d", got.status)
	}
	info, err := os.Stat(filepath.Join(c.TLS.StateDir, "tls", "self.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info, err)
	}
	again, err := signaling.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
	if again.Fingerprint() != first.Fingerprint() {
		t.Error("a restart changes the certificate")
	}
	c.Hosts = []string{"other.local"}
	other, err := signaling.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	if other.Fingerprint() == first.Fingerprint() {
		t.Error("the certificate does not follow the host names")
	}
}

func TestMetrics(t *testing.T) {
	c := config()
	var stats view.Stats
	stats.Encodes, stats.Drops = 7, map[string]uint64{view.DropOverrun: 3}
	stats.Rungs[fanout.Half] = view.Encodes{Pictures: 3, Bytes: 99, Time: 2 * time.Second}
	stats.Stages[view.Encode] = view.Histogram{Count: 7, Sum: 35 * time.Millisecond}
	c.Metrics = signaling.Metrics{
		Cubes: []signaling.CubeMetrics{{
			Name: "cube",
			Filters: func() []host.Stats {
				return []host.Stats{
					{Totals: host.Totals{{Filter: "trim", Kind: models.KindRGBD, Errors: 3}}}, // that is no longer there
					{
						Totals: host.Totals{{Filter: "gain", Kind: models.KindAudio, Late: 4, Restarts: 6, Busy: 2500 * time.Millisecond, Queue: 1}},
						Links:  []host.LinkStats{{Filter: "gain", Kind: models.KindAudio}},
					},
				}
			},
			View: func() view.Stats { return stats },
			Ladder: func() fanout.Stats {
				return fanout.Stats{
					Subscribers: 2, Target: 1_500_000, Dropped: 5, Skipped: 6, Steps: map[string]uint64{"floor": 8},
					Rungs: []fanout.RungStats{{Both: 1}, {Base: 1, Target: 400_000}},
				}
			},
			Sets: func() frameset.Stats {
				return frameset.Stats{Sets: 9, Cameras: []frameset.CameraStats{{Name: "front", Drops: map[capture.DropReason]uint64{capture.DropLate: 4}}}}
			},
		}},
		Rooms: func() room.Stats {
			return room.Stats{
				Filters: host.Totals{{Filter: "matte", Kind: models.KindVideo, Frames: 5, Abandoned: 1}, {Filter: "gain", Kind: models.KindAudio, Late: 2, Queue: 1}},
				Chains:  map[models.Kind]int{models.KindAudio: 2},
			}
		},
		WHEP: func() whip.Stats { return whip.Stats{Refused: map[string]uint64{"full": 1}} },
	}
	_, url := serve(t, c)
	got := ask(t, "GET", url+"/metrics")
	for _, line := range []string{
		`virtualcube_encodes_total{cube="cube"} 7`,
		`virtualcube_drops_total{cube="cube",reason="overrun"} 3`,
		`virtualcube_drops_total{cube="cube",reason="slow-viewer"} 5`,
		`virtualcube_viewers{cube="cube"} 2`,
		`virtualcube_target_bits_per_second{cube="cube"} 1.5e+06`,
		`virtualcube_rung_viewers{cube="cube",layers="both",rung="full"} 1`,
		`virtualcube_rung_viewers{cube="cube",layers="base",rung="half"} 1`,
		`virtualcube_rung_target_bits_per_second{cube="cube",rung="half"} 400000`,
		`virtualcube_rung_encodes_total{cube="cube",rung="half"} 3`,
		`virtualcube_rung_encoded_bytes_total{cube="cube",rung="half"} 99`,
		`virtualcube_rung_encode_seconds_total{cube="cube",rung="half"} 2`,
		`virtualcube_steps_total{cause="floor",cube="cube"} 8`,
		`virtualcube_skipped_frames_total{cube="cube"} 6`,
		`virtualcube_stage_seconds_sum{cube="cube",stage="encode"} 0.035`,
		`virtualcube_stage_seconds_bucket{cube="cube",stage="encode",le="+Inf"} 7`,
		`virtualcube_capture_drops_total{camera="front",cube="cube",reason="late"} 4`,
		`virtualcube_whep_refused_total{reason="full"} 1`,
		`virtualcube_filter_frames_total{filter="matte",kind="video"} 5`,
		`virtualcube_filter_abandoned_total{filter="matte",kind="video"} 1`,
		`virtualcube_filter_errors_total{filter="trim",kind="rgbd"} 3`,
		`virtualcube_filter_late_total{filter="gain",kind="audio"} 6`,
		`virtualcube_filter_restarts_total{filter="gain",kind="audio"} 6`,
		`virtualcube_filter_busy_seconds_total{filter="gain",kind="audio"} 2.5`,
		`virtualcube_filter_queue{filter="gain",kind="audio"} 2`,
		`virtualcube_filter_chains{kind="audio"} 3`,
		`virtualcube_filter_chains{kind="rgbd"} 0`,
		`go_goroutines`,
	} {
		if !strings.Contains(got.body, line) {
			t.Errorf("%s is missing", line)
		}
	}
	if t.Failed() {
		t.Log(got.body)
	}
}

// sockets takes WebSockets, and says so.
type sockets struct{ endpoint }

func (sockets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // as package room does
	if err == nil {
		_ = socket.Close(websocket.StatusNormalClosure, "taken")
	}
}

func TestForeignPageOpensNoSocket(t *testing.T) {
	c := config()
	c.Rooms, c.Origins = sockets{}, []string{"https://friend.example"}
	_, url := serve(t, c)
	for _, test := range []struct {
		origin, host string
		status       int
	}{
		{"", "", http.StatusSwitchingProtocols},
		{url, "", http.StatusSwitchingProtocols},
		{"https://friend.example", "", http.StatusSwitchingProtocols},
		{"https://foe.example", "", http.StatusForbidden},
		{"null", "", http.StatusForbidden}, // of a sandbox, or a file
		{"http://127.0.0.1:1", "", http.StatusForbidden},
		{"http://foe.example", "foe.example", http.StatusMisdirectedRequest}, // DNS rebinding
	} {
		options := &websocket.DialOptions{HTTPHeader: http.Header{}, Host: test.host, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
		if test.origin != "" {
			options.HTTPHeader.Set("Origin", test.origin)
		}
		socket, response, err := websocket.Dial(t.Context(), url+"/api/room", options)
		if response != nil && response.Body != nil {
			_ = response.Body.Close()
		}
		if response == nil || response.StatusCode != test.status || (err == nil) != (test.status == http.StatusSwitchingProtocols) {
			t.Errorf("a page of %q: %v, %v, want %d", test.origin, response, err, test.status)
		}
		if socket != nil {
			_ = socket.CloseNow()
		}
	}
}
