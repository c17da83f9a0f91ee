package room_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/netem"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// Times of TestBadLinks. `make link` has the long ones, in the environment.
const (
	cleanTime   = 2 * time.Second
	badTime     = 8 * time.Second // VIRTUALCUBE_LINK_BAD
	cutTime     = 7 * time.Second // VIRTUALCUBE_LINK_CUT
	healTime    = 6 * time.Second
	settledTime = 2 * time.Second // of healTime, its end
)

// distance is how far away everybody behind a bad link is, one way.
const distance = 200 * time.Millisecond

// given is a duration of the environment.
func given(t *testing.T, name string, otherwise time.Duration) time.Duration {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// participant is a guest behind a link, who talks and listens to others.
type participant struct {
	name   string
	link   *netem.Link // nil: they are near
	url    string      // by which they reach the node; empty: by its own
	talk   *talk
	senses map[*talk]*sense // of the others

	mu     sync.Mutex // guards all below
	guest  *guest
	people map[string]*sense // senses, by participant
}

// now is the guest that the participant is at present.
func (p *participant) now() *guest {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.guest
}

// take takes a payload that came.
func (p *participant) take(stream string, payload []byte) {
	person, source, _ := strings.Cut(stream, "/")
	p.mu.Lock()
	s := p.people[person]
	p.mu.Unlock()
	if s != nil {
		s.packet(source, payload)
	}
}

// meet tells who is who.
func (p *participant) meet(all []*participant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people = make(map[string]*sense)
	for _, o := range all {
		if o != p {
			p.people[o.guest.id()] = p.senses[o.talk]
		}
	}
}

// phase is a part of the test.
type phase struct{ from, to time.Time }

// wait waits for the end of a phase that begins now.
func wait(d time.Duration) phase {
	p := phase{from: time.Now()}
	<-time.After(d)
	p.to = time.Now()
	return p
}

// TestBadLinks has three people talk, show and do things while the links of two
// lose packets, reorder them and are long, and are then cut. What is said stays
// intelligible, what comes is as early as before when it is over, and nobody
// knows anything else of the room than the others. Cyd has a WebSocket that
// survives; Bob's is lost too, and he comes back.
func TestBadLinks(t *testing.T) {
	bad, cut := given(t, "VIRTUALCUBE_LINK_BAD", badTime), given(t, "VIRTUALCUBE_LINK_CUT", cutTime)
	n := serve(t, func(c *room.Config) {
		c.Timeouts.Silent = cutTime / 2
		c.Rooms[0].Kept = 2 * cut
	})
	n.patience = cleanTime + bad + cut + healTime + time.Minute
	ada, bob, cyd := &participant{name: "Ada"}, &participant{name: "Bob", link: netem.New(1)}, &participant{name: "Cyd", link: netem.New(2)}
	all := []*participant{ada, bob, cyd}
	stalls := new(stalls)
	run(t, stalls.run)
	ada.talk = newTalk(t, recorded(t), stalls)
	bob.talk, cyd.talk = newTalk(t, synthesised(110, 20), stalls), newTalk(t, synthesised(180, 20), stalls)
	bob.url = tunnel(t, bob.link, n.url)
	for _, p := range all {
		p.senses = make(map[*talk]*sense)
		for _, o := range all {
			if o != p {
				p.senses[o.talk] = newSense(o.talk)
			}
		}
		p.come(n, roomclient.Config{Name: p.name})
	}
	for _, p := range all {
		p.meet(all)
	}
	for _, p := range all {
		for _, o := range all {
			if o != p {
				p.guest.gets(o.guest.id()+"/microphone", 10)
				p.guest.gets(o.guest.id()+"/camera", 10)
			}
		}
	}
	churn := newChurn(t, all)
	clean := wait(cleanTime)
	stray := netem.Path{Delay: distance, Stray: 0.05, LateFrom: 20 * time.Millisecond, LateTo: 60 * time.Millisecond}
	uniform, bursts := stray, stray
	uniform.Loss, bursts.Loss, bursts.Burst = 0.05, 0.05, 2
	impair(t, bob.link, uniform)
	impair(t, cyd.link, bursts)
	wait(time.Second) // what each hears moves away
	rough := wait(bad)
	rough.to = rough.to.Add(-2*distance - buffered) // what is on its way then is cut off
	checkQuality(t, all)
	for _, p := range []*participant{bob, cyd} {
		p.link.Cut()
	}
	wait(cut)
	for _, p := range []*participant{bob, cyd} {
		impair(t, p.link, netem.Path{})
		p.link.Mend()
	}
	mended := time.Now()
	bob.comeBack(n)
	healed := wait(max(0, healTime-time.Since(mended)))
	churn.stop()
	settled := phase{from: healed.to.Add(-settledTime), to: healed.to.Add(-frameTime * 10)}
	for _, p := range all {
		for _, o := range all {
			if p != o {
				s := p.senses[o.talk]
				t.Run(strings.Join([]string{o.name, "to", p.name}, "-"), func(t *testing.T) {
					checkVoice(t, s, rough)
					checkLatency(t, s, clean, rough, settled, mended)
				})
			}
		}
	}
	churn.agree(n)
}

func impair(t *testing.T, l *netem.Link, p netem.Path) {
	t.Helper()
	if err := l.Set(p); err != nil {
		t.Fatal(err)
	}
}

// tunnel leads to a node over a link, as a URL.
func tunnel(t *testing.T, l *netem.Link, url string) string {
	t.Helper()
	tunnel, err := l.Tunnel(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, tunnel.Run)
	return "http://" + tunnel.Address()
}

// run runs something until the test ends.
func run(t *testing.T, something func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- something(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// come enters the room and publishes.
func (p *participant) come(n *node, config roomclient.Config) {
	n.t.Helper()
	if p.link != nil {
		network, err := p.link.Net()
		if err != nil {
			n.t.Fatal(err)
		}
		config.Settings.SetNet(network)
	}
	config.URL, config.Reported, config.Packet = p.url, p.talk.reported, p.take
	g := n.enters(config)
	p.mu.Lock()
	first := p.guest == nil
	p.guest = g
	p.mu.Unlock()
	p.talk.from(g)
	for _, s := range []session.Source{session.Microphone, session.Camera} {
		if err := g.Publish(g.ctx, s, true); err != nil {
			n.t.Fatal(err)
		}
	}
	if first {
		run(n.t, p.talk.run)
	}
}

// comeBack resumes after the connection was lost.
func (p *participant) comeBack(n *node) {
	n.t.Helper()
	before := p.now()
	err := <-before.ended
	before.ended <- err
	if err == nil {
		n.t.Fatal("a connection that was cut ended by itself")
	}
	was := before.id()
	p.come(n, before.resume())
	if w := p.now().View().Welcome; w.You != was || !w.Resumed {
		n.t.Errorf("%s was %s and came back as %+v", p.name, was, w)
	}
}

// checkQuality says that everybody is told whose link is bad, and whose is not.
func checkQuality(t *testing.T, all []*participant) {
	t.Helper()
	for _, p := range all {
		loss, quality := p.now().View().Figures.Loss, all[0].now().View().State.People[p.now().id()].Quality
		t.Logf("%s loses %.3f, which is %s", p.name, loss, quality)
		if good := quality == session.Good; good != (p.link == nil) {
			t.Errorf("the link of %s is called %s", p.name, quality)
		}
	}
}

// checkVoice says that what came of a bad time was understood.
func checkVoice(t *testing.T, s *sense, rough phase) {
	t.Helper()
	h := s.play(t, rough.from, rough.to)
	t.Logf("%+v", h)
	if good := float64(h.Played+h.Repaired) / float64(max(1, h.Frames)); good < 0.9 {
		t.Errorf("%.3f of the frames were there when they were to be played, or repeated by the next", good)
	}
	if lost := h.Repaired + h.MadeUp; 5*h.Repaired < lost { // two of three are lost for themselves, or are the last of a run
		t.Errorf("the next packet repeated %d of the %d that did not come in time", h.Repaired, lost)
	}
	if h.Hole > 240*time.Millisecond { // a syllable
		t.Errorf("nothing was heard for %v", h.Hole)
	}
	if h.Intelligibility < understood {
		t.Errorf("the intelligibility is %.3f, %.3f is wanted", h.Intelligibility, understood)
	}
}

// checkLatency says that all comes as early as before, soon after the links are
// as before.
func checkLatency(t *testing.T, s *sense, clean, rough, settled phase, mended time.Time) {
	t.Helper()
	soundBefore, picturesBefore, share := s.latencies(clean.from, clean.to)
	soundIn, picturesIn, _ := s.latencies(rough.from, rough.to)
	sound, pictures, came := s.latencies(settled.from, settled.to)
	t.Logf("sound %v, %v, %v; pictures %v, %v, %v (median before, in, after); %.3f, then %.3f of the frames came; sound again %v after the links were mended", median(soundBefore), median(soundIn), median(sound), median(picturesBefore), median(picturesIn), median(pictures), share, came, s.again(mended).Round(time.Millisecond))
	if came < 0.99 {
		t.Errorf("%.3f of the frames come after all, before %.3f", came, share)
	}
	for name, l := range map[string][2][]time.Duration{"sound": {soundBefore, sound}, "pictures": {picturesBefore, pictures}} {
		if len(l[0]) == 0 || len(l[1]) == 0 || median(l[1]) > median(l[0])+50*time.Millisecond {
			t.Errorf("%s: %d came with %v before, %d with %v after", name, len(l[0]), median(l[0]), len(l[1]), median(l[1]))
		}
	}
}

func median(sorted []time.Duration) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2].Round(10 * time.Microsecond)
}
