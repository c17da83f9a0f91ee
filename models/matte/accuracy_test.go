package matte_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/matte"
	"github.com/virtualcube/virtualcube/models/matte/mattetest"
	"github.com/virtualcube/virtualcube/models/matte/plane"
)

const width, height = 1280, 720

// score is how well a matte fits the truth.
type score struct {
	overlap  float64 // intersection over union of what is more than half
	error    float64 // mean difference, of 1000
	boundary float64 // F-measure of the two borders, within 3 pixels
}

func measure(cover []byte, truth []float32) score {
	var s score
	both, either := 0, 0
	for i, v := range cover {
		a, b := v > 127, truth[i] > 0.5
		if a && b {
			both++
		}
		if a || b {
			either++
		}
		s.error += math.Abs(float64(v)/255-float64(truth[i])) / float64(len(cover)) * 1000
	}
	s.overlap = float64(both) / float64(max(1, either))
	ours := border(func(i int) bool { return cover[i] > 127 })
	theirs := border(func(i int) bool { return truth[i] > 0.5 })
	precision, recall := within(ours, theirs), within(theirs, ours)
	s.boundary = 2 * precision * recall / max(precision+recall, 1e-9)
	return s
}

// border lists the pixels of a shape that touch what is not in it.
func border(in func(i int) bool) []int {
	var list []int
	for y := 1; y < height-1; y++ {
		for x := 1; x < width-1; x++ {
			i := y*width + x
			if in(i) && !(in(i-1) && in(i+1) && in(i-width) && in(i+width)) {
				list = append(list, i)
			}
		}
	}
	return list
}

// within is the share of a border's pixels that lie within 3 pixels of another's.
func within(a, b []int) float64 {
	near := make([]bool, width*height)
	for _, i := range b {
		for dy := -3; dy <= 3; dy++ {
			for dx := -3; dx <= 3; dx++ {
				x, y := i%width+dx, i/width+dy
				if dx*dx+dy*dy <= 9 && x >= 0 && x < width && y >= 0 && y < height {
					near[y*width+x] = true
				}
			}
		}
	}
	n := 0
	for _, i := range a {
		if near[i] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(a)))
}

// opened is the filter with real weights, and the parameters that remove.
func opened(tb testing.TB, written map[string]string) (models.Definition, func(p *mattetest.Picture) []byte) {
	tb.Helper()
	e := mattetest.Environment(tb, "onnxruntime", "selfie")
	d, err := matte.Definition()
	if err != nil {
		tb.Fatal(err)
	}
	v, err := d.Parameters.Parse(written)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := d.OpenVideo(tb.Context(), e, v)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d, func(p *mattetest.Picture) []byte {
		out, err := s.Process(p.Frame(), v)
		if err != nil {
			tb.Fatal(err)
		}
		return out.Matte.Coverage
	}
}

var remove = map[string]string{"mode": "remove"}

// scene is a person before a room.
type scene struct {
	name string
	*mattetest.Picture
}

// person5 are pictures of a real man before real rooms.
var person5 = sync.OnceValue(func() func(tb testing.TB) []scene {
	var list []scene
	return func(tb testing.TB) []scene {
		tb.Helper()
		if list != nil {
			return list
		}
		rooms := rooms(tb)
		for i, camera := range []int{1, 0, 4, 2} { // from the front, both sides, behind
			p := mattetest.Read(tb, mattetest.Data(tb, "person5", fmt.Sprintf("cam%d_color.png", camera)), true)
			p.KeepLargest()
			for j, scale := range []float64{1.5, 1, 0.6} {
				k := (3*i + j) % len(rooms)
				x := [3]int{640, 480, 840}[(i+j)%3]
				list = append(list, scene{fmt.Sprintf("camera %d at %v before room %d", camera, scale, k), p.Before(rooms[k], scale, x, 90)})
			}
		}
		return list
	}
})()

// rooms are real rooms without anybody.
func rooms(tb testing.TB) []*mattetest.Picture {
	tb.Helper()
	var list []*mattetest.Picture
	kitchen, err := filepath.Glob(filepath.Join(mattetest.Data(tb, "kitchen"), "*.color.jpg"))
	if err != nil || len(kitchen) == 0 {
		tb.Skip("the kitchen is missing")
	}
	for _, path := range kitchen {
		list = append(list, mattetest.Read(tb, path, false).Part(0, 60, 640, 420, width, height))
	}
	for _, c := range []struct {
		serial string
		top    float64
	}{{"000123102712", 500}, {"000330102712", 500}} {
		p := mattetest.Read(tb, mattetest.Data(tb, "rig4-raw", "rgb."+c.serial+"-0001.png"), true)
		list = append(list, p.Part(0, c.top, 720, c.top+405, width, height))
	}
	return list
}

// TestAccuracyOnPerson5 measures on a real man before real rooms.
func TestAccuracyOnPerson5(t *testing.T) {
	var total score
	scenes := person5(t)
	for _, c := range scenes {
		_, cover := opened(t, remove)
		s := measure(cover(c.Picture), c.Cover.V)
		t.Logf("%-34s overlap %.3f, error %.1f of 1000, boundary %.3f", c.name, s.overlap, s.error, s.boundary)
		total.overlap += s.overlap / float64(len(scenes))
		total.error += s.error / float64(len(scenes))
		total.boundary += s.boundary / float64(len(scenes))
	}
	t.Logf("mean: overlap %.4f, error %.2f of 1000, boundary %.3f", total.overlap, total.error, total.boundary)
	if total.overlap < 0.97 || total.error > 6 || total.boundary < 0.88 {
		t.Error("the matte is worse than it was")
	}
}

// TestAccuracyOnSyntheticRig measures on the synthetic rig's person, seen by a
// webcam, against its truth.
func TestAccuracyOnSyntheticRig(t *testing.T) {
	if testing.Short() {
		t.Skip("the person takes seconds to build")
	}
	s := synthetic.NewScene(synthetic.Default())
	_, cover := opened(t, remove)
	const frames = 8
	var mean score
	for n := range frames {
		img := s.Render(webcam(), synthetic.Instant(0.7*float64(n)))
		p := mattetest.New(width, height)
		for i, m := range img.PersonMask {
			for k := range p.Colour {
				p.Colour[k].V[i] = float32(img.RGB[3*i+k])
			}
			p.Cover.V[i] = float32(m) / 255
		}
		got := measure(cover(p), p.Cover.V)
		mean.overlap += got.overlap / frames
		mean.error += got.error / frames
		mean.boundary += got.boundary / frames
	}
	t.Logf("overlap %.4f, error %.2f of 1000, boundary %.3f", mean.overlap, mean.error, mean.boundary)
	if mean.overlap < 0.9 {
		t.Error("the matte is worse than it was")
	}
}

// webcam sits on a screen, 75 cm before the head.
func webcam() space.Camera {
	pose := space.LookAt(space.Vec3{Y: 0.05, Z: 0.75}, space.Vec3{Y: -0.06}, space.Vec3{Y: 1})
	return space.Camera{Lens: space.Lens{Width: width, Height: height, Fx: 1050, Fy: 1050, Cx: 639.5, Cy: 359.5}, Pose: pose}
}

// TestSteadiness measures how much the matte of a real man trembles with a
// camera's noise, and how well it follows where he moves: the root of the mean
// squared difference of the changes from frame to frame (dtSSD).
func TestSteadiness(t *testing.T) {
	p := mattetest.Read(t, mattetest.Data(t, "person5", "cam1_color.png"), true)
	p.KeepLargest()
	room := rooms(t)[1]
	for _, c := range []struct {
		name string
		sway float64
	}{{"still", 0}, {"moving", 40}} {
		figures := make(map[string]float64)
		for _, stability := range []string{"0", "0.7"} {
			_, cover := opened(t, map[string]string{"mode": "remove", "stability": stability})
			figures[stability] = tremble(p, room, c.sway, cover)
		}
		t.Logf("%s: dtSSD of 1000: %.2f loose, %.2f by default", c.name, figures["0"], figures["0.7"])
		if c.sway == 0 && figures["0.7"] > figures["0"]/2 {
			t.Errorf("%s: a held edge trembles", c.name)
		}
		if c.sway != 0 && figures["0.7"] > 1.1*figures["0"] {
			t.Errorf("%s: the matte drags", c.name)
		}
	}
}

func tremble(p, room *mattetest.Picture, sway float64, cover func(*mattetest.Picture) []byte) float64 {
	const frames, settle = 14, 7
	r := rand.New(rand.NewPCG(5, 6))
	var lastCover []byte
	var lastTruth plane.Plane
	sum, n := 0.0, 0
	for f := range frames {
		x := 640 + int(math.Round(sway*math.Sin(float64(f)/6)))
		c := p.Before(room, 1.2, x, 80)
		for k := range c.Colour {
			for i := range c.Colour[k].V {
				c.Colour[k].V[i] = min(max(c.Colour[k].V[i]+4*float32(r.NormFloat64()), 0), 255)
			}
		}
		got := cover(c)
		if f > settle {
			for i, v := range got {
				d := (float64(v)-float64(lastCover[i]))/255 - float64(c.Cover.V[i]-lastTruth.V[i])
				sum += d * d
				n++
			}
		}
		lastCover, lastTruth = append(lastCover[:0], got...), c.Cover
	}
	return 1000 * math.Sqrt(sum/float64(n))
}
