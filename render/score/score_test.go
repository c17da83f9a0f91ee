package score

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.6f, want %.6f within %g", what, got, want, tolerance)
	}
}

// maskOf reads '#' as set.
func maskOf(rows ...string) Mask {
	m := NewMask(len(rows[0]), len(rows))
	for y, r := range rows {
		for x, c := range r {
			m.Set[y*m.Width+x] = c == '#'
		}
	}
	return m
}

func full(w, h int) Mask { return NewMask(w, h).not() }

func TestMorphology(t *testing.T) {
	dot := maskOf(
		".......",
		".......",
		"...#...",
		".......",
		".......")
	cases := []struct {
		name      string
		got, want Mask
	}{
		{"dilate", dot.Dilate(1), maskOf(
			".......",
			"..###..",
			"..###..",
			"..###..",
			".......")},
		{"dilate over the border", dot.Dilate(9), full(7, 5)},
		{"dilate by nothing", dot.Dilate(0), dot},
		{"erode", maskOf(
			"####...",
			"####...",
			"####...",
			"......#",
			".......").Erode(1), maskOf(
			"###....", // the border does not erode
			"###....",
			".......",
			".......",
			".......")},
		{"open", maskOf(
			"###....",
			"###..#.",
			"###....",
			"....###",
			"....#.#").Open(1), maskOf(
			"###....",
			"###....",
			"###....",
			".......",
			".......")},
		{"erode everything", full(7, 5).Erode(3), full(7, 5)},
	}
	for _, c := range cases {
		for i := range c.want.Set {
			if c.got.Set[i] != c.want.Set[i] {
				t.Errorf("%s: pixel %d,%d is %v", c.name, i%7, i/7, c.got.Set[i])
			}
		}
	}
}

// The fast morphology is the definition, on random masks of odd sizes.
func TestMorphologyIsItsDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		m := NewMask(1+random.IntN(20), 1+random.IntN(20))
		for i := range m.Set {
			m.Set[i] = random.IntN(9) == 0
		}
		r := random.IntN(5)
		dilated, eroded := m.Dilate(r), m.Erode(r)
		for i := range m.Set {
			anySet, allSet := false, true
			for y := max(0, i/m.Width-r); y <= min(m.Height-1, i/m.Width+r); y++ {
				for x := max(0, i%m.Width-r); x <= min(m.Width-1, i%m.Width+r); x++ {
					anySet = anySet || m.Set[y*m.Width+x]
					allSet = allSet && m.Set[y*m.Width+x]
				}
			}
			if dilated.Set[i] != anySet || eroded.Set[i] != allSet {
				t.Fatalf("%dx%d radius %d, pixel %d: dilated %v eroded %v, want %v %v", m.Width, m.Height, r, i, dilated.Set[i], eroded.Set[i], anySet, allSet)
			}
		}
	}
}

func TestIoU(t *testing.T) {
	a, b := maskOf("##.."), maskOf(".###")
	near(t, "IoU", IoU(a, b), 0.25, 0)
	near(t, "IoU of equals", IoU(a, a), 1, 0)
	near(t, "IoU of nothing", IoU(NewMask(4, 1), NewMask(4, 1)), 1, 0)
}

// patterns are two pictures that any tool can make again. The constants of
// TestAgainstScikitImage come from numpy and scikit-image 0.25 or later:
//
//	y,x,c = np.mgrid[0:40,0:48,0:3]
//	a = (128+60*((x//6+y//5)%2)-30+5*c+(x*y)%17).astype(np.uint8)
//	b = (a.astype(int)*9//10+8+((x*7+y*13+c*29)%23)-11).clip(0,255).astype(np.uint8)
//	m = np.zeros((40,48),bool); m[:12,:20] = True
//	L = lambda p: p.astype(float)@np.array([.299,.587,.114])
//	_,f = structural_similarity(L(a),L(b),gaussian_weights=True,sigma=1.5,
//	        use_sample_covariance=False,data_range=255,full=True)
//	f.mean(); f[m].mean(); peak_signal_noise_ratio(a,b)
//	10*np.log10(255**2/np.mean((a[m].astype(float)-b[m])**2))
//	X = np.c_[a[m].astype(float),np.ones(m.sum())]
//	M,_,_,_ = np.linalg.lstsq(X,b[m].astype(float),rcond=None)
//	10*np.log10(255**2/np.mean((X@M-b[m])**2))
func patterns() (a, b Picture, corner Mask) {
	const w, h = 48, 40
	a, b, corner = NewPicture(w, h), NewPicture(w, h), NewMask(w, h)
	for y := range h {
		for x := range w {
			for c := range 3 {
				v := 128 + 60*((x/6+y/5)%2) - 30 + 5*c + (x*y)%17
				i := 3*(y*w+x) + c
				a.RGB[i] = uint8(v)
				b.RGB[i] = uint8(v*9/10 + 8 + (x*7+y*13+c*29)%23 - 11)
			}
			corner.Set[y*w+x] = y < 12 && x < 20
		}
	}
	return a, b, corner
}

func TestAgainstScikitImage(t *testing.T) {
	a, b, corner := patterns()
	all := full(a.Width, a.Height)
	near(t, "SSIM of the picture", SSIM(a, b, all), 0.9815451284238504, 1e-9)
	near(t, "SSIM of a corner", SSIM(a, b, corner), 0.9783478175607656, 1e-9)
	near(t, "PSNR of the picture", PSNR(a, b, all), 28.363642929122324, 1e-9)
	near(t, "PSNR of a corner", PSNR(a, b, corner), 28.392472233897365, 1e-9)
	near(t, "matched PSNR of a corner", PSNRMatched(a, b, corner), 31.69734698062988, 1e-3)
}

func TestPSNRByHand(t *testing.T) {
	a, b := NewPicture(2, 1), NewPicture(2, 1)
	b.RGB = []uint8{3, 0, 4, 200, 200, 200}
	// Mean square of the first pixel: (9+0+16)/3.
	near(t, "PSNR", PSNR(a, b, maskOf("#.")), 10*math.Log10(255*255/(25.0/3)), 1e-12)
	near(t, "PSNR of equals", PSNR(a, a, full(2, 1)), MaxPSNR, 0)
	near(t, "PSNR of no pixel", PSNR(a, b, NewMask(2, 1)), MaxPSNR, 0)
}

// Noise of standard deviation s scores 20 log10(255/s) dB.
func TestPSNROfKnownNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, sigma := range []float64{2, 6, 15} {
		a, b := NewPicture(256, 256), NewPicture(256, 256)
		for i := range a.RGB {
			a.RGB[i] = 128
			b.RGB[i] = uint8(math.Round(128 + sigma*random.NormFloat64()))
		}
		// Rounding adds a variance of 1/12.
		near(t, "PSNR of noise", PSNR(a, b, full(256, 256)), 10*math.Log10(255*255/(sigma*sigma+1.0/12)), 0.05)
	}
}

func TestPSNRMatched(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	a, b := NewPicture(64, 64), NewPicture(64, 64)
	for i := range 64 * 64 {
		r, g, l := random.Float64()*120+40, random.Float64()*120+40, random.Float64()*120+40
		copy(a.RGB[3*i:], []uint8{uint8(r), uint8(g), uint8(l)})
		r, g, l = float64(a.RGB[3*i]), float64(a.RGB[3*i+1]), float64(a.RGB[3*i+2])
		copy(b.RGB[3*i:], []uint8{
			uint8(math.Round(0.8*r + 0.1*g + 20)), uint8(math.Round(1.1*g - 15)), uint8(math.Round(0.05*r + 0.9*l + 3)),
		})
	}
	all := full(64, 64)
	// An affine map of colours leaves rounding only: a variance of 1/12.
	near(t, "matched", PSNRMatched(a, b, all), 10*math.Log10(255*255*12), 0.2)
	if plain := PSNR(a, b, all); plain > 30 {
		t.Errorf("PSNR before the fit is %.1f dB, the test proves nothing", plain)
	}
	near(t, "matched, no pixel", PSNRMatched(a, b, NewMask(64, 64)), MaxPSNR, 0)
	flat := NewPicture(64, 64)
	if got, plain := PSNRMatched(flat, b, all), PSNR(flat, b, all); !(got >= plain) {
		t.Errorf("matched PSNR of a flat picture is %.2f, below %.2f", got, plain)
	}
}

// A fit cannot make things worse, whatever the pictures.
func FuzzMatchedIsNotWorse(f *testing.F) {
	f.Add(uint64(1), uint8(3))
	f.Add(uint64(99), uint8(200))
	f.Fuzz(func(t *testing.T, seed uint64, spread uint8) {
		random := rand.New(rand.NewPCG(seed, 1))
		a, b, region := NewPicture(9, 7), NewPicture(9, 7), NewMask(9, 7)
		for i := range a.RGB {
			a.RGB[i] = uint8(random.IntN(int(spread) + 1))
			b.RGB[i] = uint8(random.IntN(256))
		}
		for i := range region.Set {
			region.Set[i] = random.IntN(3) > 0
		}
		if m, p := PSNRMatched(a, b, region), PSNR(a, b, region); !(m >= p-1e-9) {
			t.Errorf("matched %.9f below plain %.9f", m, p)
		}
	})
}

func TestSSIM(t *testing.T) {
	a, b, _ := patterns()
	all := full(a.Width, a.Height)
	near(t, "SSIM of equals", SSIM(a, a, all), 1, 1e-12)
	near(t, "SSIM swapped", SSIM(b, a, all), SSIM(a, b, all), 1e-12)
	near(t, "SSIM of no pixel", SSIM(a, b, NewMask(a.Width, a.Height)), 1, 0)
	// Two flat pictures: only the luminance term is left.
	black, grey := NewPicture(20, 20), NewPicture(20, 20)
	for i := range grey.RGB {
		grey.RGB[i] = 100
	}
	near(t, "SSIM of black and grey", SSIM(black, grey, full(20, 20)), ssimC1/(10000+ssimC1), 1e-9)
	// Smaller than the window: mirrored more than once.
	tiny := Picture{Width: 2, Height: 3, RGB: a.RGB[:18]}
	near(t, "SSIM of a tiny picture", SSIM(tiny, tiny, full(2, 3)), 1, 1e-12)
}

func silhouetteCase() (Picture, []uint8, Mask) {
	truth, mask, matte := NewPicture(64, 64), NewMask(64, 64), make([]uint8, 64*64)
	for i := range mask.Set {
		mask.Set[i] = i%64 >= 16 && i%64 < 48 && i/64 >= 16 && i/64 < 48
		if mask.Set[i] {
			matte[i] = 255
		}
		copy(truth.RGB[3*i:], []uint8{uint8(3 * (i % 64)), uint8(2 * (i / 64)), 90})
	}
	return truth, matte, mask
}

func TestCompare(t *testing.T) {
	truth, matte, mask := silhouetteCase()
	got, err := Compare(truth, matte, truth, mask)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Metrics{99, 99, 99, 99, 1, 1}); got != want {
		t.Errorf("the truth scores %+v, want %+v", got, want)
	}

	// Nothing rendered: every pixel of the silhouette shows grey.
	got, err = Compare(truth, make([]uint8, 64*64), truth, mask)
	if err != nil {
		t.Fatal(err)
	}
	sum, n := 0.0, 0
	for i, s := range mask.Set {
		if s {
			for _, v := range truth.RGB[3*i : 3*i+3] {
				sum += math.Pow(float64(v)-Background, 2)
				n++
			}
		}
	}
	near(t, "PSNR of nothing", got.PSNR, 10*math.Log10(255*255*float64(n)/sum), 1e-9)
	near(t, "IoU of nothing", got.IoU, 0, 0)

	// A matte 8 px too wide costs the halo and the IoU, not the silhouette.
	wide := mask.Dilate(8)
	for i, s := range wide.Set {
		if s {
			matte[i] = 255
		}
	}
	got, err = Compare(truth, matte, truth, mask)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "PSNR with a wide matte", got.PSNR, MaxPSNR, 0)
	near(t, "IoU with a wide matte", got.IoU, 32.0*32/(48*48), 1e-9)
	if got.PSNRHalo > 30 || got.SSIM > 0.98 {
		t.Errorf("a wide matte scores halo %.1f dB, SSIM %.3f", got.PSNRHalo, got.SSIM)
	}
}

func TestCompareRefuses(t *testing.T) {
	truth, matte, mask := silhouetteCase()
	small := NewPicture(32, 64)
	cases := []struct {
		name          string
		result, truth Picture
		matte         []uint8
		mask          Mask
		want          error
	}{
		{"sizes differ", small, truth, matte, mask, ErrPicture},
		{"short matte", truth, truth, matte[:9], mask, ErrPicture},
		{"mask of another size", truth, truth, matte, NewMask(32, 64), ErrPicture},
		{"torn picture", Picture{64, 64, truth.RGB[:99]}, truth, matte, mask, ErrPicture},
		{"nobody there", truth, truth, matte, NewMask(64, 64), ErrNoSilhouette},
	}
	for _, c := range cases {
		if _, err := Compare(c.result, c.matte, c.truth, c.mask); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
}

func TestMean(t *testing.T) {
	got := Mean([]Metrics{{1, 2, 3, 4, 5, 6}, {3, 4, 5, 6, 7, 8}})
	if want := (Metrics{2, 3, 4, 5, 6, 7}); got != want {
		t.Errorf("mean %+v, want %+v", got, want)
	}
	if Mean(nil) != (Metrics{}) {
		t.Error("mean of nothing is not zero")
	}
}

func BenchmarkCompare512(b *testing.B) {
	truth := NewPicture(512, 512)
	matte := make([]uint8, 512*512)
	for i := range matte {
		if (i%512-256)*(i%512-256)+(i/512-256)*(i/512-256) < 200*200 {
			matte[i] = 255
		}
	}
	mask := MaskAbove(512, 512, matte, 127)
	for b.Loop() {
		if _, err := Compare(truth, matte, truth, mask); err != nil {
			b.Fatal(err)
		}
	}
}
