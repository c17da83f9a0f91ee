package whip

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/multiview"
)

const statsInterval = time.Second

// viewer is one peer that watches a cube. Its goroutine is run.
type viewer struct {
	*session
	cube       *Cube
	clock      *capture.Clock
	counts     *counts
	subscriber *fanout.Subscriber
	watcher    *multiview.Watcher
	since      time.Time

	// opened takes the scene channel; a second one is closed.
	opened chan *webrtc.DataChannel
	// inbox holds messages of the scene channel; when it is full the newest
	// is dropped and counted.
	inbox chan message
}

// newViewer makes the peer and its answer to the offer.
func (e *Endpoint) newViewer(ctx context.Context, cube *Cube, id, offer string) (v *viewer, answer string, err error) {
	peer, estimator, err := fanout.NewPeer(e.config.Media.Settings(), cube.Ladders[0].Bitrate())
	if err != nil {
		return nil, "", err
	}
	v = &viewer{
		session: newSession(id, peer, e.config.Log.With("cube", cube.Name, "viewer", id[:8])), cube: cube, clock: e.config.Clock, counts: &e.counts,
		watcher: cube.Views.Watch(), since: time.Now(), opened: make(chan *webrtc.DataChannel, 1), inbox: make(chan message, 16),
	}
	v.prepare = v.silence
	v.subscriber = cube.Ladders[v.watcher.View()].Subscribe(cube.Name, estimator)
	peer.OnDataChannel(v.accept)
	answer, err = v.answer(ctx, offer)
	if err != nil {
		v.close()
		return nil, "", err
	}
	return v, answer, nil
}

func (v *viewer) answer(ctx context.Context, offer string) (string, error) {
	_, err := v.peer.AddTransceiverFromTrack(v.subscriber, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return "", err
	}
	return v.negotiate(ctx, offer)
}

// silence makes sections that this node has nothing to send in inactive.
func (v *viewer) silence() error {
	for _, t := range v.peer.GetTransceivers() {
		if t.Kind() != webrtc.RTPCodecTypeAudio || t.Direction() == webrtc.RTPTransceiverDirectionInactive {
			continue
		}
		if err := t.Stop(); err != nil {
			return fmt.Errorf("stop audio section: %w", err)
		}
	}
	return nil
}

// close ends what newViewer made. It returns after pion's goroutines did.
func (v *viewer) close() {
	v.watcher.Leave()
	v.session.close()
}

// run serves the viewer until it ends, closes its peer and returns after all
// its goroutines.
func (v *viewer) run(ctx context.Context) {
	v.log.Info("viewer came")
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	reason := v.serve(ctx, &parts)
	cancel()
	v.close()
	parts.Wait()
	v.log.Info("viewer ended", "reason", reason, "after", time.Since(v.since).Round(time.Second))
}

// serve reacts to what happens until something ends the viewer.
func (v *viewer) serve(ctx context.Context, parts *sync.WaitGroup) error {
	deadline := time.NewTimer(connectWithin)
	defer deadline.Stop()
	ticker := time.NewTicker(statsInterval)
	defer ticker.Stop()
	ended := make(chan error, 1)
	scene := scene{viewer: v}
	started := false
	for {
		select {
		case s := <-v.states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				deadline.Stop()
				if !started {
					started = true
					parts.Go(func() { ended <- v.subscriber.Run(ctx) })
					parts.Go(func() { v.subscriber.Feedback(ctx) })
				}
			case webrtc.PeerConnectionStateDisconnected:
				deadline.Reset(connectWithin)
			case webrtc.PeerConnectionStateFailed:
				return errDisconnected
			case webrtc.PeerConnectionStateClosed: // the viewer's DTLS said so
				return errDeleted
			}
		case <-deadline.C:
			switch {
			case v.peer.ConnectionState() == webrtc.PeerConnectionStateConnected:
			case started:
				return errDisconnected
			default:
				return errUnconnected
			}
		case err := <-ended:
			if err == nil {
				err = errShutdown
			}
			return err
		case <-v.deleted:
			return errDeleted
		case <-ctx.Done():
			return errShutdown
		case d := <-v.opened:
			scene.open(d)
		case m := <-v.inbox:
			scene.receive(m)
		case <-v.subscriber.Came():
			v.watcher.Arrived(slices.Index(v.cube.Ladders, v.subscriber.At()))
		case <-v.watcher.Changed():
			scene.follow()
		case <-ticker.C:
			scene.stats()
		}
	}
}
