package filtertest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/scene"
)

// cube shows each camera of a rig the webcam's person, at 1.2 m before 2 m.
type cube struct{ rig capture.Rig }

func (cube) period() time.Duration                     { return time.Second / 30 }
func (cube) captured(s *capture.FrameSet) capture.Time { return s.Captured }
func (cube) absent(s *capture.FrameSet) bool           { return s == nil }
func (cube) release(s *capture.FrameSet)               { s.Release() }
func (cube) same(a, b *capture.FrameSet) bool          { return a == b }

func (cube) at(s *capture.FrameSet, t capture.Time) *capture.FrameSet {
	s.Captured = t // nobody else has it yet
	for _, f := range s.Frames {
		if f != nil {
			f.Captured = t
		}
	}
	return s
}

func (c cube) frame(n int) *capture.FrameSet { return scene.Set(c.rig, n) }

// without is a set in which frames are changed or left out.
func (c cube) without(n int, change func(i int, f *capture.Frame) *capture.Frame) *capture.FrameSet {
	list := make([]*capture.Frame, len(c.rig.Cameras))
	for i := range list {
		f := scene.Camera(c.rig, i, n)
		if list[i] = change(i, f); list[i] == nil {
			f.Release()
		}
	}
	s := capture.NewFrameSet(uint64(n), 0, list)
	s.Captured = scene.Begin + capture.Time(n)*capture.Time(time.Second/30)
	return s
}

func (c cube) odd(n int) map[string]*capture.FrameSet {
	depth := func(mm uint16) *capture.FrameSet {
		return c.without(n, func(_ int, f *capture.Frame) *capture.Frame {
			for i := range f.Depth.Millimetres {
				f.Depth.Millimetres[i] = mm
			}
			return f
		})
	}
	return map[string]*capture.FrameSet{
		"no depth": depth(0), "far away": depth(65535),
		"black": c.without(n, func(_ int, f *capture.Frame) *capture.Frame { return level(f, 16, 128) }),
		"first camera missing": c.without(n, func(i int, f *capture.Frame) *capture.Frame {
			if i == 0 {
				return nil
			}
			return f
		}),
		"all missing": c.without(n, func(int, *capture.Frame) *capture.Frame { return nil }),
	}
}

func (cube) broken(int) (*capture.FrameSet, bool) { return nil, false }

func (cube) valid(in, out *capture.FrameSet) error {
	if len(in.Frames) != len(out.Frames) {
		return fmt.Errorf("%d cameras came for %d", len(out.Frames), len(in.Frames))
	}
	if out.Captured <= 0 {
		return errStamp
	}
	for i, f := range out.Frames {
		switch {
		case f == nil:
		case in.Frames[i] == nil:
			return errors.New("a camera came that was missing")
		default:
			if err := (webcam{}).valid(in.Frames[i], f); err != nil {
				return fmt.Errorf("camera %d: %w", i, err)
			}
			if a, b := in.Frames[i].Depth, f.Depth; a.Width != b.Width || a.Height != b.Height {
				return fmt.Errorf("camera %d: depth of %dx%d came for %dx%d", i, b.Width, b.Height, a.Width, a.Height)
			}
		}
	}
	return nil
}

func (cube) sum(s *capture.FrameSet) uint64 {
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, []int64{int64(s.Captured), int64(s.Sequence)}) // a hash does not fail
	for _, f := range s.Frames {
		if f != nil {
			_ = binary.Write(h, binary.LittleEndian, webcam{}.sum(f))
		}
	}
	return h.Sum64()
}

func (cube) features(s *capture.FrameSet) (list []float64) {
	for _, f := range s.Frames {
		if f != nil {
			list = append(list, webcam{}.features(f)...)
		}
	}
	return list
}
