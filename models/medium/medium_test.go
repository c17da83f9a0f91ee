package medium_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/medium"
	"github.com/virtualcube/virtualcube/models/scene"
)

const start = capture.Time(time.Second)

// stretch is sound whose samples are all the same.
func stretch(at capture.Time, value float32) capture.Sound {
	s := medium.Silence(at)
	for i := range s.Samples {
		s.Samples[i] = value
	}
	return s
}

func TestSoundsAtCutsWhatCame(t *testing.T) {
	earlier := []capture.Sound{stretch(start, 0.25), stretch(start.Add(capture.SoundLength), 0.5)}
	s, ok := medium.Sounds{}.At(earlier, start.Add(medium.Lasting(240)))
	if !ok || s.Captured != start.Add(medium.Lasting(240)) || s.Samples[0] != 0.25 || s.Samples[719] != 0.25 || s.Samples[720] != 0.5 || s.Samples[959] != 0.5 {
		t.Errorf("%v, %v at %v, %v, %v", ok, s.Samples[719:721], s.Captured, s.Samples[0], s.Samples[959])
	}
	s, ok = medium.Sounds{}.At(earlier, start.Add(medium.Lasting(1440)))
	if !ok || s.Samples[479] != 0.5 || s.Samples[480] != 0 {
		t.Errorf("beyond what came: %v, %v", ok, s.Samples[478:482])
	}
	s, ok = medium.Sounds{}.At(earlier, start.Add(time.Minute))
	if ok || len(s.Samples) != capture.SoundSamples || slices.Max(s.Samples) != 0 {
		t.Errorf("nothing came: %v, %v", ok, s)
	}
}

func TestSoundsInPlaceOfWhatFailed(t *testing.T) {
	last, due := stretch(start, 1), start.Add(time.Minute)
	s := medium.Sounds{}.Held(last, last, due)
	if s.Captured != due || s.Samples[0] != 0.5 || s.Samples[480] != 0.25 || s.Samples[959] <= 0 || s.Samples[959] > 0.001 || last.Samples[0] != 1 {
		t.Errorf("held: %v at %v", s.Samples, s.Captured)
	}
	s, ok := medium.Sounds{}.Skipped(last, due)
	if !ok || s.Captured != due || len(s.Samples) != capture.SoundSamples || slices.Max(s.Samples) != 0 {
		t.Errorf("skipped: %v, %v", ok, s)
	}
}

// counted is a picture at an instant that counts whether it is held.
func counted(at capture.Time, held *int) *capture.Frame {
	*held++
	f := capture.NewFrame(func(*capture.Frame) { *held-- })
	f.Captured = at
	return f
}

func TestFramesAtIsTheNearest(t *testing.T) {
	held := 0
	var earlier []*capture.Frame
	if _, ok := (medium.Frames{}).At(earlier, start); ok {
		t.Error("a frame of none")
	}
	for i := range 3 {
		earlier = append(earlier, counted(start.Add(time.Duration(i)*40*time.Millisecond), &held))
	}
	f, ok := medium.Frames{}.At(earlier, start.Add(55*time.Millisecond))
	if !ok || f != earlier[1] {
		t.Errorf("%v of %v", f, earlier)
	}
	for _, e := range earlier {
		e.Release()
	}
	if held != 1 {
		t.Errorf("%d are held, want the one that was asked for", held)
	}
	f.Release()
	if held != 0 {
		t.Errorf("%d are held at the end", held)
	}
}

func TestFramesHeldStandForWhatIsDue(t *testing.T) {
	held := 0
	last, now, due := counted(start, &held), counted(start.Add(time.Second), &held), start.Add(time.Minute)
	now.Sequence, now.Camera, now.Emitted = 7, 3, start.Add(2*time.Second)
	last.Colour = scene.Picture(0, 16, 16).Colour
	f := medium.Frames{}.Held(last, now, due)
	if f.Captured != due || f.Sequence != 7 || f.Camera != 3 || f.Emitted != now.Emitted || &f.Colour.Planes[0][0] != &last.Colour.Planes[0][0] {
		t.Errorf("%+v", f)
	}
	last.Release()
	now.Release()
	if held != 1 {
		t.Errorf("%d are held, want what it shows", held)
	}
	f.Release()
	if held != 0 {
		t.Errorf("%d are held at the end", held)
	}
	if f, ok := (medium.Frames{}).Skipped(nil, due); ok || f != nil {
		t.Errorf("skipped: %v", f)
	}
}

func TestSetsHeldKeepTheirFrames(t *testing.T) {
	held := 0
	last := capture.NewFrameSet(1, start, []*capture.Frame{counted(start, &held), nil})
	now := capture.NewFrameSet(2, start.Add(time.Second), []*capture.Frame{nil, nil})
	s := medium.Sets{}.Held(last, now, start.Add(time.Minute))
	if s.Captured != start.Add(time.Minute) || s.Sequence != 2 || s.Closed != now.Closed || s.Frames[0] != last.Frames[0] || s.Frames[0].Captured != start || s.Frames[1] != nil {
		t.Errorf("%+v", s)
	}
	last.Release()
	now.Release()
	if held != 1 {
		t.Errorf("%d are held, want what it shows", held)
	}
	s.Release()
	if held != 0 {
		t.Errorf("%d are held at the end", held)
	}
}

func TestCheckSound(t *testing.T) {
	if err := (medium.Sounds{}).Check(stretch(start, 0), stretch(start, 1)); err != nil {
		t.Error(err)
	}
	if err := (medium.Sounds{}).Check(stretch(start, 0), stretch(start, 1.1)); err == nil {
		t.Error("louder than can be")
	}
}

// faults are what a filter may do to a picture with depth and a matte, and what
// is said of it, alone and in a set; nothing, where it may.
var faults = map[string]struct {
	change     func(*capture.Frame)
	alone, set string
}{
	"nothing":          {func(*capture.Frame) {}, "", ""},
	"no matte":         {func(f *capture.Frame) { f.Matte = capture.Matte{} }, "", ""},
	"no pixels":        {func(f *capture.Frame) { f.Colour.Planes[0] = nil }, "plane 0", "camera 1: plane 0"},
	"another size":     {func(f *capture.Frame) { f.Colour, f.Matte = scene.Picture(0, 32, 16).Colour, capture.Matte{} }, "32x16", "camera 1: a I420 of 32x16"},
	"another format":   {func(f *capture.Frame) { f.Colour = scene.Blank(0, 16, 16, capture.NV12).Colour }, "a NV12", "camera 1: a NV12"},
	"depth is cut":     {func(f *capture.Frame) { f.Depth.Millimetres = f.Depth.Millimetres[1:] }, "depth", "camera 1: depth"},
	"matte is cut":     {func(f *capture.Frame) { f.Matte.Coverage = f.Matte.Coverage[1:] }, "matte", "camera 1: matte"},
	"a smaller matte":  {func(f *capture.Frame) { f.Matte = matte(8, 8) }, "the matte has 8x8", "camera 1: the matte has 8x8"},
	"another depth":    {func(f *capture.Frame) { f.Depth = depth(4, 4) }, "", "camera 1: depth of 4x4 was made of 8x8"},
	"depth taken away": {func(f *capture.Frame) { f.Depth = capture.DepthPicture{} }, "", "camera 1: depth of 0x0 was made of 8x8"},
}

func matte(w, h int) capture.Matte {
	return capture.Matte{Width: w, Height: h, Coverage: make([]byte, w*h)}
}

func depth(w, h int) capture.DepthPicture {
	return capture.DepthPicture{Width: w, Height: h, Millimetres: make([]uint16, w*h)}
}

func whole() *capture.Frame {
	f := scene.Picture(0, 16, 16)
	f.Depth, f.Matte = depth(8, 8), matte(16, 16)
	return f
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestCheckFrame(t *testing.T) {
	for name, c := range faults {
		t.Run(name, func(t *testing.T) {
			out := whole()
			c.change(out)
			expect(t, medium.Frames{}.Check(whole(), out), c.alone)
		})
	}
}

func TestCheckSet(t *testing.T) {
	set := func(frames ...*capture.Frame) *capture.FrameSet { return capture.NewFrameSet(1, start, frames) }
	for name, c := range faults {
		t.Run(name, func(t *testing.T) {
			out := whole()
			c.change(out)
			expect(t, medium.Sets{}.Check(set(whole(), whole()), set(whole(), out)), c.set)
		})
	}
	broken := whole()
	broken.Colour.Planes[0] = nil
	for name, c := range map[string]struct {
		in, out *capture.FrameSet
		want    string
	}{
		"a camera more":                       {set(whole()), set(whole(), whole()), "2 cameras"},
		"a camera taken out":                  {set(whole(), whole()), set(whole(), nil), ""},
		"a camera of an earlier set":          {set(whole(), nil), set(whole(), whole()), ""},
		"a camera of an earlier set, invalid": {set(whole(), nil), set(whole(), broken), "camera 1: "},
	} {
		t.Run(name, func(t *testing.T) { expect(t, medium.Sets{}.Check(c.in, c.out), c.want) })
	}
}

func TestSamples(t *testing.T) {
	for n := range 2 * capture.SoundSamples {
		if got := medium.Samples(medium.Lasting(n)); got != n {
			t.Fatalf("%d samples last %v, which is %d", n, medium.Lasting(n), got)
		}
	}
	if d := medium.Lasting(capture.SoundSamples); d != capture.SoundLength {
		t.Errorf("a stretch lasts %v", d)
	}
}
