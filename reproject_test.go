//go:build e2e

package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/render/score"
)

// reprojectRig holds a hand before the arm and the chest.
const reprojectRig = "synthetic:?frames=8&freeze=3&rate=12"

// reprojectShot is one picture of client/test/reproject.mjs and its camera:
// an eye behind a screen that faces +z, metres in the cube.
type reprojectShot struct {
	Name                  string     `json:"name"` // who moved, to which side, centimetres
	Width, Height         int        // pixels
	Eye, Center           [3]float64 // of the eye, of the screen
	HalfWidth, HalfHeight float64    // of the screen
}

// TestReproject measures the page's reprojection: its picture at eyes that the
// node does not know of, and with the node's eye there, against the truth. It
// takes two minutes and is no part of `make test`; `make reproject` runs it.
func TestReproject(t *testing.T) {
	folder := os.Getenv("VIRTUALCUBE_OUT")
	if folder == "" {
		folder = t.TempDir()
	}
	runScript(t, "reproject", append(watchedNode(t, reprojectRig, "512x512"), "VIRTUALCUBE_OUT="+folder))
	data, err := os.ReadFile(filepath.Join(folder, "shots.json"))
	if err != nil {
		t.Fatal(err)
	}
	var shots []reprojectShot
	if err := json.Unmarshal(data, &shots); err != nil {
		t.Fatal(err)
	}
	options, err := synthetic.Parse(reprojectRig)
	if err != nil {
		t.Fatal(err)
	}
	scene := synthetic.NewScene(options)
	own := shots[0].truth(t, scene) // what the view saw that the page moves away from
	groups := map[string][]reprojectFigures{}
	for _, shot := range shots {
		f := shot.score(t, scene, own, folder)
		parts := strings.Split(shot.Name, "-")
		group := parts[0] + "-" + parts[2]
		groups[group] = append(groups[group], f)
		t.Logf("%-14s %s", shot.Name, f)
	}
	means := map[string]reprojectFigures{}
	for _, group := range []string{"page-0", "page-5", "page-10", "page-15", "node-5", "node-10", "node-15"} {
		if len(groups[group]) == 0 {
			t.Fatalf("no picture of %s", group)
		}
		means[group] = meanFigures(groups[group])
		t.Logf("mean of %-8s %s", group, means[group])
	}
	page, node := means["page-15"], means["node-15"]
	if page.PSNRInside < node.PSNRInside-3 || page.PSNRHalo < node.PSNRHalo-3 || page.seen < node.seen-2 {
		t.Errorf("15 cm aside the page's picture (%s) is too far below the node's (%s)", page, node)
	}
}

// reprojectFigures are the figures of one picture.
type reprojectFigures struct {
	score.Metrics
	seen   float64 // PSNR inside of what the view's own eye sees, too, decibels
	hidden float64 // share of the inside that it does not see
}

func (f reprojectFigures) String() string {
	return fmt.Sprintf("inside %.2f dB, halo %.2f dB, SSIM %.4f, IoU %.4f; %4.1f %% hidden from the view, inside without it %.2f dB",
		f.PSNRInside, f.PSNRHalo, f.SSIM, f.IoU, 100*f.hidden, f.seen)
}

func meanFigures(all []reprojectFigures) reprojectFigures {
	var mean reprojectFigures
	var metrics []score.Metrics
	for _, f := range all {
		metrics = append(metrics, f.Metrics)
		mean.seen += f.seen / float64(len(all))
		mean.hidden += f.hidden / float64(len(all))
	}
	mean.Metrics = score.Mean(metrics)
	return mean
}

// reprojectTruth is what a shot's camera truly sees.
type reprojectTruth struct {
	camera space.Camera
	image  synthetic.Image
}

func (s reprojectShot) truth(t *testing.T, scene *synthetic.Scene) reprojectTruth {
	t.Helper()
	vector := func(v [3]float64) space.Vec3 { return space.Vec3{X: v[0], Y: v[1], Z: v[2]} }
	screen := space.Window{Center: vector(s.Center), Right: space.Vec3{X: 1}, Up: space.Vec3{Y: 1}, HalfWidth: s.HalfWidth, HalfHeight: s.HalfHeight}
	camera, err := screen.Camera(vector(s.Eye), s.Width, s.Height)
	if err != nil {
		t.Fatal(err)
	}
	return reprojectTruth{camera, scene.Render(camera, scene.Instant(0))}
}

// sees says whether a point is on the surface that a pixel shows, within 2 cm.
// Beside the canvas it is taken to, since a view shows the whole person.
func (r reprojectTruth) sees(p space.Vec3) bool {
	u, v, depth, ok := r.camera.Project(p)
	x, y := int(u+0.5), int(v+0.5)
	if !ok {
		return false
	}
	if x < 0 || y < 0 || x >= r.image.Width || y >= r.image.Height {
		return true
	}
	return depth < float64(r.image.Depth[y*r.image.Width+x])+0.02
}

// score compares the picture with the truth; own is that of the view's eye.
func (s reprojectShot) score(t *testing.T, scene *synthetic.Scene, own reprojectTruth, folder string) reprojectFigures {
	t.Helper()
	truth := s.truth(t, scene)
	black := readPNG(t, filepath.Join(folder, s.Name+"-black.png"), s.Width, s.Height)
	white := readPNG(t, filepath.Join(folder, s.Name+"-white.png"), s.Width, s.Height)
	result, matte := matted(black, white)
	picture := score.Picture{Width: s.Width, Height: s.Height, RGB: truth.image.RGB}
	person := score.MaskAbove(s.Width, s.Height, truth.image.PersonMask, 127)
	m, err := score.Compare(result, matte, picture, person)
	if err != nil {
		t.Fatal(err)
	}
	inside := person.Erode(2)
	seen := score.NewMask(s.Width, s.Height)
	for i, in := range inside.Set {
		x, y, ok := truth.camera.Lens.Unproject(float64(i%s.Width), float64(i/s.Width))
		z := float64(truth.image.Depth[i])
		seen.Set[i] = in && ok && own.sees(truth.camera.Pose.Apply(space.Vec3{X: x * z, Y: y * z, Z: z}))
	}
	return reprojectFigures{
		Metrics: m,
		seen:    score.PSNR(result.Over(matte), picture.OverMask(person), seen),
		hidden:  float64(inside.Minus(seen).Count()) / float64(inside.Count()),
	}
}

// matted returns colour and alpha of what was drawn before black and before
// white: C over black is aC, over white aC + (1-a) 255.
func matted(black, white score.Picture) (score.Picture, []uint8) {
	out, matte := score.NewPicture(black.Width, black.Height), make([]uint8, black.Width*black.Height)
	for i := range matte {
		through := 0
		for c := 3 * i; c < 3*i+3; c++ {
			through += int(white.RGB[c]) - int(black.RGB[c])
		}
		alpha := 255 - min(max(through/3, 0), 255)
		matte[i] = uint8(alpha)
		for c := 3 * i; c < 3*i+3 && alpha > 0; c++ {
			out.RGB[c] = uint8(min(int(black.RGB[c])*255/alpha, 255))
		}
	}
	return out, matte
}

func readPNG(t *testing.T, name string, width, height int) score.Picture {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	if picture.Bounds() != image.Rect(0, 0, width, height) {
		t.Fatalf("%s has %v, want %dx%d", name, picture.Bounds(), width, height)
	}
	out := score.NewPicture(width, height)
	for i := range width * height {
		r, g, b, _ := picture.At(i%width, i/width).RGBA()
		out.RGB[3*i], out.RGB[3*i+1], out.RGB[3*i+2] = uint8(r>>8), uint8(g>>8), uint8(b>>8)
	}
	return out
}
