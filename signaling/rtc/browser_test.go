//go:build e2e

package rtc_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/rtc"
)

//go:embed testdata/page.html
var page []byte

// browserReport is what the page says of one of its peers.
type browserReport struct {
	State    string
	Role     string
	Sections int
	In       map[string]struct {
		PacketsReceived, PacketsLost, FramesDecoded, FramesDropped, PLICount, FreezeCount int
		TotalAudioEnergy, Delay, ConcealedSamples                                         float64
	}
	Out map[string]struct {
		PacketsSent, PLICount, NackCount int
		TargetBitrate                    float64
		ScalabilityMode                  string
	}
	Available, RTT float64
}

// command is what the page should do next.
type command struct {
	Negotiate *int `json:"negotiate,omitempty"`
	Restart   bool `json:"restart"`
}

// chromium is a page with two participants.
type chromium struct {
	t        *testing.T
	peers    [2]*rtc.Peer
	commands chan command

	mu      sync.Mutex
	reports []browserReport
	eyes    [2]int
	failure string
}

func (c *chromium) last(i int) browserReport {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failure != "" {
		c.t.Fatal(c.failure)
	}
	if i >= len(c.reports) {
		return browserReport{}
	}
	return c.reports[i]
}

func (c *chromium) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i, _ := strconv.Atoi(r.FormValue("peer"))
	id, _ := strconv.Atoi(r.URL.Query().Get("id"))
	var answer any = struct{}{}
	var err error
	switch r.URL.Path {
	case "/":
		_, _ = w.Write(page)
		return
	case "/offer":
		var offer struct {
			ID  int    `json:"id"`
			SDP string `json:"sdp"`
		}
		offer.ID, offer.SDP, err = c.peers[i].Offer(r.Context(), r.FormValue("restart") == "true")
		answer = offer
	case "/answer":
		var body []byte
		body, err = io.ReadAll(r.Body)
		if err == nil {
			err = c.peers[i].Answer(r.Context(), id, string(body))
		}
	case "/report":
		c.mu.Lock()
		err = json.NewDecoder(r.Body).Decode(&c.reports)
		c.mu.Unlock()
		select {
		case answer = <-c.commands:
		default:
		}
	case "/failed":
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		c.failure = string(body)
		c.mu.Unlock()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// open starts the browser.
func (c *chromium) open(url string) {
	c.t.Helper()
	path := os.Getenv("CHROMIUM")
	if path == "" {
		path = "/usr/bin/chromium"
	}
	profile, err := os.MkdirTemp("", "chromium")
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	browser := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+profile,
		"--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
		"--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns", "--remote-debugging-port=0", url)
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	browser.Cancel = func() error { return syscall.Kill(-browser.Process.Pid, syscall.SIGKILL) } // and its children
	if err := browser.Start(); err != nil {
		cancel()
		c.t.Fatalf("start %s: %v (install Chromium with make setup, or set CHROMIUM)", path, err)
	}
	c.t.Cleanup(func() {
		cancel()
		_ = browser.Wait()
		eventually(c.t, "its profile can be removed", func() bool { return os.RemoveAll(profile) == nil })
	})
}

// TestChromium says that a browser answers the node's offers, though the node
// is an ICE-lite agent, and publishes and gets media through them.
func TestChromium(t *testing.T) {
	port := listen(t)
	c := &chromium{t: t, commands: make(chan command, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	var runs sync.WaitGroup
	for i := range c.peers {
		peer, err := rtc.New(rtc.Config{Media: port, Log: logger(t), Eye: func([]byte) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.eyes[i]++
		}})
		if err != nil {
			t.Fatal(err)
		}
		c.peers[i] = peer
		runs.Go(func() {
			if err := peer.Run(ctx); err != nil && !errors.Is(err, rtc.ErrLeft) {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() {
		if t.Failed() {
			text, _ := json.Marshal(c.reports)
			t.Logf("the last reports are %s", text)
		}
	})
	server := httptest.NewServer(c)
	t.Cleanup(func() {
		cancel()
		runs.Wait()
		server.Close()
	})
	c.open(server.URL)
	var sounds, cameras [2]*fanout.Relay
	for i := range c.peers {
		p := &participant{t: t, node: c.peers[i]}
		sounds[i], cameras[i] = p.relays()
	}
	want := func(i int, streams ...rtc.Stream) {
		t.Helper()
		m, err := c.peers[i].Want(streams)
		if err != nil {
			t.Fatal(err)
		}
		if m.Offer {
			c.commands <- command{Negotiate: &i}
		}
	}
	for i := range c.peers {
		want(i, audio("sound", sounds[1-i]), video("camera", cameras[1-i]))
	}
	gets := func(i, packets, frames int, sound, picture string) func() bool {
		return func() bool {
			in := c.last(i).In
			return in[sound].PacketsReceived > packets && in[sound].TotalAudioEnergy > 0 && in[picture].FramesDecoded > frames
		}
	}
	for i := range c.peers {
		eventually(t, "both get sound and picture", gets(i, 100, 60, "a0", "v0"))
		if r := c.last(i); r.Role != "controlling" || r.State != "connected" || r.Sections != 11 {
			t.Errorf("peer %d is %s, %s, with %d sections", i, r.State, r.Role, r.Sections)
		}
	}
	before := c.last(0).In
	c.commands <- command{Negotiate: new(int), Restart: true}
	eventually(t, "media after the restart", gets(0, before["a0"].PacketsReceived+100, before["v0"].FramesDecoded+40, "a0", "v0"))
	lost := func(i int) int { in := c.last(i).In; return in["a0"].PacketsLost + in["v0"].PacketsLost }
	restarted := [2]int{lost(0), lost(1)} // what was on its way then

	// Sources change in the outlets, to one's own and back.
	for range 4 {
		before = c.last(0).In
		want(0, audio("sound", sounds[0]), video("camera", cameras[0]))
		eventually(t, "its own", gets(0, before["a0"].PacketsReceived+50, before["v0"].FramesDecoded+20, "a0", "v0"))
		before = c.last(0).In
		want(0, audio("sound", sounds[1]), video("camera", cameras[1]))
		eventually(t, "the other's", gets(0, before["a0"].PacketsReceived+50, before["v0"].FramesDecoded+20, "a0", "v0"))
	}
	var many []rtc.Stream
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		many = append(many, audio(id, sounds[1]), video(id+"-cam", cameras[1]))
	}
	want(0, many...)
	eventually(t, "a grown pool", gets(0, 20, 10, "a4", "v4"))
	c.mu.Lock()
	eyes := c.eyes
	c.mu.Unlock()
	if eyes[0] == 0 || eyes[1] == 0 {
		t.Errorf("eyes came %v times", eyes)
	}
	for i := range c.peers {
		r, s := c.last(i), c.peers[i].Snapshot()
		text, _ := json.Marshal(r)
		t.Logf("browser %d: %s", i, text)
		t.Logf("node %d: quality %+v, link %+v, ignored %v", i, s.Quality, s.Link, s.Ignored)
		for _, inlet := range s.Inlets {
			t.Logf("node %d: %v %+v", i, inlet.Source, inlet.RelayStats)
		}
		if n := lost(i) - restarted[i]; n > 0 {
			t.Errorf("peer %d lost %d packets by changes of the source", i, n)
		}
	}
}
