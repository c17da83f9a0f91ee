package room_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// churn is what participants do to the room all the time, and what came of it.
type churn struct {
	t      *testing.T
	all    []*participant
	ending context.CancelFunc
	parts  sync.WaitGroup

	mu   sync.Mutex      // guards all below
	said map[string]bool // ids of lines that the node has taken
	done map[string]int  // by participant
}

// newChurn lets all do something five times a second, until stop.
func newChurn(t *testing.T, all []*participant) *churn {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := &churn{t: t, all: all, ending: cancel, said: make(map[string]bool), done: make(map[string]int)}
	for i, p := range all {
		random := rand.New(rand.NewPCG(uint64(i), 3))
		c.parts.Go(func() {
			ticker := time.NewTicker(200 * time.Millisecond)
			defer ticker.Stop()
			for {
				select {
				case <-ticker.C:
					c.step(ctx, p, random)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	t.Cleanup(c.stop)
	return c
}

// stop ends it; doing so again does nothing.
func (c *churn) stop() {
	c.ending()
	c.parts.Wait()
}

// step does one thing, which the node may refuse and a cut may swallow.
func (c *churn) step(ctx context.Context, p *participant, random *rand.Rand) {
	g := p.now()
	request, says := c.choose(g.View(), random)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	done, err := g.Ask(ctx, request)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, refused := errors.AsType[*roomclient.FailedError](err); err == nil || refused {
		c.done[p.name]++
	}
	if err == nil && says {
		c.said[done.ID] = true
	}
}

// choose makes a request, and tells whether it writes a line.
func (c *churn) choose(v roomclient.View, random *rand.Rand) (request func(req int) any, says bool) {
	n := random.IntN
	pick := func(ids []string) string {
		if len(ids) == 0 {
			return "i999"
		}
		slices.Sort(ids)
		return ids[n(len(ids))]
	}
	var people, items []string
	for id := range v.State.People {
		people = append(people, id)
	}
	for id := range v.State.Items {
		items = append(items, id)
	}
	requests := []func(req int) any{
		func(req int) any {
			return protocol.Say{Type: "say", Req: req, Text: fmt.Sprint(v.Welcome.You, " says ", n(1000))}
		},
		func(req int) any { return protocol.Raise{Type: "raise", Req: req, Up: n(2) == 0} },
		func(req int) any { return protocol.Sit{Type: "sit", Req: req, Seat: n(7) - 1} },
		func(req int) any {
			return protocol.Arrange{Type: "arrange", Req: req, Layout: []string{"round-table", "side-by-side"}[n(2)], Seats: 3 + n(5)}
		},
		func(req int) any {
			return protocol.Appoint{Type: "appoint", Req: req, Person: pick(people), Role: []session.Role{session.Host, session.Host, session.Speaker}[n(3)]}
		},
		func(req int) any { return protocol.Rule{Type: "rule", Req: req, Murmur: n(2) == 0} },
		func(req int) any { return protocol.ShareLooks{Type: "shareLooks", Req: req, Share: n(3) > 0} },
		func(req int) any {
			return protocol.Place{Type: "place", Req: req, Kind: session.SharedScreen, Title: "Plan", Aspect: 1 + float64(n(2))}
		},
		func(req int) any {
			return protocol.Move{Type: "move", Req: req, Item: pick(items), Pose: session.Pose{Position: session.Vector{0, 1, float64(n(9))}, Rotation: [4]float64{0, 0, 0, 1}}, Width: 1}
		},
		func(req int) any { return protocol.Clear{Type: "clear", Req: req, Item: pick(items)} },
	}
	i := n(len(requests)+2) % len(requests) // lines are what is easily lost
	return requests[i], i == 0
}

// agree compares what each knows with what the node tells a newcomer, whole.
func (c *churn) agree(n *node) {
	c.t.Helper()
	c.t.Logf("done: %v; %d lines taken", c.done, len(c.said))
	if len(c.said) > 190 { // the room forgets beyond 200
		c.t.Fatalf("%d lines were taken: the test takes too long to tell whether one is lost", len(c.said))
	}
	for _, p := range c.all {
		if c.done[p.name] < 10 {
			c.t.Errorf("%s did %d things", p.name, c.done[p.name])
		}
		for _, s := range []session.Source{session.Microphone, session.Camera} { // else the speaking changes
			if err := p.now().Publish(p.now().ctx, s, false); err != nil {
				c.t.Error(err)
			}
		}
	}
	truth := n.enter("Truth")
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	different := c.compare(truth)
	for end := time.Now().Add(10 * time.Second); different != "" && time.Now().Before(end); different = c.compare(truth) {
		<-ticker.C
	}
	if different != "" {
		c.t.Error(different)
	}
	lines := make(map[string]bool)
	for _, l := range truth.View().State.Lines {
		lines[l.ID] = true
	}
	for id := range c.said {
		if !lines[id] {
			c.t.Errorf("line %s was taken and is not there", id)
		}
	}
}

// compare names the first difference of what somebody knows, beside the number
// of the last message.
func (c *churn) compare(truth *guest) string {
	want := truth.View().State
	for _, p := range c.all {
		got := p.now().View().State
		got.Revision = want.Revision
		for i := range reflect.TypeFor[roomclient.State]().NumField() {
			a, errA := json.Marshal(reflect.ValueOf(got).Field(i).Interface())
			b, errB := json.Marshal(reflect.ValueOf(want).Field(i).Interface())
			if err := errors.Join(errA, errB); err != nil || string(a) != string(b) {
				return fmt.Sprintf("%s, %s: knows\n%s, but there is\n%s %v", p.name, reflect.TypeFor[roomclient.State]().Field(i).Name, a, b, err)
			}
		}
	}
	return ""
}
