package rigfile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a source of n cameras that plays a recording of so many frames.
type fake struct {
	rig    capture.Rig
	clock  *capture.Clock
	begins time.Duration // what it takes to give the first frame
	frames int           // 0: without end
	fail   error
	closed *int
	ran    bool
	start  capture.Time
	live   atomic.Int64 // frames that are not released
}

const period = 40 * time.Millisecond

func newFake(clock *capture.Clock, cameras int) *fake {
	f := &fake{clock: clock, frames: 10}
	lens := space.Lens{Width: 8, Height: 8, Fx: 8, Fy: 8, Cx: 3.5, Cy: 3.5}
	f.rig = capture.Rig{Name: "fake", Rate: 25, Volume: space.Box{Min: space.Vec3{X: -1, Y: -1, Z: -1}, Max: space.Vec3{X: 1, Y: 1, Z: 1}}, Estimated: []string{"a guess"}}
	for i := range cameras {
		pose := space.Rigid{R: space.RotationAbout(space.Vec3{Y: 1}, float64(i)), T: space.Vec3{X: float64(i)}}
		beside := pose.Mul(space.Rigid{R: space.Identity3(), T: space.Vec3{X: 0.03}})
		f.rig.Cameras = append(f.rig.Cameras, capture.Camera{Name: fmt.Sprintf("c%d", i), Colour: space.Camera{Lens: lens, Pose: pose}, Depth: space.Camera{Lens: lens, Pose: beside}})
	}
	return f
}

func (f *fake) Rig() capture.Rig { return f.rig }
func (f *fake) Close() error {
	if f.closed != nil {
		*f.closed++
	}
	return nil
}

func (f *fake) Run(ctx context.Context, sink capture.Sink) error {
	if f.ran {
		return errors.New("run twice")
	}
	f.ran = true
	wait := f.begins
	for k := 0; f.frames == 0 || k < f.frames; k++ {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
		wait = period
		for i := range f.rig.Cameras {
			frame := capture.NewFrame(func(*capture.Frame) { f.live.Add(-1) })
			f.live.Add(1)
			frame.Camera, frame.Sequence = i, uint64(k)
			frame.Captured = f.clock.Now()
			frame.Emitted = frame.Captured
			frame.Depth = capture.DepthPicture{Width: 8, Height: 8, Millimetres: make([]uint16, 64)}
			sink.Frame(frame)
		}
		if f.rig.Microphone { // the period that begins now, ahead of time
			for at := time.Duration(0); at < period; at += capture.SoundLength {
				sink.Sound(capture.Sound{Captured: f.first(k).Add(at), Samples: make([]float32, capture.SoundSamples)})
			}
		}
		sink.Dropped(0, capture.DropTorn)
	}
	return f.fail
}

// first is the exact instant of the kth period of a source's sound.
func (f *fake) first(k int) capture.Time {
	if f.start == 0 {
		f.start = f.clock.Now()
	}
	return f.start.Add(time.Duration(k) * period)
}

// opened opens a rig file whose sources are fakes by address.
func opened(t testing.TB, yaml string, clock *capture.Clock, sources map[string]*fake) (*Source, error) {
	t.Helper()
	all := make(map[string]capture.Source)
	for address, s := range sources {
		all[address] = s
	}
	return composed(t, yaml, clock, all)
}

// composed opens a rig file of these sources.
func composed(t testing.TB, yaml string, clock *capture.Clock, sources map[string]capture.Source) (*Source, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rig.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	return Open(t.Context(), Options{File: path, Clock: clock, Open: func(_ context.Context, address string) (capture.Source, error) {
		address = strings.Replace(address, filepath.Dir(path)+string(filepath.Separator), "", 1)
		if s, ok := sources[address]; ok {
			return s, nil
		}
		return nil, fmt.Errorf("no such source %q", address)
	}})
}

const twoCameras = `version: 1
name: studio
rate: 25
cube:
  position: [0, -1, 0.5]
  rotation: [0.7071067811865476, 0, 0.7071067811865476, 0]
volume: {min: [-0.5, -1, -0.5], max: [0.5, 0.3, 0.5]}
cameras:
  - name: left
    source: one:a.mkv?loop=0
    position: [1, 2, 3]
    rotation: [[1, 0, 0], [0, -1, 0], [0, 0, -1]]
  - name: right
    source: two:b
    camera: c1
    of: depth
    matrix: [[1, 0, 0, 4], [0, 1, 0, 5], [0, 0, 1, 6], [0, 0, 0, 1]]
`

func TestCompose(t *testing.T) {
	clock := capture.NewClock()
	closed := 0
	one, two := newFake(clock, 1), newFake(clock, 2)
	one.closed, two.closed = &closed, &closed
	s, err := opened(t, twoCameras, clock, map[string]*fake{"one:a.mkv?loop=0": one, "two:b": two})
	if err != nil {
		t.Fatal(err)
	}
	rig := s.Rig()
	if rig.Name != "studio" || rig.Rate != 25 || len(rig.Cameras) != 2 || rig.Cameras[1].Name != "right" || rig.Volume.Min.Y != -1 {
		t.Errorf("rig %+v", rig)
	}
	// The cube is turned by 90 degrees about y: the rig's +z is its +x.
	near := func(what string, got, want space.Vec3) {
		if got.Sub(want).Norm() > 1e-9 {
			t.Errorf("%s at %v, want %v", what, got, want)
		}
	}
	near("left colour", rig.Cameras[0].Colour.Pose.T, space.Vec3{X: 3, Y: 1, Z: -0.5})
	near("left depth", rig.Cameras[0].Depth.Pose.T, space.Vec3{X: 3, Y: 1, Z: -0.53})
	near("right depth", rig.Cameras[1].Depth.Pose.T, space.Vec3{X: 6, Y: 4, Z: -3.5})
	near("right colour", rig.Cameras[1].Colour.Pose.T, space.Vec3{X: 6, Y: 4, Z: -3.47})
	if err := s.Close(); err != nil || closed != 2 {
		t.Errorf("%d of 2 sources closed: %v", closed, err)
	}
}

func TestWhatIsNotStatedIsTheSources(t *testing.T) {
	clock := capture.NewClock()
	one := newFake(clock, 2)
	s, err := opened(t, "version: 1\ncameras:\n  - {name: x, source: 'one:', camera: 1}\n", clock, map[string]*fake{"one:": one})
	if err != nil {
		t.Fatal(err)
	}
	rig := s.Rig()
	if rig.Name != "rig" || rig.Rate != 25 || rig.Volume != one.rig.Volume || rig.Cameras[0].Colour.Pose != one.rig.Cameras[1].Colour.Pose {
		t.Errorf("rig %+v", rig)
	}
	if len(rig.Estimated) < 2 {
		t.Errorf("estimated %q", rig.Estimated)
	}
}

func TestParseRefuses(t *testing.T) {
	camera := "version: 1\ncameras:\n  - name: a\n    source: 'x:'\n"
	cases := []struct{ name, yaml, want string }{
		{"empty", "", "version 0"},
		{"a later version", "version: 2\nscreens: []\n", "version 2"},
		{"not YAML", "version: 1\n\tcameras: [", "[2:"},
		{"no cameras", "version: 1\n", "0 cameras"},
		{"unknown key", camera + "colour: red\n", "[5:1] unknown field"},
		{"unknown key of a camera", camera + "    colour: red\n", "[5:5] unknown field"},
		{"wrong type", "version: 1\nrate: fast\n", "[2:7]"},
		{"rate", camera + "rate: 1000\n", "[5:7] rate"},
		{"no name", "version: 1\ncameras:\n  - source: 'x:'\n", "no name"},
		{"same name", camera + "  - name: a\n    source: 'x:'\n", "used twice"},
		{"no address", "version: 1\ncameras:\n  - name: a\n    source: file.mkv\n", "is no address"},
		{"camera 1.5", camera + "    camera: 1.5\n", "neither an index nor a name"},
		{"of infrared", camera + "    of: infrared\n", "neither colour nor depth"},
		{"offset", camera + "    offset: 3\n", "offset"},
		{"position", camera + "    position: [1, 2]\n", "[3:"},
		{"quaternion", camera + "    rotation: [1, 1, 0, 0]\n", "length"},
		{"two numbers of rotation", camera + "    rotation: [1, 1]\n", "three rows"},
		{"rotation of words", camera + "    rotation: up\n", "three rows"},
		{"mirror", camera + "    rotation: [[-1, 0, 0], [0, 1, 0], [0, 0, 1]]\n", "mirrors"},
		{"both", camera + "    position: [1, 2, 3]\n    matrix: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]\n", "both"},
		{"three rows of matrix", camera + "    matrix: [[1, 0, 0, 0]]\n", "rows"},
		{"infinite", camera + "    position: [.inf, 0, 0]\n", "not finite"},
		{"cube", camera + "cube: {rotation: [2, 0, 0, 0]}\n", "cube"},
		{"volume", camera + "volume: {min: [0, 0, 0], max: [1, 0, 1]}\n", "beyond"},
		{"alias", "version: 1\nname: &n x\ncameras: [{name: *n, source: 'x:'}]\n", "[2:7] anchors"},
		{"two documents", camera + "---\n" + camera, "more than one"},
		{"huge", strings.Repeat("#", maxBytes+1), "bytes"},
		{"nine cameras", "version: 1\ncameras:" + strings.Repeat("\n  - {name: a, source: 'x:'}", 9), "9 cameras"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.yaml))
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("message %q does not say %q in one line", err, c.want)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	clock := capture.NewClock()
	cases := []struct{ name, yaml, want string }{
		{"no such source", "version: 1\ncameras: [{name: a, source: 'none:'}]\n", `camera "a": source none:`},
		{"index", "version: 1\ncameras: [{name: a, source: 'two:', camera: 2}]\n", "0 to 1: c0, c1"},
		{"negative index", "version: 1\ncameras: [{name: a, source: 'two:', camera: -1}]\n", "no camera -1"},
		{"name", "version: 1\ncameras: [{name: a, source: 'two:', camera: c7}]\n", "no camera c7"},
		{"which", "version: 1\ncameras: [{name: a, source: 'two:'}]\n", "say which"},
		{"twice", "version: 1\ncameras: [{name: a, source: 'two:', camera: 0}, {name: b, source: 'two:', camera: c0}]\n", "used twice"},
		{"offsets", "version: 1\ncameras: [{name: a, source: 'two:', camera: 0}, {name: b, source: 'two:', camera: c1, offset: 0.1}]\n", "different offsets"},
		{"bad file", "version: 1\ncameras: 3\n", "rig.yaml"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			closed := 0
			two := newFake(clock, 2)
			two.closed = &closed
			_, err := opened(t, c.yaml, clock, map[string]*fake{"two:": two})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "rig.yaml") {
				t.Errorf("message %q", err)
			}
			if strings.Contains(c.yaml, "two:") && closed != 1 {
				t.Errorf("the source was closed %d times", closed)
			}
		})
	}
	if _, err := Open(t.Context(), Options{File: "x"}); err == nil {
		t.Error("opened without a clock")
	}
	if _, err := opened(t, "", nil, nil); err == nil {
		t.Error("opened without a clock")
	}
}

func TestFilesThatNameThemselves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rig.yaml")
	if err := os.WriteFile(path, []byte("version: 1\ncameras: [{name: a, source: 'rig:rig.yaml'}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	clock, opens := capture.NewClock(), 0
	var open func(ctx context.Context, address string) (capture.Source, error)
	open = func(ctx context.Context, address string) (capture.Source, error) {
		opens++
		o, err := ParseAddress(address)
		if err != nil {
			return nil, err
		}
		o.Clock, o.Open = clock, open
		return Open(ctx, o)
	}
	if _, err := open(t.Context(), "rig:"+path); err == nil || !strings.Contains(err.Error(), "nested") || opens > maxNesting+1 {
		t.Errorf("after %d files: %v", opens, err)
	}
}

func TestParseAddress(t *testing.T) {
	if o, err := ParseAddress("rig:a b.yaml"); err != nil || o.File != "a b.yaml" {
		t.Errorf("%+v, %v", o, err)
	}
	for _, bad := range []string{"rig:", "folder:x", "rig:a.yaml?loop=1"} {
		if _, err := ParseAddress(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	f, err := Parse([]byte(twoCameras))
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(data)
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	if !reflect.DeepEqual(f, again) {
		t.Errorf("%+v became %+v through\n%s", f, again, data)
	}
}

func TestRotationForms(t *testing.T) {
	want := space.RotationAbout(space.Vec3{X: 1, Y: 2, Z: -1}, 0.7)
	h := math.Sin(0.35) / math.Sqrt(6)
	q := Pose{Rotation: Rotation{{math.Cos(0.35), h, 2 * h, -h}}}
	rows := Pose{Rotation: Rotation{want[0:3], want[3:6], want[6:9]}}
	m := Pose{Matrix: [][]float64{{want[0], want[1], want[2], 0}, {want[3], want[4], want[5], 0}, {want[6], want[7], want[8], 0}, {0, 0, 0, 1}}}
	for name, p := range map[string]Pose{"quaternion": q, "rows": rows, "matrix": m} {
		r, err := p.Rigid()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range want {
			if math.Abs(r.R[i]-want[i]) > 1e-12 {
				t.Errorf("%s: %v, want %v", name, r.R, want)
				break
			}
		}
	}
	if r, err := (Pose{Rotation: Rotation{{1, 0, 0, 0}}}).Rigid(); err != nil || r != space.Identity() {
		t.Errorf("no rotation is %v, %v", r, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(twoCameras))
	f.Add([]byte("version: 1\ncameras: [{name: a, source: 'x:', rotation: [[1]]}]\n"))
	f.Add([]byte("version: 2\n"))
	f.Add([]byte("version: 1\ncameras: [{name: *n}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			return
		}
		if n := len(r.Cameras); n == 0 || n > capture.MaxCameras {
			t.Fatalf("%d cameras", n)
		}
		for _, c := range r.Cameras {
			if _, err := c.pose().Rigid(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
