package k4a

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
)

func FuzzRecording(f *testing.F) {
	small := plain(f, 1)
	small.width, small.height = 16, 12
	small.frames[0][0] = jpegPayload(f, 16, 12)
	for _, change := range []func(*recording){func(*recording) {}, func(r *recording) { r.unknownSizes = true }, func(r *recording) { r.groups = true }, func(r *recording) { r.frames = nil }, func(r *recording) { r.tags = nil; r.noDepthTrack = true }} {
		r := small
		change(&r)
		// Depth is big and dull: the fuzzer gets the file without it.
		if len(r.frames) > 0 {
			r.frames = [][2][]byte{{r.frames[0][0], make([]byte, 40)}}
		}
		f.Add(r.bytes())
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		file := bytes.NewReader(data)
		x, err := walk(file, int64(len(data)))
		if err != nil {
			return
		}
		_, _ = x.calibration()
		r, err := newReel(file, x, slog.New(slog.DiscardHandler))
		if err != nil {
			return
		}
		defer r.decoder.close()
		if r.pairs.colour.width*r.pairs.colour.height > 1<<20 || r.pairs.depth.width*r.pairs.depth.height > 1<<20 {
			return
		}
		if s, err := r.first(); err == nil {
			s.Free()
		}
		for range 100 {
			if _, err := r.Next(); err != nil {
				return
			}
			shots, _, err := r.Decode(context.Background())
			if err != nil {
				return
			}
			for _, s := range shots {
				s.Free()
			}
		}
	})
}

func FuzzCalibration(f *testing.F) {
	f.Add(calibrationOf(f))
	f.Add([]byte(`{"CalibrationInformation":{"Cameras":[{"Location":"CALIBRATION_CameraLocationD0"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCalibration(data)
		if err != nil {
			return
		}
		for m := range depthModes {
			if l, err := c.DepthLens(m[0], m[1]); err == nil && l.Validate() != nil {
				t.Fatal(l)
			}
		}
		if err := c.DepthToColour().Validate(); err != nil {
			t.Fatal(err)
		}
	})
}
