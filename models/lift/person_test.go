package lift_test

import (
	"encoding/json"
	"fmt"
	"image"
	_ "image/png"
	"math"
	"os"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/matte/mattetest"
	"github.com/virtualcube/virtualcube/models/matte/plane"
)

// calibration is what is needed of person5's cameras.json.
type calibration struct {
	Width          int
	Fx, Fy, Cx, Cy float64
	R              [][]float64 `json:"R_cam_to_world"`
}

// standing is person5 before a room, as a webcam sees it whose lens is centred,
// with the depth, the focal length and the tilt in degrees.
func standing(tb testing.TB, camera int) (*mattetest.Picture, *plane.Plane, float64, float64) {
	tb.Helper()
	text, err := os.ReadFile(mattetest.Data(tb, "person5", "cameras.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var cameras []calibration
	if err := json.Unmarshal(text, &cameras); err != nil {
		tb.Fatal(err)
	}
	c := cameras[camera]
	p := mattetest.Read(tb, mattetest.Data(tb, "person5", fmt.Sprintf("cam%d_color.png", camera)), true)
	p.KeepLargest()
	depth := readDepth(tb, mattetest.Data(tb, "person5", fmt.Sprintf("cam%d_depth.png", camera)))
	// The picture lies on its side; upright its pixels are not square.
	stretch := c.Fx / c.Fy // what was down is across now
	room := mattetest.New(width, height)
	for k := range room.Colour {
		room.Colour[k].Fill([3]float32{150, 160, 150}[k])
	}
	wide := p.Part(0, 0, float64(p.Width), float64(p.Height), int(float64(p.Width)*stretch+0.5), p.Height)
	x, top := 640, 60
	headX, headY := wide.Head()
	out := wide.Before(room, 1, x, top)
	var truth plane.Plane
	truth.Resize(width, height)
	truth.Fill(0)
	for v := range height {
		for u := range width {
			sx, sy := int((headX+float64(u-x)+0.5)/stretch), int(headY+float64(v-top))
			if out.Cover.V[v*width+u] > 0.8 && sx >= 0 && sy >= 0 && sx < depth.Width && sy < depth.Height {
				truth.V[v*width+u] = depth.V[sy*depth.Width+sx]
			}
		}
	}
	// Up is where the picture's own x goes: the camera looks down as far as its
	// axis leans from being at right angles to the room's up, -y.
	return out, &truth, c.Fx, math.Asin(c.R[1][2]) * 180 / math.Pi
}

func readDepth(tb testing.TB, path string) *plane.Plane {
	tb.Helper()
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	decoded, _, err := image.Decode(file)
	if err != nil {
		tb.Fatal(err)
	}
	b := decoded.Bounds()
	var p plane.Plane
	p.Resize(b.Dy(), b.Dx())
	for y := range p.Height {
		for x := range p.Width {
			g, _, _, _ := decoded.At(b.Min.X+b.Dx()-1-y, b.Min.Y+x).RGBA()
			p.V[y*p.Width+x] = float32(g)
		}
	}
	return &p
}

func TestDepthOfPerson5(t *testing.T) {
	limits := map[int]misses{1: {all: 40, relief: 24, faceRelief: 20}, 0: {all: 60, relief: 45, faceRelief: 25}, 4: {all: 60, relief: 45, faceRelief: 25}}
	for _, camera := range []int{1, 0, 4} { // from the front, and from both sides
		p, truth, focal, tilt := standing(t, camera)
		fov := 2 * math.Atan(math.Hypot(width, height)/2/focal) * 180 / math.Pi
		for _, told := range []float64{math.Round(tilt), 0} {
			process := opened(t, map[string]any{"fov": fov, "tilt": told}, nil)
			var f *capture.Frame
			for range 15 {
				f = process(p)
			}
			near := float32(math.Inf(1))
			for _, v := range truth.V {
				if v > 0 {
					near = min(near, v)
				}
			}
			e := compare(f, truth, [2]float64{640, 60 + 175}, float64(near)/focal)
			t.Logf("camera %d, tilted by %.0f degrees, told %v: %v", camera, tilt, told, e)
			if most := limits[camera]; told != 0 && !(e.all < most.all && e.relief < most.relief && e.faceRelief < most.faceRelief) {
				t.Error("the depth is worse than it was")
			}
		}
	}
}
