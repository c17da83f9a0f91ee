package room_test

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	pionmedia "github.com/pion/webrtc/v4/pkg/media"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/voice/opus"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

type gainParameters struct {
	Factor float64 `param:"factor,live" min:"0" max:"4" help:"what samples are multiplied by"`
}

// gain is a filter of voices, fragile one that panics after a second, and hide one
// of pictures that hides everything.
type gain struct{}

func (gain) Process(in capture.Sound, p gainParameters) (capture.Sound, error) {
	out := capture.Sound{Captured: in.Captured, Samples: make([]float32, len(in.Samples))}
	for i, x := range in.Samples {
		out.Samples[i] = max(-1, min(1, float32(p.Factor)*x))
	}
	return out, nil
}

func (gain) Close() error { return nil }

type fragile struct{ frames int }

func (f *fragile) Process(in capture.Sound, _ struct{}) (capture.Sound, error) {
	if f.frames++; f.frames > 50 {
		panic("fragile")
	}
	return in, nil
}

func (*fragile) Close() error { return nil }

type hide struct{}

func (hide) Process(in *capture.Frame, _ struct{}) (*capture.Frame, error) {
	f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height})
	if err != nil {
		return nil, err
	}
	f.Captured = in.Captured
	for _, plane := range f.Colour.Planes {
		for i := range plane {
			plane[i] = 128
		}
	}
	return f, nil
}

func (hide) Close() error { return nil }

// filterTable has the filters of these tests. hide opens when it may.
func filterTable(t *testing.T, may <-chan struct{}) models.Table {
	t.Helper()
	describe := func(name string, private bool) models.Description {
		d := models.Description{Name: name, Summary: "is for tests", Latency: 100 * time.Millisecond, Late: models.Pass, Failing: models.Pass, Private: private}
		if private {
			d.Late, d.Failing = models.Skip, models.Skip
		}
		return d
	}
	a, err1 := models.Audio(describe("gain", false), gainParameters{Factor: 1}, func(context.Context, models.Environment, gainParameters) (models.AudioFilter[gainParameters], error) {
		return gain{}, nil
	})
	b, err2 := models.Audio(describe("fragile", false), struct{}{}, func(context.Context, models.Environment, struct{}) (models.AudioFilter[struct{}], error) {
		return &fragile{}, nil
	})
	c, err3 := models.Video(describe("hide", true), struct{}{}, func(ctx context.Context, _ models.Environment, _ struct{}) (models.VideoFilter[struct{}], error) {
		select {
		case <-may:
			return hide{}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return models.Table{a, b, c}
}

type opener struct{}

func (opener) Audio(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error) {
	return b.OpenAudio(ctx, models.Environment{Observe: observe}, b.Values)
}

func (opener) Video(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
	return b.OpenVideo(ctx, models.Environment{Observe: observe}, b.Values)
}

func serveFilters(t *testing.T, may <-chan struct{}) *node {
	t.Helper()
	table := filterTable(t, may)
	return serve(t, func(c *room.Config) {
		c.Filters, c.Opener = table, opener{}
		c.Rooms[0].Filters = table
	})
}

// hum publishes a tone until the test ends.
func (g *guest) hum() {
	g.t.Helper()
	encoder, err := opus.NewEncoder(opus.Voice())
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.Publish(g.ctx, session.Microphone, true); err != nil {
		g.t.Fatal(err)
	}
	ended := make(chan struct{})
	g.t.Cleanup(func() {
		g.stop()
		<-ended
	})
	go func() {
		defer close(ended)
		defer encoder.Close()
		ticker := time.NewTicker(capture.SoundLength)
		defer ticker.Stop()
		samples := make([]float32, capture.SoundSamples)
		for n := 0; ; n++ {
			for i := range samples {
				samples[i] = 0.4 * float32(math.Sin(2*math.Pi*500*float64(n*len(samples)+i)/capture.SampleRate))
			}
			data, err := encoder.Encode(samples)
			if err != nil {
				return
			}
			select {
			case <-ticker.C:
			case <-g.ctx.Done():
				return
			}
			if g.Microphone().WriteSample(pionmedia.Sample{Data: data, Duration: capture.SoundLength}) != nil {
				return
			}
		}
	}()
}

// ear decodes what a guest hears.
type ear struct {
	mu      sync.Mutex
	decoder *opus.Decoder
	loud    float64 // of the newest packet, root of the mean square
}

func (e *ear) take(_ string, payload []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	samples, err := e.decoder.Decode(payload)
	if err != nil || len(samples) == 0 {
		return
	}
	sum := 0.0
	for _, x := range samples {
		sum += float64(x) * float64(x)
	}
	e.loud = math.Sqrt(sum / float64(len(samples)))
}

func (e *ear) loudness() float64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.loud
}

// eventually waits until something is so.
func (g *guest) eventually(what string, so func() bool) {
	g.t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !so() {
		select {
		case <-ticker.C:
		case <-g.ctx.Done():
			g.t.Fatalf("%s: it never was so; state %+v", what, g.View().State)
		}
	}
}

// filters sets the chain of a source of one's own, or of another's.
func filters(person string, source session.Source, links ...session.FilterLink) func(req int) any {
	return func(req int) any {
		return protocol.FilterChain{Type: "filter", Req: req, Person: person, Source: string(source), Links: links}
	}
}

func TestFilterVoice(t *testing.T) {
	n := serveFilters(t, nil)
	ada := n.enter("Ada") // who leads
	decoder, err := opus.NewDecoder(1)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	hears := &ear{decoder: decoder}
	bob := n.enters(roomclient.Config{Name: "Bob", Packet: hears.take})
	eve := n.enter("Eve")
	eve.hum()
	bob.eventually("the voice as it is", func() bool { return math.Abs(hears.loudness()-0.283) < 0.03 })
	if kinds := eve.View().Welcome.Filters; len(kinds) != 3 || kinds[0].Name != "gain" || kinds[0].Parameters[0].Max != 4 || !kinds[2].Private {
		t.Errorf("the node says that it has %+v", kinds)
	}
	eve.ask(filters("", session.Microphone, session.FilterLink{Name: "gain", Values: map[string]string{"factor": "0.5"}}))
	id := eve.id()
	bob.until("everybody is told", func(v roomclient.View) bool {
		f := v.State.People[id].Filters
		return len(f) == 1 && f[0].Name == "gain" && f[0].State == session.FilterRunning && f[0].Values["factor"] == "0.5"
	})
	bob.eventually("half as loud", func() bool { return math.Abs(hears.loudness()-0.141) < 0.02 })
	link := bob.View().State.People[id].Filters[0].ID
	eve.ask(filters("", session.Microphone, session.FilterLink{ID: link, Values: map[string]string{"factor": "0.25"}}))
	bob.eventually("tuned", func() bool { return math.Abs(hears.loudness()-0.071) < 0.01 })
	bob.until("figures", func(v roomclient.View) bool { return v.Figures.Filters[link].Frames > 20 })
	// Others may not, and hosts may take away alone.
	if code := bob.fails(filters(id, session.Microphone)); code != protocol.ErrorForbidden {
		t.Errorf("who is no host: %s", code)
	}
	if code := ada.fails(filters(id, session.Microphone, session.FilterLink{Name: "gain"})); code != protocol.ErrorForbidden {
		t.Errorf("a host who adds one: %s", code)
	}
	for _, bad := range []session.FilterLink{{Name: "reverb"}, {Name: "gain", Values: map[string]string{"factor": "9"}}, {Name: "hide"}} {
		if code := eve.fails(filters("", session.Microphone, bad)); code != protocol.ErrorMalformed {
			t.Errorf("%+v: %s", bad, code)
		}
	}
	if s := n.endpoint.Snapshot(); len(s.Filters) != 1 || s.Filters[0].Filter != "gain" || s.Filters[0].Frames <= 20 || s.Chains[models.KindAudio] != 1 {
		t.Errorf("with a filter: %+v, %v", s.Filters, s.Chains)
	}
	made := n.endpoint.Snapshot().Filters[0].Frames
	ada.ask(filters(id, session.Microphone))
	bob.eventually("as it was", func() bool { return math.Abs(hears.loudness()-0.283) < 0.03 })
	if got := bob.View().State.People[id].Filters; len(got) != 0 {
		t.Errorf("%+v is left", got)
	}
	bob.eventually("the chain has ended", func() bool { return n.endpoint.Snapshot().Chains[models.KindAudio] == 0 })
	if s := n.endpoint.Snapshot().Filters; len(s) != 1 || s[0].Frames < made || s[0].Queue != 0 {
		t.Errorf("after it: %+v, it had made %d frames", s, made)
	}
}

// TestFilterPanics has a filter that dies again and again: the voice goes on.
func TestFilterPanics(t *testing.T) {
	n := serveFilters(t, nil)
	ada := n.enter("Ada")
	bob := n.enter("Bob")
	ada.hum()
	ada.ask(filters("", session.Microphone, session.FilterLink{Name: "fragile"}))
	bob.until("it died and was opened again", func(v roomclient.View) bool {
		for _, f := range v.Figures.Filters {
			if f.Restarts >= 2 {
				return true
			}
		}
		return false
	})
	bob.gets(ada.id()+"/microphone", 50)
	bob.until("why", func(v roomclient.View) bool {
		f := v.State.People[ada.id()].Filters
		return len(f) == 1 && f[0].Error == "panic: fragile"
	})
}

// TestFilterHides has a filter that hides a webcam and takes its time to open:
// nothing is seen before.
func TestFilterHides(t *testing.T) {
	may := make(chan struct{})
	n := serveFilters(t, may)
	ada := n.enter("Ada")
	bob := n.enter("Bob")
	ada.ask(filters("", session.Camera, session.FilterLink{Name: "hide"}))
	encoder, err := vpx.NewEncoder(64, 64, 200_000)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	white := capture.Picture{Format: capture.I420, Width: 64, Height: 64, Strides: [3]int{64, 32, 32}, Planes: [3][]byte{make([]byte, 64*64), make([]byte, 32*32), make([]byte, 32*32)}}
	if err := ada.Publish(ada.ctx, session.Camera, true); err != nil {
		t.Fatal(err)
	}
	show := func(pictures int) {
		for i := range pictures {
			packet, err := encoder.Encode(white, int64(i)*6000, i%10 == 0)
			if err == nil {
				err = ada.Camera().WriteSample(pionmedia.Sample{Data: packet.Data, Duration: time.Second / 15})
			}
			if err != nil {
				t.Fatal(err)
			}
			<-time.After(time.Second / 15)
		}
	}
	show(20)
	stream := ada.id() + "/camera"
	if c := bob.Received()[stream]; c.Packets != 0 {
		t.Fatalf("%d packets of what is to be hidden came", c.Packets)
	}
	close(may)
	for bob.Received()[stream].Packets < 5 {
		if ada.ctx.Err() != nil {
			t.Fatal("nothing comes")
		}
		show(5)
	}
}

// TestFilterStaysAway has a filter that cannot be opened: it is not tried again
// because one of another source came.
func TestFilterStaysAway(t *testing.T) {
	may := make(chan struct{})
	close(may)
	var tried atomic.Int32
	broken, err := models.Audio(models.Description{
		Name: "broken", Summary: "is for tests", Latency: 100 * time.Millisecond, Late: models.Pass, Failing: models.Pass,
	}, struct{}{}, func(context.Context, models.Environment, struct{}) (models.AudioFilter[struct{}], error) {
		tried.Add(1)
		return nil, errors.New("there are no weights")
	})
	if err != nil {
		t.Fatal(err)
	}
	table := append(filterTable(t, may), broken)
	n := serve(t, func(c *room.Config) {
		c.Filters, c.Opener = table, opener{}
		c.Rooms[0].Filters = table
	})
	ada := n.enter("Ada")
	ada.hum()
	state := func(v roomclient.View, name string) session.FilterState {
		for _, f := range v.State.People[v.Welcome.You].Filters {
			if f.Name == name {
				return f.State
			}
		}
		return ""
	}
	ada.ask(filters("", session.Microphone, session.FilterLink{Name: "broken"}))
	ada.until("it failed", func(v roomclient.View) bool { return state(v, "broken") == session.FilterFailed })
	ada.ask(filters("", session.Camera, session.FilterLink{Name: "hide"}))
	ada.until("figures came after", func(v roomclient.View) bool { return len(v.Figures.Filters) > 0 && state(v, "hide") != "" })
	ada.ask(filters("", session.Camera))
	ada.until("it still has failed", func(v roomclient.View) bool {
		return state(v, "hide") == "" && state(v, "broken") == session.FilterFailed
	})
	if got := tried.Load(); got != 1 {
		t.Errorf("it was tried %d times", got)
	}
}
