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
	groups := map[string][]score.Metrics{}
	for _, shot := range shots {
		m := shot.score(t, scene, folder)
		parts := strings.Split(shot.Name, "-")
		group := parts[0] + "-" + parts[2]
		groups[group] = append(groups[group], m)
		t.Logf("%-14s %s", shot.Name, reprojectFigures(m))
	}
	for _, group := range []string{"page-0", "page-5", "page-10", "page-15", "node-5", "node-10", "node-15"} {
		if len(groups[group]) == 0 {
			t.Fatalf("no picture of %s", group)
		}
		t.Logf("mean of %-8s %s", group, reprojectFigures(score.Mean(groups[group])))
	}
	page, node := score.Mean(groups["page-15"]), score.Mean(groups["node-15"])
	if page.PSNRInside < node.PSNRInside-3 || page.PSNRHalo < node.PSNRHalo-3 {
		t.Errorf("15 cm aside the page's picture (%s) is more than 3 dB below the node's (%s)", reprojectFigures(page), reprojectFigures(node))
	}
}

func reprojectFigures(m score.Metrics) string {
	return fmt.Sprintf("inside %.2f dB, halo %.2f dB, SSIM %.4f, IoU %.4f", m.PSNRInside, m.PSNRHalo, m.SSIM, m.IoU)
}

// score compares the picture with what the shot's camera truly sees.
func (s reprojectShot) score(t *testing.T, scene *synthetic.Scene, folder string) score.Metrics {
	t.Helper()
	vector := func(v [3]float64) space.Vec3 { return space.Vec3{X: v[0], Y: v[1], Z: v[2]} }
	screen := space.Window{Center: vector(s.Center), Right: space.Vec3{X: 1}, Up: space.Vec3{Y: 1}, HalfWidth: s.HalfWidth, HalfHeight: s.HalfHeight}
	camera, err := screen.Camera(vector(s.Eye), s.Width, s.Height)
	if err != nil {
		t.Fatal(err)
	}
	truth := scene.Render(camera, scene.Instant(0))
	black := readPNG(t, filepath.Join(folder, s.Name+"-black.png"), s.Width, s.Height)
	white := readPNG(t, filepath.Join(folder, s.Name+"-white.png"), s.Width, s.Height)
	result, matte := matted(black, white)
	m, err := score.Compare(result, matte,
		score.Picture{Width: s.Width, Height: s.Height, RGB: truth.RGB}, score.MaskAbove(s.Width, s.Height, truth.PersonMask, 127))
	if err != nil {
		t.Fatal(err)
	}
	return m
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
