package segment_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// redNet takes what is red for a person.
type redNet struct {
	in, out []float32
	runs    int
	noise   *rand.Rand
	fail    error
}

func newRedNet() *redNet {
	return &redNet{in: make([]float32, 3*segment.Side*segment.Side), out: make([]float32, segment.Side*segment.Side)}
}

func (n *redNet) Input() []float32 { return n.in }

func (n *redNet) Run() ([]float32, error) {
	n.runs++
	for i := range n.out {
		red := n.in[3*i] - (n.in[3*i+1]+n.in[3*i+2])/2
		if n.noise != nil {
			red += 0.4 * (n.noise.Float32() - 0.5)
		}
		n.out[i] = min(max(0.5+2*(red-0.3), 0), 1)
	}
	return n.out, n.fail
}

// blank is a green picture of a green like that of curtains.
func blank(width, height int) capture.Picture {
	p := capture.Picture{Format: capture.I420, Width: width, Height: height, Strides: [3]int{width + 6, width/2 + 2, width/2 + 4}}
	for k, v := range [3]byte{110, 100, 80} {
		rows := height
		if k > 0 {
			rows /= 2
		}
		p.Planes[k] = make([]byte, p.Strides[k]*rows)
		for i := range p.Planes[k] {
			p.Planes[k][i] = v
		}
	}
	return p
}

// disc paints a red disc, of even pixels, and returns whether a pixel is in it.
func disc(p capture.Picture, cx, cy, radius int) func(x, y int) bool {
	in := func(x, y int) bool {
		dx, dy := x/2*2-cx, y/2*2-cy
		return dx*dx+dy*dy < radius*radius
	}
	for y := range p.Height {
		for x := range p.Width {
			if in(x, y) {
				p.Planes[0][y*p.Strides[0]+x] = 90
				p.Planes[1][y/2*p.Strides[1]+x/2] = 95
				p.Planes[2][y/2*p.Strides[2]+x/2] = 220
			}
		}
	}
	return in
}

// wrong is the share of pixels, of a thousand, that are on the wrong side.
func wrong(m *segment.Matte, width int, in func(x, y int) bool) float64 {
	bad := 0
	for i, v := range m.Coverage {
		if (v > 127) != in(i%width, i/width) {
			bad++
		}
	}
	return 1000 * float64(bad) / float64(len(m.Coverage))
}

var usual = segment.Options{Feather: 0.35, Stability: 0.7}

// TestSizes finds a disc in pictures of every form, one after the other through
// the same segmenter.
func TestSizes(t *testing.T) {
	s := segment.New(newRedNet())
	for _, c := range []struct{ width, height, radius int }{
		{1280, 720, 200}, {1280, 720, 60}, {640, 480, 120}, {720, 1280, 200}, {1920, 1080, 300},
		{1366, 768, 150}, {320, 180, 50}, {160, 120, 40}, {96, 96, 30}, {1024, 200, 60}, {66, 34, 12},
	} {
		p := blank(c.width, c.height)
		in := disc(p, c.width*2/5, c.height/2, c.radius)
		var m *segment.Matte
		for range 3 {
			var err error
			if m, err = s.Segment(p, usual); err != nil {
				t.Fatal(err)
			}
		}
		if len(m.Coverage) != c.width*c.height {
			t.Fatalf("%dx%d: there are %d pixels", c.width, c.height, len(m.Coverage))
		}
		if off := wrong(m, c.width, in); off > 3 {
			t.Errorf("%dx%d: %.1f of 1000 pixels are on the wrong side", c.width, c.height, off)
		}
	}
	for _, size := range [][2]int{{2, 2}, {4, 2}, {2, 64}, {4096, 2}, {16, 16}} {
		if _, err := s.Segment(blank(size[0], size[1]), usual); err != nil {
			t.Errorf("%v: %v", size, err)
		}
	}
}

// TestNobody: a picture of a room is all background.
func TestNobody(t *testing.T) {
	s := segment.New(newRedNet())
	for range 5 {
		m, err := s.Segment(blank(640, 360), usual)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range m.Coverage {
			if v != 0 {
				t.Fatalf("pixel %d has %d of a person", i, v)
			}
		}
	}
}

// TestFollows a disc that moves through the picture, and one that comes later.
func TestFollows(t *testing.T) {
	s := segment.New(newRedNet())
	for frame := range 40 {
		p := blank(1280, 720)
		one := disc(p, 200+20*frame, 400, 150)
		other := func(int, int) bool { return false }
		if frame >= 20 {
			other = disc(p, 150, 150, 90)
		}
		m, err := s.Segment(p, usual)
		if err != nil {
			t.Fatal(err)
		}
		if frame >= 20 && frame < 28 {
			continue // a newcomer is seen within the time of some glances
		}
		if off := wrong(m, 1280, func(x, y int) bool { return one(x, y) || other(x, y) }); off > 6 {
			t.Errorf("frame %d: %.1f of 1000 pixels are on the wrong side", frame, off)
		}
	}
}

// TestCut: nothing of one scene is left in the next.
func TestCut(t *testing.T) {
	s := segment.New(newRedNet())
	p := blank(640, 360)
	disc(p, 160, 180, 90)
	for range 10 {
		if _, err := s.Segment(p, usual); err != nil {
			t.Fatal(err)
		}
	}
	q := blank(640, 360)
	for i := range q.Planes[0] {
		q.Planes[0][i] = 180
	}
	in := disc(q, 480, 180, 90)
	m, err := s.Segment(q, usual)
	if err != nil {
		t.Fatal(err)
	}
	if off := wrong(m, 640, in); off > 3 {
		t.Errorf("%.1f of 1000 pixels are on the wrong side after a cut", off)
	}
}

// TestSteady: a network that trembles, before a picture with noise, makes an edge
// that does not.
func TestSteady(t *testing.T) {
	tremble := func(stability float64) float64 {
		net := newRedNet()
		net.noise = rand.New(rand.NewPCG(3, 4))
		s := segment.New(net)
		r := rand.New(rand.NewPCG(1, 2))
		var last []byte
		sum := 0.0
		for frame := range 20 {
			p := blank(640, 360)
			disc(p, 300, 180, 100)
			for i := range p.Planes[0] {
				p.Planes[0][i] += byte(r.IntN(9))
			}
			m, err := s.Segment(p, segment.Options{Feather: 0.35, Stability: stability})
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range last {
				if d := float64(m.Coverage[i]) - float64(v); frame >= 10 {
					sum += max(d, -d)
				}
			}
			last = append(last[:0], m.Coverage...)
		}
		return sum
	}
	if loose, held := tremble(0), tremble(0.7); held > loose/3 {
		t.Errorf("the edge changes by %.0f levels where it is held, %.0f where it is not", held, loose)
	}
}

// TestRefused: what cannot be segmented is refused, and forgotten.
func TestRefused(t *testing.T) {
	net := newRedNet()
	s := segment.New(net)
	rgba := capture.Picture{Format: capture.RGBA, Width: 2, Height: 2, Planes: [3][]byte{make([]byte, 16)}, Strides: [3]int{8}}
	full := blank(64, 64)
	full.Range = capture.Full
	short := blank(64, 64)
	short.Planes[2] = short.Planes[2][:100]
	for name, p := range map[string]capture.Picture{"RGBA": rgba, "full range": full, "short": short, "none": {}, "huge": blank(4098, 2)} {
		if _, err := s.Segment(p, usual); !errors.Is(err, segment.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := blank(640, 360)
	in := disc(p, 300, 180, 100)
	net.fail = errors.New("no more memory")
	if _, err := s.Segment(p, usual); !errors.Is(err, net.fail) || !strings.Contains(err.Error(), "segment picture") {
		t.Errorf("a network that fails: %v", err)
	}
	net.fail = nil
	m, err := s.Segment(p, usual)
	if err != nil {
		t.Fatal(err)
	}
	if off := wrong(m, 640, in); off > 3 {
		t.Errorf("%.1f of 1000 pixels are on the wrong side after a failure", off)
	}
}

// TestRuns: a steady picture costs one run a frame and a glance every other.
func TestRuns(t *testing.T) {
	net := newRedNet()
	s := segment.New(net)
	p := blank(1280, 720)
	disc(p, 600, 400, 200)
	for range 10 {
		if _, err := s.Segment(p, usual); err != nil {
			t.Fatal(err)
		}
	}
	net.runs = 0
	for range 20 {
		if _, err := s.Segment(p, usual); err != nil {
			t.Fatal(err)
		}
	}
	if net.runs != 30 {
		t.Errorf("20 frames took %d runs", net.runs)
	}
}
