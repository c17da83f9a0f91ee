package main

import (
	"context"
	"log/slog"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/voice"
)

// rigVoice is the way of a rig's sound: microphone -> Opus -> relay.
type rigVoice struct {
	queue *capture.SoundQueue
	track *voice.Track
	relay *fanout.Relay
	log   *slog.Logger
}

func newRigVoice(log *slog.Logger) (*rigVoice, error) {
	v := &rigVoice{queue: capture.NewSoundQueue(), log: log}
	var err error
	if v.relay, err = fanout.NewRelay(fanout.RelayConfig{Kind: fanout.Audio}); err != nil {
		return nil, err
	}
	v.track, err = voice.NewTrack(voice.TrackOptions{Microphone: v.queue, Sink: v, Loss: v.relay.Loss, Log: log})
	return v, err
}

// Packet implements voice.Sink.
func (v *rigVoice) Packet(p voice.Packet) {
	if err := v.relay.Write(p.Data, p.Timestamp, p.Begins, int(p.Level), p.Voice); err != nil {
		v.log.Debug("sound not sent", "error", err) // its relay has ended
	}
}

// Run encodes and forwards until the context ends or the microphone does.
func (v *rigVoice) Run(ctx context.Context) error {
	parts := newGroup(ctx)
	parts.run(v.relay.Run)
	parts.run(v.track.Run)
	return parts.join()
}
