package folder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/replay"
	"github.com/virtualcube/virtualcube/capture/sourcetest"
	"github.com/virtualcube/virtualcube/capture/space"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folderOf writes files into a new folder.
type folderOf map[string][]byte

func (f folderOf) write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range f {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (f folderOf) with(more folderOf) folderOf {
	all := folderOf{}
	for _, m := range []folderOf{f, more} {
		for k, v := range m {
			if v != nil {
				all[k] = v
			} else {
				delete(all, k)
			}
		}
	}
	return all
}

const testW, testH = 32, 24

func colourPNG(t testing.TB, h int, c color.RGBA) []byte {
	m := image.NewRGBA(image.Rect(0, 0, testW, h))
	for y := range h {
		for x := range testW {
			m.SetRGBA(x, y, c)
		}
	}
	return encoded(t, m)
}

// depthPNG has the value in a vertical bar in the middle and 0 elsewhere.
func depthPNG(t testing.TB, w, h int, value uint16) []byte {
	m := image.NewGray16(image.Rect(0, 0, w, h))
	for y := 2; y < h-2; y++ {
		for x := w * 3 / 8; x < w*5/8; x++ {
			m.SetGray16(x, y, color.Gray16{Y: value})
		}
	}
	return encoded(t, m)
}

func encoded(t testing.TB, m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var pink = color.RGBA{200, 100, 120, 255}

func entry(extra map[string]any) map[string]any {
	e := map[string]any{
		"name": "cam0", "width": testW, "height": testH, "fx": 30, "fy": 30, "cx": 15.5, "cy": 11.5,
		"R_cam_to_world": [][]float64{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}, "position": []float64{0, 0, 1.5},
	}
	for k, v := range extra {
		if v == nil {
			delete(e, k)
		} else {
			e[k] = v
		}
	}
	return e
}

func asJSON(t testing.TB, v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// still is a valid folder of one camera, 1.5 m in front of a bar.
func still(t testing.TB) folderOf {
	return folderOf{
		"cameras.json":   asJSON(t, []any{entry(nil)}),
		"cam0_color.png": colourPNG(t, testH, pink),
		"cam0_depth.png": depthPNG(t, testW, testH, 1500),
	}
}

func open(t testing.TB, f folderOf, change func(*Options)) (*Source, error) {
	o := Options{Dir: f.write(t), Clock: capture.NewClock()}
	if change != nil {
		change(&o)
	}
	return Open(o)
}

func TestStill(t *testing.T) {
	s, err := open(t, still(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	rig := s.Rig()
	c := rig.Cameras[0]
	if rig.Rate != 30 || !c.Aligned() || !c.Matted || len(rig.Estimated) == 0 {
		t.Errorf("rig %+v", rig)
	}
	// The camera stands upright in front of the bar: it is the front.
	if ahead := c.Colour.Pose.R.Column(2); space.Angle(ahead, space.Vec3{Z: -1}) > 0.05 {
		t.Errorf("camera looks along %v in the cube", ahead)
	}
	if !rig.Volume.Contains(space.Vec3{}) {
		t.Errorf("the head is not in the volume %v", rig.Volume)
	}
	r := s.player.Reel.(*reel)
	for range 3 {
		shots, drops, err := step(t, r)
		if err != nil || len(shots) != 1 || len(drops) != 0 {
			t.Fatalf("%d shots, drops %v: %v", len(shots), drops, err)
		}
		shot := shots[0]
		if err := errors.Join(shot.Colour.Validate(), shot.Depth.Validate()); err != nil {
			t.Fatal(err)
		}
		if got := shot.Depth.Millimetres[12*testW+16]; got != 1500 {
			t.Errorf("depth %d", got)
		}
		if _, _, err := step(t, r); !errors.Is(err, io.EOF) {
			t.Errorf("after the last frame: %v", err)
		}
		if err := r.Rewind(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	good := still(t)
	cameras := func(extra map[string]any) folderOf {
		return folderOf{"cameras.json": asJSON(t, []any{entry(extra)})}
	}
	rig := func(extra map[string]any) folderOf {
		m := map[string]any{"cameras": []any{entry(nil)}}
		for k, v := range extra {
			m[k] = v
		}
		return folderOf{"cameras.json": asJSON(t, m)}
	}
	whole := good["cam0_color.png"]
	cases := []struct {
		name   string
		change folderOf
		want   string // in the message
	}{
		{"nothing there", folderOf{"cameras.json": nil, "cam0_color.png": nil, "cam0_depth.png": nil}, "no pictures"},
		{"no calibration", folderOf{"cameras.json": nil}, "put a cameras.json"},
		{"not JSON", folderOf{"cameras.json": []byte("width: 3")}, "parse cameras"},
		{"empty list", folderOf{"cameras.json": []byte("[]")}, "0 cameras"},
		{"nine cameras", folderOf{"cameras.json": asJSON(t, []any{1, 2, 3, 4, 5, 6, 7, 8, 9})}, "parse cameras"},
		{"unnamed", cameras(map[string]any{"name": ""}), "no name"},
		{"same name", folderOf{"cameras.json": asJSON(t, []any{entry(nil), entry(nil)})}, "used twice"},
		{"no focal length", cameras(map[string]any{"fx": 0}), "focal length"},
		{"huge", cameras(map[string]any{"width": 100000}), "picture size"},
		{"mirrored", cameras(map[string]any{"R_cam_to_world": [][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, -1}}}), "mirrors"},
		{"not orthonormal", cameras(map[string]any{"R_cam_to_world": [][]float64{{1, 0, 0}, {0, 2, 0}, {0, 0, 1}}}), "orthonormal"},
		{"two rows", cameras(map[string]any{"R_cam_to_world": [][]float64{{1, 0, 0}, {0, 2, 0}}}), "rows"},
		{"position in 2D", cameras(map[string]any{"position": []float64{1, 2}}), "position"},
		{"skewed K", cameras(map[string]any{"K": [][]float64{{30, 1, 15}, {0, 30, 11}, {0, 0, 1}}}), "skew"},
		{"three coefficients", cameras(map[string]any{"distortion": []float64{1, 2, 3}}), "distortion"},
		{"depth unit", cameras(map[string]any{"depth_scale": -1}), "depth_scale"},
		{"bad depth pose", cameras(map[string]any{"depth_fx": 30, "depth_fy": 30, "depth_to_color": [][]float64{{1}}}), "depth_to_color"},
		{"depth pose alone", cameras(map[string]any{"depth_to_color": [][]float64{{1}}}), "without"},
		{"bad cube", rig(map[string]any{"cube": [][]float64{{1, 0, 0, 0}}}), "cube"},
		{"bad volume", rig(map[string]any{"volume": map[string]any{"min": []float64{1}}}), "volume"},
		{"flat volume", rig(map[string]any{"volume": map[string]any{"min": []float64{0, 0, 0}, "max": []float64{1, 1, 0}}}), "volume"},
		{"bad rate", rig(map[string]any{"rate": -3}), "rate"},
		{"calibrated for another size", cameras(map[string]any{"width": 64, "height": 48}), "calibration is for 64x48"},
		{"no colour", folderOf{"cam0_color.png": nil}, "colour and depth"},
		{"no depth", folderOf{"cam0_depth.png": nil}, "colour and depth"},
		{"torn colour", folderOf{"cam0_color.png": whole[:len(whole)/2]}, "cam0_color.png"},
		{"foreign colour", folderOf{"cam0_color.png": []byte("GIF89a")}, "cam0_color.png"},
		{"foreign JPEG", folderOf{"cam0_color.png": nil, "cam0_color.jpg": []byte("GIF89a")}, "cam0_color.jpg"},
		{"8-bit depth", folderOf{"cam0_depth.png": whole}, "16-bit"},
		{"black", folderOf{"cam0_color.png": colourPNG(t, testH, color.RGBA{A: 255})}, "no light"},
		{"no valid depth", folderOf{"cam0_depth.png": depthPNG(t, testW, testH, 0)}, "no valid depth"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := open(t, good.with(c.change), nil)
			if err == nil {
				t.Fatalf("opened: %+v", s.Rig())
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n\n") {
				t.Errorf("message %q does not say %q", err, c.want)
			}
		})
	}
	if _, err := Open(Options{Dir: filepath.Join(t.TempDir(), "none"), Clock: capture.NewClock()}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	if _, err := Open(Options{Dir: t.TempDir()}); err == nil {
		t.Error("opened without a clock")
	}
}

// Frames of a sequence that cannot be used are counted, each with its reason.
func TestSequence(t *testing.T) {
	depth, colour := depthPNG(t, testW, testH, 1500), colourPNG(t, testH, pink)
	var jpg bytes.Buffer
	m, err := png.Decode(bytes.NewReader(colour))
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&jpg, m, nil); err != nil {
		t.Fatal(err)
	}
	corrupt := bytes.Clone(colour)
	corrupt[len(corrupt)/2] ^= 0xff
	files := []struct {
		colour, depth []byte
		ext           string
		want          capture.DropReason // "" if good
	}{
		{colour, depth, "png", ""},
		{jpg.Bytes(), depth, "jpg", ""},
		{colour[:len(colour)-20], depth, "png", capture.DropTorn},
		{corrupt, depth, "png", capture.DropCorrupt},
		{jpg.Bytes()[:jpg.Len()-9], depth, "jpg", capture.DropCorrupt},
		{colour, depthPNG(t, testW/2, testH, 1500), "png", capture.DropSize},
		{colourPNG(t, testH+2, pink), depth, "png", capture.DropSize},
		{colour, depthPNG(t, testW, testH, 0), "png", capture.DropBlack},
		{colourPNG(t, testH, color.RGBA{2, 2, 2, 255}), depth, "png", capture.DropBlack},
		{colour, nil, "png", capture.DropUnpaired},
		{colour, depth, "png", ""},
	}
	names := map[string]func(k int, role, ext string) string{
		"folders": func(k int, role, ext string) string { return fmt.Sprintf("%06d/cam0_%s.%s", k+8, role, ext) },
		"numbers": func(k int, role, ext string) string { return fmt.Sprintf("cam0_%s_%d.%s", role, k+8, ext) },
	}
	for name, path := range names {
		t.Run(name, func(t *testing.T) {
			f := folderOf{"cameras.json": still(t)["cameras.json"]}
			for k, v := range files {
				f[path(k, "color", v.ext)] = v.colour
				if v.depth != nil {
					f[path(k, "depth", "png")] = v.depth
				}
			}
			s, err := open(t, f, nil)
			if err != nil {
				t.Fatal(err)
			}
			r := s.player.Reel.(*reel)
			for range 2 { // decoded, then from memory
				for k, v := range files {
					shots, drops, err := step(t, r)
					if err != nil {
						t.Fatal(err)
					}
					if v.want == "" && (len(shots) != 1 || len(drops) != 0) ||
						v.want != "" && (len(shots) != 0 || len(drops) != 1 || drops[0] != replay.Drop{Reason: v.want}) {
						t.Errorf("frame %d: %d shots, drops %v, want %q", k, len(shots), drops, v.want)
					}
				}
				if err := r.Rewind(); err != nil {
					t.Fatal(err)
				}
			}
			if len(r.cache) != len(files) {
				t.Errorf("%d of %d frames kept in memory", len(r.cache), len(files))
			}
		})
	}
}

func TestDecodesAgainWhatDoesNotFit(t *testing.T) {
	f := still(t)
	f["000001/cam0_color.png"], f["000001/cam0_depth.png"] = f["cam0_color.png"], f["cam0_depth.png"]
	s, err := open(t, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := s.player.Reel.(*reel)
	r.cached = cacheBytes - 1
	for range 3 {
		for range 2 {
			if shots, _, err := step(t, r); err != nil || len(shots) != 1 {
				t.Fatal(len(shots), err)
			}
		}
		if err := r.Rewind(); err != nil {
			t.Fatal(err)
		}
	}
	if !r.full || len(r.cache) != 0 {
		t.Errorf("%d frames kept though memory was full", len(r.cache))
	}
}

func TestStatedCubeVolumeAndLens(t *testing.T) {
	cube := [][]float64{{0, 0, 1, 0.5}, {0, 1, 0, -1}, {-1, 0, 0, 0.25}}
	rig := map[string]any{
		"cameras": []any{entry(map[string]any{
			"R_cam_to_world": nil, "position": nil, "cam_to_world": [][]float64{{1, 0, 0, 1}, {0, -1, 0, 2}, {0, 0, -1, 3}, {0, 0, 0, 1}},
			"fx": nil, "K": [][]float64{{31, 0, 15}, {0, 32, 11}, {0, 0, 1}}, "distortion": []float64{0.1, 0.01, 0.002, 0.003, 0.004},
			"depth_K": [][]float64{{50, 0, 20}, {0, 51, 21}, {0, 0, 1}}, "depth_to_color": [][]float64{{1, 0, 0, -0.03}, {0, 1, 0, 0}, {0, 0, 1, 0}},
			"depth_scale": 0.0005, "matted": true,
		})},
		"cube": cube, "rate": 15, "volume": map[string]any{"min": []float64{-1, -1, -1}, "max": []float64{1, 1, 1}}, "unknown": 3,
	}
	s, err := open(t, still(t).with(folderOf{
		"cameras.json":   asJSON(t, rig),
		"cam0_depth.png": depthPNG(t, 48, 40, 3001),
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := s.Rig()
	c := got.Cameras[0]
	if len(got.Estimated) != 0 || got.Rate != 15 || got.Volume.Max != (space.Vec3{X: 1, Y: 1, Z: 1}) || !c.Matted || c.Aligned() {
		t.Errorf("rig %+v", got)
	}
	if want := (space.Vec3{X: 3.5, Y: 1, Z: -0.75}); c.Colour.Pose.T.Sub(want).Norm() > 1e-12 {
		t.Errorf("colour camera at %v, want %v", c.Colour.Pose.T, want)
	}
	if d := c.Depth.Pose.T.Sub(c.Colour.Pose.T); d.Sub(space.Vec3{Z: 0.03}).Norm() > 1e-12 {
		t.Errorf("depth camera beside colour by %v", d)
	}
	wantLens := space.Lens{Width: testW, Height: testH, Fx: 31, Fy: 32, Cx: 15, Cy: 11, K: [6]float64{0.1, 0.01, 0.004}, P1: 0.002, P2: 0.003}
	if c.Colour.Lens != wantLens || c.Depth.Lens != (space.Lens{Width: 48, Height: 40, Fx: 50, Fy: 51, Cx: 20, Cy: 21}) {
		t.Errorf("lenses %+v %+v", c.Colour.Lens, c.Depth.Lens)
	}
	shots, _, err := step(t, s.player.Reel)
	if err != nil {
		t.Fatal(err)
	}
	if d := shots[0].Depth; d.Millimetres[20*48+24] != 1501 {
		t.Errorf("3001 half millimetres became %d mm", d.Millimetres[20*48+24])
	}
}

func TestParseAddress(t *testing.T) {
	o, err := ParseAddress("folder:a/b c?rate=15&loop=0&intrinsics=nominal&depth_f=500&config=x.json&origin=1,2,3&front=0,%200,1")
	if err != nil {
		t.Fatal(err)
	}
	if o.Dir != "a/b c" || o.Rate != 15 || !o.Once || !o.Nominal || o.DepthF != 500 || o.Config != "x.json" || *o.Origin != (space.Vec3{X: 1, Y: 2, Z: 3}) || *o.Front != (space.Vec3{Z: 1}) {
		t.Errorf("%+v", o)
	}
	for _, bad := range []string{"k4a:x", "folder:", "folder:x?rate=0", "folder:x?rate=abc", "folder:x?rate=NaN", "folder:x?loop=perhaps", "folder:x?intrinsics=guess", "folder:x?origin=1,2", "folder:x?front=1,2,x", "folder:x?speed=2", "folder:x?%zz"} {
		if _, err := ParseAddress(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestRunPlaysAndEnds(t *testing.T) {
	s, err := open(t, still(t), func(o *Options) { o.Once, o.Rate = true, 200 })
	if err != nil {
		t.Fatal(err)
	}
	var n counting
	if err := s.Run(context.Background(), &n); err != nil || n != 1 {
		t.Errorf("%d frames: %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// step goes on and decodes.
func step(t *testing.T, r replay.Reel) (shots []replay.Shot, drops []replay.Drop, err error) {
	t.Helper()
	if _, err := r.Next(); err != nil {
		return nil, nil, err
	}
	return r.Decode(t.Context())
}

type counting int

func (c *counting) Frame(f *capture.Frame)          { *c++; f.Release() }
func (c *counting) Sound(capture.Sound)             {}
func (c *counting) Dropped(int, capture.DropReason) {}

func TestContract(t *testing.T) {
	f := still(t)
	f["000001/cam0_color.png"], f["000001/cam0_depth.png"] = f["cam0_color.png"], f["cam0_depth.png"]
	sourcetest.Run(t, func(t testing.TB) capture.Source {
		s, err := open(t, f, func(o *Options) { o.Rate = 100 })
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
