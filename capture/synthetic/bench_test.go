package synthetic

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/synthetic/figure"
)

// The benchmarks draw full-size pictures on one core.

func BenchmarkColour(b *testing.B) {
	s := newStudio(Default())
	d := s.drawer(1)
	c := s.rig.Cameras[1].Colour
	under, p := d.painter.backdrop(c), s.scene.pose(0, nil)
	out := Image{Width: c.Lens.Width, Height: c.Lens.Height, RGB: make([]uint8, 3*c.Lens.Width*c.Lens.Height)}
	picture := d.painter.encoded(under, figure.RGB{1, 1, 1})
	for b.Loop() {
		d.painter.colour(c, p, under, picture, figure.RGB{1, 1, 1}, &out)
	}
}

func BenchmarkDepth(b *testing.B) {
	s := newStudio(Default())
	d := s.drawer(1)
	c := s.rig.Cameras[1].Depth
	under, p := d.painter.senseRoom(c), s.scene.pose(0, nil)
	out, mm := newEchoes(c.Lens.Width*c.Lens.Height), make([]uint16, c.Lens.Width*c.Lens.Height)
	for b.Loop() {
		d.painter.sense(c, p, under, out)
		measure(out, c.Lens.Width, c.Lens.Height, true, newStream(1, 1, 0, 2), mm)
	}
}

func BenchmarkSet(b *testing.B) {
	s := newStudio(Default())
	d := s.drawer(1)
	c := s.rig.Cameras[0]
	colour := nv12.New(c.Colour.Lens.Width, c.Colour.Lens.Height, capture.Full)
	depth := make([]uint16, c.Depth.Lens.Width*c.Depth.Lens.Height)
	index := 0
	set := func() {
		for i := range s.rig.Cameras {
			if err := d.shot(i, index, 1, colour, depth); err != nil {
				b.Fatal(err)
			}
		}
		index = (index + 1) % s.options.Frames
	}
	set() // draws the rooms
	for b.Loop() {
		set()
	}
}
