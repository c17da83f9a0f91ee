package process_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/process"
)

// picture makes a frame whose strides are larger than its rows.
func picture(t testing.TB, format capture.Format, width, height int, at capture.Time) *capture.Frame {
	t.Helper()
	f := capture.NewFrame(nil)
	f.Sequence, f.Captured, f.Emitted = uint64(at), at, at
	f.Colour = capture.Picture{Format: format, Width: width, Height: height}
	rows := map[capture.Format][][2]int{
		capture.I420: {{width, height}, {width / 2, height / 2}, {width / 2, height / 2}},
		capture.NV12: {{width, height}, {width, height / 2}},
		capture.RGBA: {{4 * width, height}},
	}[format]
	for i, r := range rows {
		f.Colour.Strides[i] = r[0] + 16
		f.Colour.Planes[i] = make([]byte, (r[0]+16)*r[1])
		for j := range f.Colour.Planes[i] {
			f.Colour.Planes[i][j] = byte(j*7 + i + int(at))
		}
	}
	if err := f.Colour.Validate(); err != nil {
		t.Fatal(err)
	}
	return f
}

// content is the pixels of a picture without what lies between rows.
func content(f *capture.Frame) []byte {
	rows := map[capture.Format][3][2]int{
		capture.I420: {{1, 1}, {2, 2}, {2, 2}},
		capture.NV12: {{1, 1}, {1, 2}},
		capture.RGBA: {{1, 1}},
	}[f.Colour.Format]
	var all []byte
	for i, r := range rows {
		if r == [2]int{} {
			continue
		}
		width := f.Colour.Width / r[0]
		if f.Colour.Format == capture.RGBA {
			width *= 4
		}
		for y := range f.Colour.Height / r[1] {
			all = append(all, f.Colour.Planes[i][y*f.Colour.Strides[i]:][:width]...)
		}
	}
	return all
}

func inverted(b []byte) []byte {
	out := make([]byte, len(b))
	for i, x := range b {
		out[i] = 255 - x
	}
	return out
}

func video(t testing.TB, l process.Launcher) (models.Stage[*capture.Frame], func(do string) models.Values) {
	t.Helper()
	d := l.Isolate(paint())
	s, err := d.OpenVideo(t.Context(), environment(), d.Parameters.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, func(do string) models.Values {
		v, err := d.Parameters.Defaults().With(map[string]any{"do": do})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestVideo changes format, size and what is made from frame to frame.
func TestVideo(t *testing.T) {
	s, with := video(t, self)
	var held []*capture.Frame
	var want [][]byte
	at := capture.Time(0)
	for _, size := range [][2]int{{32, 16}, {320, 180}, {1280, 720}, {64, 48}, {1920, 1080}, {2, 2}} {
		for _, format := range []capture.Format{capture.I420, capture.NV12, capture.RGBA} {
			for _, do := range []string{"invert", "matte", "same"} {
				at++
				in := picture(t, format, size[0], size[1], at)
				out, err := s.Process(in, with(do))
				if err != nil {
					t.Fatalf("%s of %v %v: %v", do, format, size, err)
				}
				if do == "same" {
					if out != in {
						t.Error("the input comes back as a copy")
					}
				} else {
					held, want = append(held, out), append(want, inverted(content(in)))
					if out.Captured != at || out.Sequence != uint64(at) || out.Emitted != at || out.Matte.Empty() != (do != "matte") {
						t.Errorf("%s: %+v", do, out)
					}
				}
				if do == "matte" && (len(out.Matte.Coverage) != size[0]*size[1] || out.Matte.Coverage[3] != 3) {
					t.Errorf("matte %dx%d", out.Matte.Width, out.Matte.Height)
				}
			}
			if len(held) > 6 {
				for _, f := range held[:4] {
					f.Release()
				}
				held, want = held[4:], want[4:]
			}
			for i, f := range held {
				if !slices.Equal(content(f), want[i]) {
					t.Fatalf("a frame of %dx%d that is held has changed", f.Colour.Width, f.Colour.Height)
				}
			}
		}
	}
	// Frames outlive the process.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i, f := range held {
		if !slices.Equal(content(f), want[i]) {
			t.Fatal("a frame has changed with the end of its process")
		}
		f.Release()
	}
	if n := footprint(t)[1]; n != 0 {
		t.Errorf("%d slots are mapped after the last release", n)
	}
}

func TestLookAhead(t *testing.T) {
	s, with := video(t, self)
	for at := capture.Time(1); at < 40; at++ {
		in := picture(t, capture.I420, 64, 32, at)
		out, err := s.Process(in, with("ahead"))
		if err != nil {
			t.Fatal(err)
		}
		if at < 3 {
			if out != nil {
				t.Fatalf("frame %d has a result", at)
			}
			continue
		}
		if out.Captured != at-2 || !slices.Equal(content(out), content(picture(t, capture.I420, 64, 32, at-2))) {
			t.Fatalf("frame %d gave what was captured at %d", at, out.Captured)
		}
		out.Release()
	}
	if n := footprint(t)[1]; n > 4 {
		t.Errorf("%d slots for the three frames that are held and the one that comes", n)
	}
}

// TestBadFrames cost a frame, and are called by what is wrong.
func TestBadFrames(t *testing.T) {
	s, with := video(t, self)
	in := picture(t, capture.I420, 64, 32, 9)
	for do, say := range map[string]string{"stamp": "captured at 10", "broken": "are too few"} {
		if _, err := s.Process(in, with(do)); err == nil || !strings.Contains(err.Error(), say) || errors.Is(err, process.ErrDied) {
			t.Errorf("%s: %v, does not say %q", do, err, say)
		}
	}
	large := capture.NewFrame(nil)
	large.Captured = 1
	large.Colour = capture.Picture{Format: capture.I420, Width: 10000, Height: 2}
	if _, err := s.Process(large, with("same")); err == nil || !strings.Contains(err.Error(), "10000x2") {
		t.Errorf("10000 pixels a side: %v", err)
	}
	if out, err := s.Process(in, with("none")); err != nil || out != nil {
		t.Errorf("%v, %v", out, err)
	}
	if out, err := s.Process(in, with("invert")); err != nil {
		t.Errorf("it does not go on: %v", err)
	} else {
		out.Release()
	}
}

// TestFull is when nobody releases, there or here: frames are refused, and the
// process lives on.
func TestFull(t *testing.T) {
	l := self
	l.Shared = 4 << 20
	in := picture(t, capture.I420, 640, 480, 1) // 0.44 MiB
	t.Run("there", func(t *testing.T) {
		s, with := video(t, l)
		var err error
		n := 0
		for ; err == nil && n < 100; n++ {
			_, err = s.Process(in, with("hoard"))
		}
		if n < 7 || n > 9 || !strings.Contains(err.Error(), "no memory is left to share") {
			t.Errorf("after %d frames: %v", n, err)
		}
	})
	t.Run("here", func(t *testing.T) {
		s, with := video(t, l)
		var held []*capture.Frame
		for range 100 {
			out, err := s.Process(in, with("invert"))
			if err != nil {
				if len(held) < 5 || !strings.Contains(err.Error(), "no memory is left to share") {
					t.Errorf("after %d frames: %v", len(held), err)
				}
				break
			}
			held = append(held, out)
		}
		for _, f := range held {
			f.Release()
		}
		if out, err := s.Process(in, with("invert")); err != nil {
			t.Errorf("after all are released: %v", err)
		} else {
			out.Release()
		}
	})
}

// frameSet is a set of eight cameras of which one did not come.
func frameSet(t testing.TB, at capture.Time) *capture.FrameSet {
	t.Helper()
	frames := make([]*capture.Frame, capture.MaxCameras)
	for i := range frames {
		if i == 3 {
			continue
		}
		f := picture(t, capture.NV12, 64, 48, at)
		f.Camera = i
		f.Depth = capture.DepthPicture{Width: 30, Height: 20, Millimetres: make([]uint16, 600)}
		for j := range f.Depth.Millimetres {
			f.Depth.Millimetres[j] = uint16(1000 + 10*i + j)
		}
		frames[i] = f
	}
	return capture.NewFrameSet(uint64(at), at+1, frames)
}

func TestRGBD(t *testing.T) {
	d := self.Isolate(deepen())
	e := environment()
	lens := space.Lens{Width: 64, Height: 48, Fx: 50, Fy: 50, Cx: 32, Cy: 24}
	e.Rig = capture.Rig{Name: "test", Volume: capture.DefaultVolume(), Cameras: []capture.Camera{{Name: "one", Colour: space.Camera{Lens: lens}}}}
	s := opened(t, d.OpenRGBD, e, d.Parameters.Defaults())
	for at := capture.Time(1); at < 6; at++ {
		in := frameSet(t, at)
		in.Captured, in.Emitted = at+10, at+20 // as of frames that were held
		out, err := s.Process(in, set(t, d, map[string]any{"do": "deepen", "depth": int(at)}))
		if err != nil {
			t.Fatal(err)
		}
		if out.Sequence != uint64(at) || out.Captured != at+10 || out.Closed != at+1 || len(out.Frames) != len(in.Frames) {
			t.Fatalf("%+v", out)
		}
		for i, f := range out.Frames {
			from := in.Frames[i]
			switch {
			case i == 3:
				if f != nil {
					t.Error("a camera has come that did not")
				}
			case i%2 == 0:
				if f != from {
					t.Errorf("camera %d: the input comes back as a copy", i)
				}
			default:
				if f.Camera != i || f.Depth.Validate() != nil || f.Depth.Millimetres[7] != from.Depth.Millimetres[7]+uint16(at) {
					t.Errorf("camera %d: %+v", i, f.Depth)
				}
			}
		}
		out.Release()
		in.Release()
	}
	in := frameSet(t, 6)
	defer in.Release()
	if out, err := s.Process(in, d.Parameters.Defaults()); err != nil || out != in {
		t.Errorf("%v, %v", out, err)
	} else {
		out.Release()
	}
	if _, err := s.Process(in, set(t, d, map[string]any{"do": "swap"})); err == nil || !strings.Contains(err.Error(), "it is of camera 1") || errors.Is(err, process.ErrDied) {
		t.Errorf("swapped cameras: %v", err)
	}
	if _, err := s.Process(in, set(t, d, map[string]any{"do": "rig"})); err == nil || !strings.Contains(err.Error(), `"Fx":50`) || !strings.Contains(err.Error(), `"Volume"`) {
		t.Errorf("the rig is handed over as %v", err)
	}
}
