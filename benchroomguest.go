package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
	"github.com/virtualcube/virtualcube/signaling/token"
)

// A voice of a bench: packets of 20 ms of Opus as to their first byte, and then
// when they were sent, as to this process's clock.
const (
	voiceEvery = 20 * time.Millisecond
	voiceSize  = 80   // bytes: 32 kbit/s
	opusCELT   = 0xf8 // one frame of 20 ms, mono (RFC 6716 section 3.1)
)

// maxDelays are kept of one participant: those of five minutes among many.
const maxDelays = 1 << 18

var voiceMark = []byte{opusCELT, 'b', 'e', 'n', 'c', 'h'}

// A webcam of a bench: about 1 Mbit/s, of which the first bytes alone are VP8.
const (
	filmEvery = 33 * time.Millisecond
	filmSize  = 4100 // bytes
	filmKeys  = 30   // pictures from a key frame to the next
)

// keyPicture is the header of a key frame of 640x360 (RFC 6386 section 9.1).
var keyPicture = []byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01}

// attendee is one participant of the bench.
type attendee struct {
	client *roomclient.Client
	zero   time.Time // of all participants' clock
	begun  time.Time
	first  chan struct{} // closed when a voice came

	mu     sync.Mutex // guards all below
	said   int
	heard  int
	delays []time.Duration // since they were last taken
}

// enter lets somebody into a room of the node.
func (n *roomNode) enter(ctx context.Context, room string) (*attendee, error) {
	pass, err := n.signer.Sign(&token.Token{Grants: token.Grants{RoomJoin: true, Room: room}}, token.DefaultLifetime)
	if err != nil {
		return nil, err
	}
	a := &attendee{zero: n.zero, begun: time.Now(), first: make(chan struct{})}
	config := roomclient.Config{URL: n.url, Room: room, Token: pass, Name: "Bench", Packet: a.take}
	config.Settings.SetIncludeLoopbackCandidate(true)
	if a.client, err = roomclient.Dial(ctx, config); err != nil {
		return nil, fmt.Errorf("enter the room: %w", err)
	}
	return a, nil
}

// take notes how long a voice was on its way.
func (a *attendee) take(stream string, payload []byte) {
	if !strings.HasSuffix(stream, "/"+string(session.Microphone)) || len(payload) < len(voiceMark)+8 || !bytes.HasPrefix(payload, voiceMark) {
		return // a rig's, for one
	}
	delay := time.Since(a.zero) - time.Duration(binary.BigEndian.Uint64(payload[len(voiceMark):]))
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.heard++; a.heard == 1 {
		close(a.first)
	}
	if len(a.delays) < maxDelays {
		a.delays = append(a.delays, delay)
	}
}

// hears waits until a voice has come.
func (a *attendee) hears(ctx context.Context) error {
	select {
	case <-a.first:
		return nil
	case <-time.After(joinPatience):
		return fmt.Errorf("no voice came within %v", joinPatience)
	case <-ctx.Done():
		return errOver
	}
}

// speak publishes a voice until the context ends.
func (a *attendee) speak(ctx context.Context) error {
	return a.play(ctx, session.Microphone, voiceEvery, func(int) []byte {
		data := make([]byte, voiceSize)
		binary.BigEndian.PutUint64(data[copy(data, voiceMark):], uint64(time.Since(a.zero)))
		a.mu.Lock()
		a.said++
		a.mu.Unlock()
		return data
	})
}

// film publishes a webcam until the context ends.
func (a *attendee) film(ctx context.Context) error {
	return a.play(ctx, session.Camera, filmEvery, func(n int) []byte {
		data := make([]byte, filmSize)
		copy(data, keyPicture)
		if n%filmKeys > 0 {
			data[0] |= 1 // no key frame
		}
		return data
	})
}

// play publishes a source until the context ends.
func (a *attendee) play(ctx context.Context, source session.Source, every time.Duration, next func(n int) []byte) error {
	select {
	case <-a.client.Inside():
	case <-ctx.Done():
		return nil
	}
	err := a.client.Publish(ctx, source, true)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for n := 0; err == nil; n++ {
		if err = a.client.Play(source, next(n), every); err != nil {
			break
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
	if ctx.Err() != nil {
		err = nil // the end is why
	}
	return err
}

// look sways in front of the screen until the context ends.
func (a *attendee) look(ctx context.Context) error {
	select {
	case <-a.client.Inside():
	case <-ctx.Done():
		return nil
	}
	ticker := time.NewTicker(time.Second / lookRate)
	defer ticker.Stop()
	begin := time.Now()
	for n := 1; ; n++ {
		x := crowdSway * math.Sin(2*math.Pi*time.Since(begin).Seconds()/swayPeriod)
		_ = a.client.Look(protocol.Look{Sequence: n, Eye: session.Vector{x, 0, 0}, Confidence: 1}) // before the channel is open
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// visit is somebody who comes, hears somebody and goes; it returns how long it
// took from the door to the first sound.
func (b *roomBench) visit(ctx context.Context, room string) (time.Duration, error) {
	a, err := b.node.enter(ctx, room)
	if err != nil {
		return 0, err
	}
	visiting := newGroup(ctx)
	visiting.run(a.client.Run)
	heard := a.hears(visiting.ctx)
	took := time.Since(a.begun)
	if err := visiting.end(); err != nil {
		return 0, err // the cause of heard
	}
	return took, heard
}

// tally is what the participants sent and got.
type tally struct {
	said    int // voice packets, once each who should hear it
	heard   int
	delays  []time.Duration // since the last tally
	packets uint64          // of all kinds, received
	bytes   uint64
}

// sumUp takes what the participants have noted.
func sumUp(all []*attendee) (t tally) {
	for _, a := range all {
		a.mu.Lock()
		t.said += a.said * (len(all) - 1)
		t.heard += a.heard
		t.delays = append(t.delays, a.delays...)
		a.delays = nil
		a.mu.Unlock()
		for _, c := range a.client.Received() {
			t.packets += c.Packets
			t.bytes += c.Bytes
		}
	}
	return t
}

// newSpread is the spread of some times, in milliseconds.
func newSpread(times []time.Duration) latencyReport {
	samples := make([]sample, len(times))
	for i, t := range times {
		samples[i].latency = t
	}
	return newLatency(samples)
}
