package main

import (
	"context"
	"errors"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/session/vantage"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/netem"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// Where the viewers of a bench are: on an arc in front of the person.
const (
	arcWidth   = 90 * math.Pi / 180 // from the first to the last
	arcRadius  = 1.3                // metres
	crowdSway  = 0.03               // metres to either side
	crowdPhase = 1.7                // radians from viewer to viewer
)

// onArc is a place at an angle to the front, in metres in the cube.
func onArc(angle float64) space.Vec3 {
	return space.Vec3{X: arcRadius * math.Sin(angle), Z: arcRadius * math.Cos(angle)}
}

// placeOf is the i-th of n places on the arc; a single one is in front.
func placeOf(i, n int) space.Vec3 {
	if n == 1 {
		return onArc(0)
	}
	return onArc(arcWidth * (float64(i)/float64(n-1) - 0.5))
}

// around is a path that sways a little round a place, or stays there.
func around(place space.Vec3, viewer int, still bool) func(time.Duration) space.Vec3 {
	return func(after time.Duration) space.Vec3 {
		if still {
			return place
		}
		phase := 2*math.Pi*after.Seconds()/swayPeriod + crowdPhase*float64(viewer)
		return place.Add(space.Vec3{X: crowdSway * math.Sin(phase)})
	}
}

// tracer tells all who measure of every view that was sent.
type tracer struct {
	mu    sync.Mutex
	seats map[*seat]struct{}
}

func (t *tracer) traced(tr view.Trace) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s := range t.seats {
		s.m.traced(tr)
	}
}

// sighting is one view that a viewer decoded.
type sighting struct {
	at       capture.Time
	sequence uint16
	error    float64 // radians, from the viewer's eye to the view's
}

// seat is a viewer of the bench, in its process, that decodes and measures.
type seat struct {
	m      *measurement
	viewer *whepclient.Viewer
	client *http.Client
	tracer *tracer
	person space.Vec3
	watch  *group

	mu        sync.Mutex // guards all below
	eye       space.Vec3
	looked    time.Time     // when it was asked where the eye is
	stall     time.Duration // greatest time between two such
	sightings []sighting
}

// sit joins a view at a place, from behind a link, which may be nil.
func (b *crowdBench) sit(ctx context.Context, path func(time.Duration) space.Vec3, link *netem.Link) (*seat, error) {
	s := &seat{
		m: newMeasurement(b.clock), tracer: b.tracer, client: &http.Client{Transport: &http.Transport{}},
		person: b.node.pipeline.source.Rig().Volume.Center(), eye: path(0),
	}
	if err := s.m.open(); err != nil {
		return nil, err
	}
	s.m.saw = s.saw
	b.tracer.add(s)
	var err error
	if s.viewer, err = whepclient.Dial(ctx, whepclient.Config{URL: b.url, Unit: s.m.unit, Client: s.client, Link: link}); err != nil {
		b.tracer.remove(s)
		s.m.close()
		return nil, err
	}
	s.watch = newGroup(ctx)
	s.watch.run(s.viewer.Run)
	s.watch.run(func(ctx context.Context) error {
		return look(ctx, s.viewer, func(after time.Duration) protocol.Vector {
			p := path(after)
			s.mu.Lock()
			now := time.Now()
			if !s.looked.IsZero() {
				s.stall = max(s.stall, now.Sub(s.looked))
			}
			s.eye, s.looked = p, now
			s.mu.Unlock()
			return protocol.Vector{p.X, p.Y, p.Z}
		})
	})
	return s, nil
}

func (t *tracer) add(s *seat) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seats[s] = struct{}{}
}

func (t *tracer) remove(s *seat) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.seats, s)
}

// saw takes a view that was decoded.
func (s *seat) saw(strip pack.Strip, decoded capture.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sightings = append(s.sightings, sighting{decoded, strip.Sequence, vantage.Error(s.person, s.eye, strip.Eye)})
}

// take returns what was seen since the last call.
func (s *seat) take() []sighting {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.sightings
	s.sightings = nil
	return taken
}

// stalled returns the greatest time between two of the viewer's eyes since the
// last call. Much above their rate, the process itself got no time, and nobody's
// frames could come.
func (s *seat) stalled() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.stall
	s.stall = 0
	return d
}

// leave ends the viewer and returns what it failed by.
func (s *seat) leave(ctx context.Context) error {
	err := s.watch.end()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closePatience)
	defer cancel()
	err = errors.Join(err, s.viewer.Close(closing))
	s.client.CloseIdleConnections()
	s.tracer.remove(s)
	s.m.close()
	return err
}
