package render_test

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/eval"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/render/learned"
	"github.com/virtualcube/virtualcube/render/pack"
	"github.com/virtualcube/virtualcube/render/reference"
)

// The tolerance of the golden tests. The renderer keeps normals, qualities and
// weights in 8 bits between its steps, and OpenGL snaps corners to a grid, so
// at a rim, and where a look at a depth camera just counts, a pixel may fall to
// either side. Measured are 99.4 % of colours, 48 dB and 99.5 % of distances;
// from far aside, 98.9 %, 45.8 dB and 99.0 %.
const (
	goldenLevels = 3    // of 255 that a pixel may differ
	goldenShare  = 0.99 // of the person's pixels that keep to it
	goldenPSNR   = 44   // decibels over the person's pixels
	goldenDepth  = 1e-3 // metres that the distance may differ, for the same share
)

// small is the synthetic rig with pictures of a quarter of the usual size.
func small(t *testing.T) (capture.Rig, *synthetic.Source) {
	t.Helper()
	o := synthetic.Default()
	o.Width, o.Height, o.CacheDir = 320, 180, t.TempDir()
	o.Mismatch = true // so that weights show
	source, err := synthetic.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
	return source.Rig(), source
}

// goldenRenderer draws until the test ends. Without OpenGL the test fails.
func goldenRenderer(t *testing.T, rig capture.Rig, o render.Options) *render.Renderer {
	t.Helper()
	device := gl.New(slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- device.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run device: %v", err)
		}
	})
	r, err := render.New(device, rig, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func goldenSet(t *testing.T, source *synthetic.Source, frame int, missing ...int) *capture.FrameSet {
	t.Helper()
	frames, err := source.Frames(frame, source.Options().Seed)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range missing {
		frames[i].Release()
		frames[i] = nil
	}
	return capture.NewFrameSet(uint64(frame), 0, frames)
}

// TestGolden holds the renderer against the oracle at 160 x 144.
func TestGolden(t *testing.T) {
	rig, source := small(t)
	cases := []struct {
		name    string
		eye     space.Vec3
		frame   int
		missing []int
		cameras int
		learned bool
	}{
		{"between six cameras", space.Vec3{X: 0.14, Y: 0.02, Z: 0.95}, 0, nil, 3, false},
		{"near and low", space.Vec3{X: -0.22, Y: -0.2, Z: 0.75}, 20, nil, 4, false},
		{"two cameras left", space.Vec3{X: 0.3, Y: 0.1, Z: 1.1}, 40, []int{0, 2, 3, 4}, 3, false},
		{"one camera", space.Vec3{X: -0.4, Y: 0.2, Z: 1.0}, 10, nil, 1, false},
		{"learned", space.Vec3{X: 0.05, Y: 0.1, Z: 1}, 0, nil, 4, true},
		{"learned, three cameras left", space.Vec3{X: -0.1, Y: 0.1, Z: 0.9}, 30, []int{2, 3, 5}, 4, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			set := goldenSet(t, source, c.frame, c.missing...)
			defer set.Release()
			target := eval.TargetAt(c.eye, 160, 144)
			o := reference.Options{Geometry: c.cameras, Colour: c.cameras}
			if c.learned {
				var err error
				if o.Learned, err = learned.Shipped(); err != nil {
					t.Fatal(err)
				}
			}
			r := goldenRenderer(t, rig, render.Options{Width: 64, Height: 64, Geometry: c.cameras, Colour: c.cameras, Learned: c.learned})
			o.Tint = r.Tint
			if err := r.Observe(t.Context(), set); err != nil {
				t.Fatal(err)
			}
			want, err := reference.Render(rig, set, target, reference.Middle(rig, set), o)
			if err != nil {
				t.Fatal(err)
			}
			var first *render.Image
			for range 3 {
				got, err := r.Picture(t.Context(), set, target)
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = got
				} else if !slices.Equal(got.RGB, first.RGB) || !slices.Equal(got.Matte, first.Matte) || !slices.Equal(got.Depth, first.Depth) {
					t.Error("drawing again gives another picture")
				}
			}
			comparePicture(t, first, want)
		})
	}
}

func comparePicture(t *testing.T, got *render.Image, want *reference.View) {
	t.Helper()
	rgb := want.RGB()
	person, close, known, near := 0, 0, 0, 0
	squares := 0.0
	for i := range got.Matte {
		a, b := float64(got.Matte[i])/255, want.Matte[i]
		if a == 0 && b < 0.5/255 {
			continue
		}
		person++
		worst := 0.0
		for c := 3 * i; c < 3*i+3; c++ {
			d := math.Abs(128 + a*(float64(got.RGB[c])-128) - (128 + b*(rgb[c]-128)))
			worst = max(worst, d)
			squares += d * d
		}
		if worst <= goldenLevels {
			close++
		}
		// Distances are of half the size.
		if z := want.Distance[i/got.Width/2*(got.Width/2)+i%got.Width/2]; got.Depth[i] > 0 && z > 0 {
			known++
			if math.Abs(float64(got.Depth[i])-z) <= goldenDepth {
				near++
			}
		}
	}
	psnr := 10 * math.Log10(255*255*3*float64(person)/squares)
	share, depth := float64(close)/float64(person), float64(near)/float64(known)
	t.Logf("%d pixels: %.2f %% within %d levels, %.1f dB, %.2f %% of depth within %g m", person, 100*share, goldenLevels, psnr, 100*depth, goldenDepth)
	if person < 160*144/10 || share < goldenShare || psnr < goldenPSNR || depth < goldenShare {
		t.Errorf("pictures differ, saved in %s", savePictures(t, got, want))
	}
}

// savePictures keeps what failed: result, reference and, times 8, difference.
func savePictures(t *testing.T, got *render.Image, want *reference.View) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "virtualcube-golden-")
	if err != nil {
		t.Fatal(err)
	}
	rgb := want.RGB()
	m := image.NewNRGBA(image.Rect(0, 0, 3*got.Width, got.Height))
	for i := range got.Matte {
		var a, b, d [3]uint8
		for c := range 3 {
			x := 128 + float64(got.Matte[i])/255*(float64(got.RGB[3*i+c])-128)
			y := 128 + want.Matte[i]*(rgb[3*i+c]-128)
			a[c], b[c], d[c] = uint8(x), uint8(y), uint8(min(255, 8*math.Abs(x-y)))
		}
		for k, v := range [][3]uint8{a, b, d} {
			m.SetNRGBA(k*got.Width+i%got.Width, i/got.Width, color.NRGBA{v[0], v[1], v[2], 255})
		}
	}
	file, err := os.Create(filepath.Join(folder, "result-reference-difference.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, m); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// TestGoldenPacked holds the packed view against the oracle's.
func TestGoldenPacked(t *testing.T) {
	rig, source := small(t)
	set := goldenSet(t, source, 0)
	defer set.Release()
	q := render.Request{Eye: space.Vec3{X: 0.14, Y: 0.02, Z: 0.95}}
	var err error
	if q.Window, q.Near, q.Far, err = render.NewFraming(rig).Frame(set, q.Eye); err != nil {
		t.Fatal(err)
	}
	layout := pack.Layout{Width: 128, Height: 128}
	target, err := q.Window.Camera(q.Eye, layout.Width, layout.Height)
	if err != nil {
		t.Fatal(err)
	}
	oracle, err := reference.Render(rig, set, target, q.Window.Center, reference.Options{Geometry: 3, Colour: 4})
	if err != nil {
		t.Fatal(err)
	}
	luma, u, v, err := oracle.Pack(q.Near, q.Far)
	if err != nil {
		t.Fatal(err)
	}
	r := goldenRenderer(t, rig, render.Options{Width: layout.Width, Height: layout.Height, Geometry: 3, Colour: 4})
	for range 3 {
		view, err := r.Render(t.Context(), set, q)
		if err != nil {
			t.Fatal(err)
		}
		comparePacked(t, layout, view.Packed, oracle, luma, u, v)
		view.Release()
	}
}

// comparePacked compares the tiles: matte everywhere, colour and depth where
// the matte shows them.
func comparePacked(t *testing.T, l pack.Layout, got capture.Picture, oracle *reference.View, luma, u, v []uint8) {
	t.Helper()
	w := l.FrameWidth()
	check := func(name string, plane, width, x0, y0, cols, rows, tolerance int, want []uint8, shown func(x, y int) bool) {
		n, close := 0, 0
		for y := range rows {
			for x := range cols {
				if !shown(x, y) {
					continue
				}
				n++
				d := int(got.Planes[plane][(y0+y)*got.Strides[plane]+x0+x]) - int(want[(y0+y)*width+x0+x])
				if d >= -tolerance && d <= tolerance {
					close++
				}
			}
		}
		share := float64(close) / float64(n)
		t.Logf("%s: %.2f %% of %d within %d levels", name, 100*share, n, tolerance)
		if n < cols*rows/20 || !(share >= goldenShare) {
			t.Errorf("%s: only %.2f %% of %d pixels within %d levels", name, 100*share, n, tolerance)
		}
	}
	whole := func(x, y int) bool { return oracle.Matte[y*w+x] > 0.99 }
	half := func(x, y int) bool {
		return whole(2*x, 2*y) && whole(2*x+1, 2*y) && whole(2*x, 2*y+1) && whole(2*x+1, 2*y+1)
	}
	d, m := l.Depth(), l.Matte()
	check("luma", 0, w, 0, 0, l.Width, l.Height, goldenLevels, luma, whole)
	check("U", 1, w/2, 0, 0, l.Width/2, l.Height/2, goldenLevels, u, half)
	check("V", 2, w/2, 0, 0, l.Width/2, l.Height/2, goldenLevels, v, half)
	check("depth", 0, w, d.X, d.Y, d.Width, d.Height, 2, luma, half)
	check("matte", 0, w, m.X, m.Y, m.Width, m.Height, 8, luma, func(int, int) bool { return true })
}
