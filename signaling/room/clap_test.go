package room_test

import (
	"math"
	"sync/atomic"
	"time"

	pionmedia "github.com/pion/webrtc/v4/pkg/media"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// clapper flashes and beeps at one instant, every period, and numbers its
// pictures.
type clapper struct {
	*guest
	key atomic.Bool // the node asked for a key frame
}

const (
	clapTick   = 20 * time.Millisecond // of sound
	clapPeriod = 24                    // ticks
	clapWidth  = 128
	clapHeight = 64
)

// picture shows its number in eight fields, below a field that flashes.
func clapPicture(number int, flash bool) capture.Picture {
	p := capture.Picture{Format: capture.I420, Width: clapWidth, Height: clapHeight, Strides: [3]int{clapWidth, clapWidth / 2, clapWidth / 2}}
	p.Planes = [3][]byte{make([]byte, clapWidth*clapHeight), make([]byte, clapWidth*clapHeight/4), make([]byte, clapWidth*clapHeight/4)}
	for i := range p.Planes[1] {
		p.Planes[1][i], p.Planes[2][i] = 128, 128
	}
	for y := range clapHeight {
		for x := range clapWidth {
			luma := byte(40)
			if y < clapHeight/2 && flash || y >= clapHeight/2 && number>>(x/16)&1 == 1 {
				luma = 200
			}
			p.Planes[0][y*clapWidth+x] = luma
		}
	}
	return p
}

func (c *clapper) run() error {
	voice, err := opus.NewEncoder(opus.Options{Channels: 1, Bitrate: 32_000, Complexity: 2})
	if err != nil {
		return err
	}
	defer voice.Close()
	camera, err := vpx.NewEncoder(clapWidth, clapHeight, 300_000)
	if err != nil {
		return err
	}
	defer camera.Close()
	ticker := time.NewTicker(clapTick)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ticker.C:
		case <-c.ctx.Done():
			return nil
		}
		samples := make([]float32, capture.SoundSamples)
		for i := range samples {
			if n%clapPeriod < 3 {
				samples[i] = 0.5 * float32(math.Sin(2*math.Pi*1000*float64(i)/capture.SampleRate))
			}
		}
		data, err := voice.Encode(samples)
		if err == nil {
			err = c.Microphone().WriteSample(pionmedia.Sample{Data: data, Duration: clapTick})
		}
		if err == nil && n%2 == 0 {
			var packet []byte
			encoded, failed := camera.Encode(clapPicture(n/2&0xff, n%clapPeriod < 6), int64(n)*1800, c.key.Swap(false))
			packet, err = encoded.Data, failed
			if err == nil {
				err = c.Camera().WriteSample(pionmedia.Sample{Data: packet, Duration: 2 * clapTick})
			}
		}
		if err != nil {
			return err
		}
	}
}
