package filtertest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// smallRig is two cameras that look at a head.
func smallRig() capture.Rig {
	rig := capture.Rig{Name: "filtertest", Volume: capture.DefaultVolume(), Rate: 30}
	for i, x := range []float64{-0.3, 0.3} {
		pose := space.LookAt(space.Vec3{X: x, Z: 1.2}, space.Vec3{}, space.Vec3{Y: 1})
		lens := space.Lens{Width: 320, Height: 180, Fx: 200, Fy: 200, Cx: 159.5, Cy: 89.5}
		camera := space.Camera{Lens: lens, Pose: pose}
		rig.Cameras = append(rig.Cameras, capture.Camera{Name: fmt.Sprint("camera", i), Colour: camera, Depth: camera})
	}
	return rig
}

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

// camera is what one camera of the rig sees.
func (c cube) camera(i, n int) *capture.Frame {
	colour, depth := c.rig.Cameras[i].Colour.Lens, c.rig.Cameras[i].Depth.Lens
	painted := webcam{}.sized(n+7*i, colour.Width, colour.Height)
	defer painted.Release()
	f := blank(n, colour.Width, colour.Height, capture.NV12)
	f.Camera = i
	copy(f.Colour.Planes[0], painted.Colour.Planes[0])
	for j := range painted.Colour.Planes[1] {
		f.Colour.Planes[1][2*j], f.Colour.Planes[1][2*j+1] = painted.Colour.Planes[1][j], painted.Colour.Planes[2][j]
	}
	f.Depth = capture.DepthPicture{Width: depth.Width, Height: depth.Height, Millimetres: make([]uint16, depth.Width*depth.Height)}
	for y := range depth.Height {
		for x := range depth.Width {
			chroma := painted.Colour.Planes[2][y*colour.Height/depth.Height/2*(colour.Width/2)+x*colour.Width/depth.Width/2]
			mm := uint16(2000)
			if chroma != 118 {
				mm = 1200
			}
			f.Depth.Millimetres[y*depth.Width+x] = mm
		}
	}
	return f
}

func (c cube) frame(n int) *capture.FrameSet {
	list := make([]*capture.Frame, len(c.rig.Cameras))
	for i := range list {
		list[i] = c.camera(i, n)
	}
	return capture.NewFrameSet(uint64(n), list[0].Captured, list)
}

// without is a set in which frames are changed or left out.
func (c cube) without(n int, change func(i int, f *capture.Frame) *capture.Frame) *capture.FrameSet {
	list := make([]*capture.Frame, len(c.rig.Cameras))
	for i := range list {
		f := c.camera(i, n)
		if list[i] = change(i, f); list[i] == nil {
			f.Release()
		}
	}
	s := capture.NewFrameSet(uint64(n), 0, list)
	s.Captured = begin + capture.Time(n)*capture.Time(time.Second/30)
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
