package eval

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/score"
)

func TestDecode(t *testing.T) {
	const w, h = 4, 2
	cases := []struct {
		name    string
		format  capture.Format
		rng     capture.Range
		y, u, v byte
		want    [3]uint8
	}{
		{"full white", capture.I420, capture.Full, 255, 128, 128, [3]uint8{255, 255, 255}},
		{"limited white", capture.I420, capture.Limited, 235, 128, 128, [3]uint8{255, 255, 255}},
		{"limited black", capture.NV12, capture.Limited, 16, 128, 128, [3]uint8{0, 0, 0}},
		{"limited red", capture.NV12, capture.Limited, 81, 90, 240, [3]uint8{254, 0, 0}},
		{"full green", capture.NV12, capture.Full, 150, 44, 21, [3]uint8{0, 255, 1}},
		{"full blue", capture.I420, capture.Full, 29, 255, 107, [3]uint8{0, 0, 254}},
	}
	for _, c := range cases {
		p := capture.Picture{Format: c.format, Range: c.rng, Width: w, Height: h}
		p.Planes[0], p.Strides[0] = repeat(w*h, c.y), w
		if c.format == capture.NV12 {
			p.Planes[1], p.Strides[1] = repeat(w, c.u, c.v), w
		} else {
			p.Planes[1], p.Strides[1] = repeat(w/2, c.u), w/2
			p.Planes[2], p.Strides[2] = repeat(w/2, c.v), w/2
		}
		got, err := decode(p)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for i, v := range got.RGB {
			if d := int(v) - int(c.want[i%3]); d < -1 || d > 1 {
				t.Errorf("%s: channel %d is %d, want %d", c.name, i%3, v, c.want[i%3])
				break
			}
		}
	}
	rgba := capture.Picture{Format: capture.RGBA, Width: 1, Height: 1, Planes: [3][]byte{{1, 2, 3, 4}}, Strides: [3]int{4}}
	if got, err := decode(rgba); err != nil || string(got.RGB) != "\x01\x02\x03" {
		t.Errorf("RGBA gives %v, %v", got.RGB, err)
	}
	if _, err := decode(capture.Picture{Format: capture.NV12, Width: 4, Height: 2}); err == nil {
		t.Error("a picture without planes was read")
	}
}

func repeat(n int, values ...byte) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = values[i%len(values)]
	}
	return out
}

// A linear chroma ramp stays linear between its sites.
func TestDecodeChromaSites(t *testing.T) {
	plane := []byte{100, 110, 120, 130}
	for x, want := range []float64{100, 102.5, 107.5, 112.5, 117.5, 122.5, 127.5, 130} {
		if got := chromaAt(plane, 4, 1, 4, 1, x, 0); math.Abs(got-want) > 1e-9 {
			t.Errorf("chroma at %d is %v, want %v", x, got, want)
		}
	}
}

var bentLens = space.Lens{
	Width: 160, Height: 120, Fx: 110, Fy: 111, Cx: 81, Cy: 58,
	K: [6]float64{0.5, -2.5, 1.5, 0.4, -2.3, 1.4}, P1: 0.001, P2: -0.0005, MaxRadius: 1.7,
}

// rayPicture paints every pixel with its ray: red x, green y.
func rayPicture(l space.Lens) score.Picture {
	p := score.NewPicture(l.Width, l.Height)
	for i := range l.Width * l.Height {
		if x, y, ok := l.Unproject(float64(i%l.Width), float64(i/l.Width)); ok {
			p.RGB[3*i], p.RGB[3*i+1] = level(128+120*x), level(128+120*y)
		}
	}
	return p
}

func TestUndistort(t *testing.T) {
	source := rayPicture(bentLens)
	for _, size := range [][2]int{{160, 120}, {80, 60}, {240, 180}} {
		target := pinhole(bentLens, size[0], size[1])
		got, seen := undistort(source, bentLens, target)
		count := 0
		for i, s := range seen.Set {
			x := (float64(i%size[0]) - target.Cx) / target.Fx
			y := (float64(i/size[0]) - target.Cy) / target.Fy
			if !s || math.Abs(x) > 0.6 || math.Abs(y) > 0.45 {
				continue
			}
			count++
			for c, want := range []float64{128 + 120*x, 128 + 120*y} {
				if d := math.Abs(float64(got.RGB[3*i+c]) - want); d > 1.6 {
					t.Fatalf("%v: channel %d of pixel %d is %d, want %.1f", size, c, i, got.RGB[3*i+c], want)
				}
			}
		}
		if count < size[0]*size[1]*2/3 {
			t.Errorf("%v: only %d pixels seen", size, count)
		}
	}
	plain := pinhole(bentLens, 160, 120)
	if got, seen := undistort(source, plain, plain); string(got.RGB) != string(source.RGB) || seen.Count() != 160*120 {
		t.Error("a pinhole picture was changed")
	}
}

// ballRig is two cameras that look at a ball of 0.2 m at the origin, depth
// beside colour, both with bent lenses.
const ballRadius = 0.2

func ballRig() capture.Rig {
	rig := capture.Rig{Name: "ball", Rate: 30, Volume: capture.DefaultVolume()}
	for i, x := range []float64{-0.3, 0.3} {
		pose := space.LookAt(space.Vec3{X: x, Y: 0.1, Z: 1}, space.Vec3{}, space.Vec3{Y: 1})
		depth := bentLens.Resized(200, 150)
		rig.Cameras = append(rig.Cameras, capture.Camera{
			Name:   []string{"left", "right"}[i],
			Colour: space.Camera{Lens: bentLens, Pose: pose},
			Depth:  space.Camera{Lens: depth, Pose: pose.Mul(space.Rigid{R: space.RotationAbout(space.Vec3{X: 1}, 0.1), T: space.Vec3{X: 0.03, Y: 0.04}})},
		})
	}
	return rig
}

// ballFrame shows the ball before a wall outside the volume.
func ballFrame(rig capture.Rig, camera int, free func()) *capture.Frame {
	f := capture.NewFrame(func(*capture.Frame) { free() })
	f.Camera, f.Captured = camera, 1
	c := rig.Cameras[camera]
	ray := rayPicture(c.Colour.Lens)
	f.Colour = capture.Picture{Format: capture.RGBA, Width: ray.Width, Height: ray.Height, Strides: [3]int{4 * ray.Width}}
	f.Colour.Planes[0] = make([]byte, 4*ray.Width*ray.Height)
	for i := range ray.Width * ray.Height {
		copy(f.Colour.Planes[0][4*i:], ray.RGB[3*i:3*i+3])
	}
	l := c.Depth.Lens
	f.Depth = capture.DepthPicture{Width: l.Width, Height: l.Height, Millimetres: make([]uint16, l.Width*l.Height)}
	for i := range f.Depth.Millimetres {
		r, ok := c.Depth.Ray(float64(i%l.Width), float64(i/l.Width))
		if !ok {
			continue
		}
		point := r.At(2.5) // the wall
		if t, hit := hitBall(r); hit {
			point = r.At(t)
		}
		f.Depth.Millimetres[i] = uint16(math.Round(1000 * c.Depth.Pose.Inverse().Apply(point).Z))
	}
	return f
}

func hitBall(r space.Ray) (float64, bool) {
	b := r.Origin.Dot(r.Direction)
	d := b*b - r.Origin.Dot(r.Origin) + ballRadius*ballRadius
	return -b - math.Sqrt(max(d, 0)), d >= 0
}

func TestHeldOut(t *testing.T) {
	rig := ballRig()
	live := 2
	free := func() { live-- }
	set := capture.NewFrameSet(7, 0, []*capture.Frame{ballFrame(rig, 0, free), ballFrame(rig, 1, free)})
	suite := HeldOut{Rig: rig, Sets: []*capture.FrameSet{set}}
	if suite.Len() != 2 {
		t.Fatalf("%d cases", suite.Len())
	}
	for i := range 2 {
		c, err := suite.Case(i)
		if err != nil {
			t.Fatal(err)
		}
		if c.Camera != rig.Cameras[i].Name || c.Set.Frames[i] != nil || c.Set.Frames[1-i].Depth.Width != set.Frames[1-i].Depth.Width {
			t.Errorf("case %d is camera %q with frames %v", i, c.Camera, c.Set.Frames)
		}
		if !c.Target.Lens.Pinhole() || c.Target.Pose != rig.Cameras[i].Colour.Pose || c.Target.Lens.Width != 160 {
			t.Errorf("case %d: target %+v", i, c.Target)
		}
		want := score.NewMask(160, 120)
		for k := range want.Set {
			r, _ := c.Target.Ray(float64(k%160), float64(k/160))
			var distance float64
			distance, want.Set[k] = hitBall(r)
			z := c.Target.Pose.Inverse().Apply(r.At(distance)).Z
			// The middle of the ball, where neither a pixel's depth is steep nor the mask's edge near.
			if want.Set[k] && r.At(distance).Sub(c.Target.Pose.T.Unit().Scale(ballRadius)).Norm() < ballRadius/2 && math.Abs(float64(c.Depth[k])-z) > 0.005 {
				t.Fatalf("case %d: depth of pixel %d is %.3f m, want %.3f m", i, k, c.Depth[k], z)
			}
		}
		if iou := score.IoU(c.Silhouette, want); iou < 0.96 {
			t.Errorf("case %d: silhouette's IoU is %.3f", i, iou)
		}
		c.Set.Release()
	}
	set.Release()
	if live != 0 {
		t.Errorf("%d frames not released", live)
	}
}

// A matted rig's silhouette is every valid depth, in the volume or not.
func TestHeldOutMatted(t *testing.T) {
	rig := ballRig()
	f := ballFrame(rig, 0, func() {})
	target := space.Camera{Lens: pinhole(bentLens, 160, 120), Pose: rig.Cameras[0].Colour.Pose}
	inVolume, _ := silhouetteOf(rig.Cameras[0], rig.Volume, f.Depth, target)
	rig.Cameras[0].Matted = true
	all, _ := silhouetteOf(rig.Cameras[0], rig.Volume, f.Depth, target)
	if inVolume.Count() > all.Count()/2 || all.Count() < 160*120*8/10 {
		t.Errorf("%d pixels in the volume, %d with depth", inVolume.Count(), all.Count())
	}
}

func TestHeldOutOfAMissingCamera(t *testing.T) {
	rig := ballRig()
	rig.Cameras = append(rig.Cameras, rig.Cameras[0])
	alone := capture.NewFrameSet(1, 0, []*capture.Frame{nil, ballFrame(rig, 1, func() {}), nil})
	if n := (HeldOut{Rig: rig, Sets: []*capture.FrameSet{alone}}).Len(); n != 0 {
		t.Errorf("%d cases of a camera alone", n)
	}
	set := capture.NewFrameSet(1, 0, []*capture.Frame{nil, ballFrame(rig, 1, func() {}), ballFrame(rig, 0, func() {})})
	suite := HeldOut{Rig: rig, Sets: []*capture.FrameSet{set}, Width: 80, Height: 60}
	if suite.Len() != 2 {
		t.Fatalf("%d cases, want the cameras that came", suite.Len())
	}
	c, err := suite.Case(0)
	if err != nil || c.Camera != "right" || c.Truth.Width != 80 || c.Silhouette.Height != 60 {
		t.Errorf("case %+v, %v", c.Camera, err)
	}
}
