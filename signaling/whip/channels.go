package whip

import (
	"encoding/json"
	"errors"

	"github.com/pion/webrtc/v4"
	"golang.org/x/time/rate"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/view"
	"github.com/virtualcube/virtualcube/signaling/protocol"
)

// Limits of a viewer's messages. What exceeds them is dropped and counted.
const (
	eyesPerSecond   = 240 // twice a fast display
	scenesPerSecond = 20
	// maxBuffered is what may wait for a slow viewer, in bytes. Beyond it
	// statistics and answers are dropped; windows wait, and only the newest.
	maxBuffered = 64 << 10
)

// message is one of the scene channel, with its receipt.
type message struct {
	content  any
	received capture.Time
}

// accept is called by pion for each channel that the viewer opens, before any
// message of it.
func (v *viewer) accept(d *webrtc.DataChannel) {
	switch d.Label() {
	case protocol.SceneChannel:
		v.acceptScene(d)
	case protocol.EyeChannel:
		v.acceptEye(d)
	default:
		v.counts.ignored(ignoredChannel)
		d.OnOpen(func() { _ = d.Close() })
	}
}

func (v *viewer) acceptScene(d *webrtc.DataChannel) {
	d.OnOpen(func() {
		select {
		case v.opened <- d:
		default:
			v.counts.ignored(ignoredChannel)
			_ = d.Close()
		}
	})
	limit := rate.NewLimiter(scenesPerSecond, 2*scenesPerSecond)
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		received := v.clock.Now()
		content := v.parse(limit, m)
		switch content.(type) {
		case protocol.Ping, protocol.ClientHello:
		case nil:
			return
		default:
			v.counts.ignored(ignoredChannel)
			return
		}
		select {
		case v.inbox <- message{content: content, received: received}:
		default:
			v.counts.ignored(ignoredRate)
		}
	})
}

// acceptEye passes eyes straight on; pion calls back from one goroutine.
func (v *viewer) acceptEye(d *webrtc.DataChannel) {
	limit := rate.NewLimiter(eyesPerSecond, eyesPerSecond/4)
	last := -1
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		eye, ok := v.parse(limit, m).(protocol.Eye)
		if !ok || eye.Sequence <= last {
			return // not an eye, or one that a newer overtook
		}
		last = eye.Sequence
		p := eye.Position
		v.watcher.Look(space.Eye{Position: space.Vec3{X: p[0], Y: p[1], Z: p[2]}, Confidence: eye.Confidence})
	})
}

// parse returns nil for what is to be ignored, after counting it.
func (v *viewer) parse(limit *rate.Limiter, m webrtc.DataChannelMessage) any {
	if !limit.Allow() {
		v.counts.ignored(ignoredRate)
		return nil
	}
	content, err := protocol.Parse(m.Data)
	switch {
	case errors.Is(err, protocol.ErrUnknownType):
		v.counts.ignored(ignoredType)
		return nil
	case err != nil:
		v.counts.ignored(ignoredInvalid)
		return nil
	}
	return content
}

// scene is the node's side of the scene channel; it belongs to the viewer's
// goroutine. Without a channel it does nothing.
type scene struct {
	viewer  *viewer
	channel *webrtc.DataChannel
	view    int // that before is of
	before  view.Stats
}

func (s *scene) open(d *webrtc.DataChannel) {
	if s.channel != nil {
		_ = d.Close()
		return
	}
	s.channel = d
	s.view = s.viewer.watcher.View()
	s.before = s.viewer.cube.Views.View(s.view)
	hello := s.viewer.cube.Hello
	hello.Type, hello.Protocol, hello.Cube = "hello", protocol.Version, s.viewer.cube.Name
	s.send(hello)
	s.windows()
}

func (s *scene) receive(m message) {
	switch c := m.content.(type) {
	case protocol.ClientHello:
		if c.Protocol != protocol.Version {
			s.send(protocol.Error{Type: "error", Error: "protocol-version", Message: "This page speaks another protocol version than the node: reload it, or bring both to the same release."})
		}
	case protocol.Ping:
		s.send(protocol.Pong{Type: "pong", T0: c.T0, T1: milliseconds(m.received), T2: milliseconds(s.viewer.clock.Now())})
	}
}

func milliseconds(t capture.Time) float64 { return float64(t) / 1e6 }

// follow tells the viewer of the windows that it may meet, and then lets it
// go to the view that it belongs to.
func (s *scene) follow() {
	v := s.viewer
	view := v.watcher.View()
	if !s.windows() {
		return // stats tries again
	}
	if err := v.subscriber.Move(v.cube.Ladders[view]); err != nil {
		v.log.Warn("viewer stays at its view", "error", err)
	}
}

// windows sends the windows that the viewer has not been told of. It returns
// false where they must wait; who has no scene channel needs none.
func (s *scene) windows() bool {
	if s.channel == nil {
		return true
	}
	if s.full() {
		return false
	}
	for _, w := range s.viewer.watcher.Windows() {
		s.send(protocol.WindowOf(w))
	}
	return true
}

func (s *scene) stats() {
	if s.channel == nil {
		return
	}
	s.follow()
	cube, at := s.viewer.cube, s.viewer.watcher.View()
	if at != s.view {
		s.view, s.before = at, cube.Views.View(at) // no figures in the second of a move
		return
	}
	now, ladder := cube.Views.View(at), cube.Ladders[at].Snapshot()
	m := protocol.Stats{
		Type: "stats", ViewsPerSecond: float64(now.Encodes-s.before.Encodes) / statsInterval.Seconds(),
		Bitrate: now.Target, Stages: make(map[string]float64), Drops: make(map[string]uint64),
	}
	for _, l := range cube.Ladders {
		m.Viewers += l.Subscribers()
	}
	for i, mean := range now.Mean(s.before) {
		m.Stages[view.Stage(i).String()] = float64(mean) / 1e6
	}
	for reason, n := range now.Drops {
		m.Drops[reason] = n
	}
	if ladder.Dropped > 0 {
		m.Drops["slow-viewer"] = ladder.Dropped
	}
	s.before = now
	s.send(m)
}

func (s *scene) full() bool { return s.channel.BufferedAmount() > maxBuffered }

// send drops the message where the viewer does not keep up.
func (s *scene) send(m any) {
	if s.channel == nil {
		return
	}
	if s.full() {
		s.viewer.counts.ignored(ignoredBacklog)
		return
	}
	text, err := json.Marshal(m)
	if err == nil {
		err = s.channel.SendText(string(text))
	}
	if err != nil {
		s.viewer.log.Debug("message not sent", "error", err)
	}
}
