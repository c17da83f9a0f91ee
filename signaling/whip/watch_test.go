package whip_test

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/signaling/netem"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// patience bounds what a test waits for on a busy machine.
const patience = 60 * time.Second

// audience is a viewer that decodes.
type audience struct {
	viewer *whepclient.Viewer
	strips chan pack.Strip // newest 64; older ones are dropped
	scenes chan string
	errors chan error
	stop   func() // idempotent

	mu     sync.Mutex
	last   time.Time     // of the last frame
	gap    time.Duration // greatest between frames
	broken int           // frames that could not be decoded
}

// arrivals returns the greatest gap between decoded frames since the last call,
// and how many could not be decoded.
func (a *audience) arrivals() (gap time.Duration, broken int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	gap, broken = a.gap, a.broken
	a.gap, a.broken = 0, 0
	return gap, broken
}

func (a *audience) arrived(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.broken++
		return
	}
	now := time.Now()
	if !a.last.IsZero() {
		a.gap = max(a.gap, now.Sub(a.last))
	}
	a.last = now
}

// watch dials and decodes until the test ends.
func watch(t *testing.T, url, key string) *audience {
	t.Helper()
	return watchThrough(t, url, key, nil)
}

// watchThrough watches from behind a link.
func watchThrough(t *testing.T, url, key string, link *netem.Link) *audience {
	t.Helper()
	a := &audience{strips: make(chan pack.Strip, 64), scenes: make(chan string, 256), errors: make(chan error, 16)}
	decoder, err := vpx.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	dial, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	a.viewer, err = whepclient.Dial(dial, whepclient.Config{
		URL: url, Key: key, Client: client, Link: link,
		Unit:  func(u whepclient.AccessUnit) { a.decode(decoder, u) },
		Scene: func(m []byte) { a.scenes <- string(m) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { _ = a.viewer.Run(ctx) })
	a.stop = sync.OnceFunc(func() {
		stop()
		if err := a.viewer.Close(context.Background()); err != nil {
			t.Log(err)
		}
		run.Wait()
		_ = decoder.Close()
		client.CloseIdleConnections()
	})
	t.Cleanup(a.stop)
	return a
}

func (a *audience) decode(d *vpx.Decoder, u whepclient.AccessUnit) {
	p, err := d.Decode(u.Data)
	var s pack.Strip
	if err == nil {
		var l pack.Layout
		if l, err = pack.LayoutOf(p.Width, p.Height); err == nil {
			s, err = l.ReadStrip(p.Planes[0], p.Strides[0])
		}
	}
	a.arrived(err)
	if err != nil {
		select {
		case a.errors <- err:
		default:
		}
		return
	}
	select {
	case a.strips <- s:
	default:
	}
}

// next waits for a decoded view that satisfies a condition.
func (a *audience) next(t *testing.T, what string, ok func(pack.Strip) bool) pack.Strip {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case s := <-a.strips:
			if ok(s) {
				return s
			}
		case err := <-a.errors:
			t.Fatalf("decode: %v", err)
		case <-timeout:
			t.Fatalf("no view %s within %v", what, patience)
		}
	}
}

// message waits for a scene message of a type.
func message[M any](t *testing.T, a *audience, kind string) M {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case text := <-a.scenes:
			var head struct{ Type string }
			if err := json.Unmarshal([]byte(text), &head); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if head.Type != kind {
				continue
			}
			var m M
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			return m
		case <-timeout:
			t.Fatalf("no %s message within %v", kind, patience)
		}
	}
}

func TestWatch(t *testing.T) {
	n := startNode(t, nil)
	a := watch(t, n.url, "")
	first := a.next(t, "at all", func(pack.Strip) bool { return true })
	if age := uint32(n.clock.Now().Milliseconds()) - first.Milliseconds; age > 5000 {
		t.Errorf("the first view is %d ms old", age)
	}
	hello := message[protocol.Hello](t, a, "hello")
	if hello.Cube != "cube" || hello.Protocol != protocol.Version || hello.Layout.Width != layout.Width || hello.Volume.Max[1] != 0.35 {
		t.Errorf("hello is %+v", hello)
	}
	if w := message[protocol.Window](t, a, "window"); w.ID != int(first.Window) || w.HalfHeight != 0.6 {
		t.Errorf("window is %+v, the first view uses %d", w, first.Window)
	}

	eye := space.Vec3{X: -0.25, Y: 0.1, Z: 1.1}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := a.viewer.SendEye(ctx, protocol.Vector{eye.X, eye.Y, eye.Z}); err != nil {
		t.Fatal(err)
	}
	moved := a.next(t, "from the new eye", func(s pack.Strip) bool { return s.Eye.Sub(eye).Norm() < 0.002 })
	if w := message[protocol.Window](t, a, "window"); w.ID != int(moved.Window) || w.Center[0] != -0.1 {
		t.Errorf("window is %+v, the moved view uses %d", w, moved.Window)
	}
	s := message[protocol.Stats](t, a, "stats")
	if s.Viewers != 1 || s.Bitrate < 300_000 || len(s.Stages) != 9 {
		t.Errorf("stats are %+v", s)
	}
}
