package grade

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/filtertest"
)

func TestContract(t *testing.T) {
	d, err := Definition()
	if err != nil {
		t.Fatal(err)
	}
	filtertest.Run(t, d, filtertest.Options{})
}

// graded is a picture of one colour after the filter.
func graded(t *testing.T, y, u, v byte, p Parameters) [3]byte {
	t.Helper()
	in, err := capture.NewFramePool(1).Frame(capture.FrameShape{Format: capture.I420, Width: 16, Height: 16, Depth: true, Matte: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, code := range []byte{y, u, v} {
		for k := range in.Colour.Planes[i] {
			in.Colour.Planes[i][k] = code
		}
	}
	f := &filter{pool: capture.NewFramePool(1)}
	out, err := f.Process(in, p)
	if err != nil {
		t.Fatal(err)
	}
	if out.Matte.Empty() || &out.Matte.Coverage[0] != &in.Matte.Coverage[0] || out.Depth.Empty() {
		t.Error("depth or matte are not those of the input")
	}
	in.Release()
	defer out.Release()
	return [3]byte{out.Colour.Planes[0][7], out.Colour.Planes[1][7], out.Colour.Planes[2][7]}
}

func TestGrade(t *testing.T) {
	plain := Parameters{Contrast: 1, Saturation: 1}
	for _, c := range []struct {
		name   string
		change func(*Parameters)
		want   [3]byte
	}{
		{"nothing", func(*Parameters) {}, [3]byte{100, 110, 150}},
		{"grey", func(p *Parameters) { p.Saturation = 0 }, [3]byte{100, 128, 128}},
		{"vivid", func(p *Parameters) { p.Saturation = 2 }, [3]byte{100, 92, 172}},
		{"warm", func(p *Parameters) { p.Warmth = 0.5 }, [3]byte{100, 98, 162}},
		{"flat", func(p *Parameters) { p.Contrast = 0 }, [3]byte{117, 110, 150}},
		{"a stop lighter", func(p *Parameters) { p.Exposure = 1 }, [3]byte{131, 103, 158}},
		{"as light as can be", func(p *Parameters) { p.Exposure = 3 }, [3]byte{232, 82, 185}},
	} {
		p := plain
		c.change(&p)
		if got := graded(t, 100, 110, 150, p); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func BenchmarkPicture720(b *testing.B) {
	in, err := capture.NewFramePool(1).Frame(capture.FrameShape{Format: capture.I420, Width: 1280, Height: 720})
	if err != nil {
		b.Fatal(err)
	}
	f := &filter{pool: capture.NewFramePool(1)}
	for b.Loop() {
		out, err := f.Process(in, Parameters{Exposure: 1, Contrast: 1, Saturation: 1})
		if err != nil {
			b.Fatal(err)
		}
		out.Release()
	}
}
