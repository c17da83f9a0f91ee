package batch

import (
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/folder"
	"github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/medium"
)

// recorded is a rig's recording whose depth is the number of the set; the second
// camera is missing in every third set but the first.
type recorded struct {
	rig  capture.Rig
	sets int
	at   int
}

func newRecorded(sets int) *recorded {
	lens := space.Lens{Width: 8, Height: 8, Fx: 8, Fy: 8, Cx: 3.5, Cy: 3.5}
	r := &recorded{sets: sets, rig: capture.Rig{Name: "pair", Rate: 20, Volume: capture.DefaultVolume()}}
	for i, name := range []string{"left", "right"} {
		pose := space.Rigid{R: space.RotationAbout(space.Vec3{X: 1}, math.Pi), T: space.Vec3{X: float64(i), Z: 1.5}}
		r.rig.Cameras = append(r.rig.Cameras, capture.Camera{Name: name, Colour: space.Camera{Lens: lens, Pose: pose}, Depth: space.Camera{Lens: lens, Pose: pose}})
	}
	return r
}

func (r *recorded) Rig() capture.Rig                        { return r.rig }
func (r *recorded) Run(context.Context, capture.Sink) error { return errors.New("it is read") }
func (r *recorded) Close() error                            { return nil }
func (r *recorded) missing(set, camera int) bool            { return camera == 1 && set > 0 && set%3 == 0 }
func (r *recorded) Next(context.Context) (time.Duration, []*capture.Frame, error) {
	if r.at == r.sets {
		return 0, nil, io.EOF
	}
	offset := time.Duration(r.at) * 50 * time.Millisecond
	var frames []*capture.Frame
	for i := range r.rig.Cameras {
		if r.missing(r.at, i) {
			continue
		}
		f := capture.NewFrame(nil)
		f.Camera, f.Captured, f.Colour = i, capture.Time(offset), nv12.New(8, 8, capture.Full)
		f.Colour.Planes[0][0] = 200 // light somewhere
		f.Depth = capture.DepthPicture{Width: 8, Height: 8, Millimetres: make([]uint16, 64)}
		for k := range f.Depth.Millimetres {
			f.Depth.Millimetres[k] = uint16(1000 + r.at)
		}
		frames = append(frames, f)
	}
	r.at++
	return offset, frames, nil
}

// setsBehind returns the set before; it adds 100 mm, so that it is seen that it
// worked.
type setsBehind struct{ last *capture.FrameSet }

func (s *setsBehind) Process(in *capture.FrameSet, _ none) (*capture.FrameSet, error) {
	out := s.last
	s.last = in.Retain()
	if out == nil {
		return nil, nil
	}
	defer out.Release()
	frames := make([]*capture.Frame, len(out.Frames))
	for i, f := range out.Frames {
		if f == nil {
			continue
		}
		made := medium.Frames{}.Held(f, f, f.Captured)
		made.Depth.Millimetres = make([]uint16, len(f.Depth.Millimetres))
		for k, mm := range f.Depth.Millimetres {
			made.Depth.Millimetres[k] = mm + 100
		}
		frames[i] = made
	}
	made := capture.NewFrameSet(out.Sequence, out.Closed, frames)
	made.Captured = out.Captured
	return made, nil
}

func (s *setsBehind) Close() error {
	if s.last != nil {
		s.last.Release()
		s.last = nil
	}
	return nil
}

func TestRigIsFilteredIntoAFolderThatCanBeRead(t *testing.T) {
	d, err := models.RGBD(describe("behind", 50*time.Millisecond, models.Hold), none{}, func(_ context.Context, e models.Environment, _ none) (models.RGBDFilter[none], error) {
		if e.Rig.Name != "pair" {
			return nil, errors.New("not told of the rig")
		}
		return &setsBehind{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const sets = 8
	source := newRecorded(sets)
	from := clip.OfRecording(t.Context(), "pair:", source)
	dir := filepath.Join(t.TempDir(), "out")
	to, err := clip.Create(t.Context(), dir, clip.Plan{Rig: from.Info.Rig})
	if err != nil {
		t.Fatal(err)
	}
	report, err := Run(t.Context(), from, []models.Bound{{Definition: d}}, to, Options{Opener: opener{}})
	_, closed := to.Close(true)
	if err := errors.Join(err, closed); err != nil {
		t.Fatal(err)
	}
	if s := report.Streams[0]; s.Read != sets || s.Written != sets || math.Abs(report.Seconds-sets/20.) > 1e-6 || report.Filters[0].Errors > 0 {
		t.Errorf("%+v", report)
	}
	again, err := folder.Open(folder.Options{Dir: dir, Clock: capture.NewClock()})
	if err != nil {
		t.Fatal(err)
	}
	for n := range sets {
		_, frames, err := again.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			if mm := f.Depth.Millimetres[5]; int(mm) != 1100+n {
				t.Errorf("set %d, camera %d: depth %d, want %d", n, f.Camera, mm, 1100+n)
			}
			f.Release()
		}
		if want := map[bool]int{true: 1, false: 2}[source.missing(n, 1)]; len(frames) != want {
			t.Errorf("set %d has %d frames, want %d", n, len(frames), want)
		}
	}
	if _, _, err := again.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the last: %v", err)
	}
}
