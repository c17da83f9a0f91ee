package face

import (
	"errors"
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// bent is a camera that lies on its side, with a lens as Azure Kinects have.
func bent() space.Camera {
	return space.Camera{
		Lens: space.Lens{
			Width: 640, Height: 360, Fx: 305, Fy: 304, Cx: 318, Cy: 183,
			K: [6]float64{0.48, -0.1, 0.02, 0.42, -0.06, 0.01}, P1: 0.0002, P2: -0.0001,
		},
		Pose: space.LookAt(space.Vec3{X: 0.3, Y: 0.2, Z: 1.1}, space.Vec3{Y: -0.1}, space.Vec3{X: 1, Y: 0.1}),
	}
}

// around is an upright window round a point of the cube.
func around(c space.Camera, point space.Vec3, metres float64) Square {
	return Square{Middle: point.Sub(c.Pose.T), Up: space.Vec3{Y: 1}, Size: metres}
}

// shade is what is in a direction: red, green and blue from 0 to 255, all smooth.
func shade(d space.Vec3) [3]float64 {
	d = d.Unit()
	return [3]float64{128 + 200*d.X, 128 + 200*d.Y, 128 + 100*(d.X-d.Y)}
}

// paint makes a picture of what a camera sees of shade.
func paint(c space.Camera, format capture.Format, full bool) capture.Picture {
	return picture(c.Lens.Width, c.Lens.Height, format, full, func(x, y float64) [3]float64 {
		ray, _ := c.Ray(x, y)
		return shade(ray.Direction)
	})
}

// picture makes a picture of a colour at every place: red, green and blue from 0 to 255.
func picture(w, h int, format capture.Format, full bool, colour func(x, y float64) [3]float64) capture.Picture {
	p := capture.Picture{Format: format, Width: w, Height: h, Range: capture.Limited}
	lumas, lift, chromas := 219.0/255, 16.0, 224.0/255
	if full {
		p.Range, lumas, lift, chromas = capture.Full, 1, 0, 1
	}
	p.Planes[0], p.Strides[0] = make([]byte, w*h), w
	step, u, v := 1, make([]byte, w*h/4), make([]byte, w*h/4)
	p.Planes[1], p.Planes[2], p.Strides[1], p.Strides[2] = u, v, w/2, w/2
	if format == capture.NV12 {
		uv := make([]byte, w*h/2)
		step, u, v = 2, uv, uv[1:]
		p.Planes, p.Strides = [3][]byte{p.Planes[0], uv}, [3]int{w, w}
	}
	yuv := func(x, y float64) (float64, float64, float64) {
		s := colour(x, y)
		l := 0.299*s[0] + 0.587*s[1] + 0.114*s[2]
		return lift + lumas*l, 128 + chromas*(s[2]-l)/1.772, 128 + chromas*(s[0]-l)/1.402
	}
	for y := range h {
		for x := range w {
			l, _, _ := yuv(float64(x), float64(y))
			p.Planes[0][y*w+x] = byte(l + 0.5)
			if x%2 == 0 && y%2 == 0 {
				_, a, b := yuv(float64(x)+0.5, float64(y)+0.5)
				i := step * (y/2*(w/2) + x/2)
				u[i], v[i] = byte(a+0.5), byte(b+0.5)
			}
		}
	}
	return p
}

func TestSamplerSeesWhereItLooks(t *testing.T) {
	c := bent()
	var s sampler
	for _, format := range []capture.Format{capture.NV12, capture.I420} {
		for _, full := range []bool{true, false} {
			p := paint(c, format, full)
			for _, metres := range []float64{0.2, 0.9} { // larger than the picture's pixels, and smaller
				for _, mirrored := range []bool{false, true} {
					const side = 96
					v := around(c, space.Vec3{Y: -0.1}, metres).view(side)
					to := make([]float32, 3*side*side)
					if err := s.sample(to, p, c, v, mirrored, scale{2, -1}); err != nil {
						t.Fatal(err)
					}
					worst, dark := 0.0, 0
					for y := range side {
						for x := range side {
							at := x
							if mirrored {
								at = side - 1 - x
							}
							pixel := to[3*(y*side+at):][:3]
							if pixel[0] == -1 && pixel[1] == -1 && pixel[2] == -1 {
								dark++
								continue
							}
							for k, want := range shade(v.at(float64(x), float64(y))) {
								worst = max(worst, math.Abs((float64(pixel[k])+1)/2*255-want))
							}
						}
					}
					if worst > 3 || dark > 0 {
						t.Errorf("%v, full %v, %.1f m, mirrored %v: off by %.1f levels, %d pixels are black", format, full, metres, mirrored, worst, dark)
					}
				}
			}
		}
	}
}

func TestOutsideThePictureIsBlack(t *testing.T) {
	c := bent()
	const side = 64
	var s sampler
	to := make([]float32, 3*side*side)
	for name, point := range map[string]space.Vec3{"beside": {X: 3, Z: 0.5}, "behind": c.Pose.Apply(space.Vec3{Z: -1})} {
		for i := range to {
			to[i] = 9
		}
		if err := s.sample(to, paint(c, capture.NV12, true), c, around(c, point, 0.3).view(side), false, scale{1, 0}); err != nil {
			t.Fatal(err)
		}
		for i, v := range to {
			if v != 0 {
				t.Fatalf("%s: %v at %d", name, v, i)
			}
		}
	}
}

func TestPicturesThatCannotBeUsed(t *testing.T) {
	c := bent()
	good := paint(c, capture.NV12, true)
	short, packed := good, good
	short.Planes[1] = short.Planes[1][:100]
	packed.Format = capture.RGBA
	v := around(c, space.Vec3{}, 0.3).view(64)
	var s sampler
	for name, p := range map[string]capture.Picture{"short": short, "packed": packed, "none": {}} {
		if err := s.sample(make([]float32, 3*64*64), p, c, v, false, scale{1, 0}); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.sample(make([]float32, 5), good, c, v, false, scale{1, 0}); !errors.Is(err, ErrPicture) {
		t.Errorf("too few numbers: %v", err)
	}
}

// TestFinePatternsBlur: where a pixel of the view is as wide as two of the picture, black
// and white columns of the picture come out grey.
func TestFinePatternsBlur(t *testing.T) {
	c := camera(0)
	p := picture(width, height, capture.I420, false, func(x, _ float64) [3]float64 {
		v := 255 * math.Mod(math.Floor(x), 2)
		return [3]float64{v, v, v}
	})
	const side = 64
	to := make([]float32, 3*side*side)
	var s sampler
	v := Square{Middle: c.Pose.Rotate(space.Vec3{Z: 1}), Up: space.Vec3{Y: 1}, Size: 2 * side / c.Lens.Fx}.view(side)
	if err := s.sample(to, p, c, v, false, scale{1, 0}); err != nil {
		t.Fatal(err)
	}
	for i, v := range to {
		if math.Abs(float64(v)-0.5) > 0.05 {
			t.Fatalf("%v at %d", v, i)
		}
	}
}
