package eval

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/score"
)

// discs is a suite of grey discs: the views of one frame, then of the next.
type discs struct {
	views, frames int
	released      *int
}

const discSide = 48

func disc() (score.Picture, score.Mask) {
	p, m := score.NewPicture(discSide, discSide), score.NewMask(discSide, discSide)
	for i := range m.Set {
		x, y := i%discSide-24, i/discSide-24
		m.Set[i] = x*x+y*y < 15*15
		copy(p.RGB[3*i:], []uint8{uint8(90 + 2*x), uint8(90 + 2*y), 90})
	}
	return p, m
}

// flat is the disc's depth.
func flat() []float32 {
	depth := make([]float32, discSide*discSide)
	for i := range depth {
		depth[i] = 1
	}
	return depth
}

func (d discs) Len() int { return d.views * d.frames }

func (d discs) Case(i int) (Case, error) {
	f := capture.NewFrame(func(*capture.Frame) { *d.released++ })
	p, m := disc()
	return Case{
		Camera: []string{"left", "<right>"}[i%d.views], Frame: i / d.views, Tick: i / d.views,
		Set: capture.NewFrameSet(uint64(i), 0, []*capture.Frame{f}), Truth: p, Silhouette: m, Depth: flat(),
		Target: space.Camera{Lens: space.Lens{Width: discSide, Height: discSide}},
	}, nil
}

// offRenderer returns the disc with off[k] levels added in call k.
type offRenderer struct {
	off   []int
	calls int
}

func (r *offRenderer) Picture(_ context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error) {
	off := r.off[min(r.calls, len(r.off)-1)]
	r.calls++
	p, m := disc()
	matte := make([]uint8, len(m.Set))
	for i, s := range m.Set {
		if s {
			matte[i] = 255
		}
		for c := 3 * i; c < 3*i+3; c++ {
			p.RGB[c] = uint8(int(p.RGB[c]) + off)
		}
	}
	return &render.Image{Width: target.Lens.Width, Height: target.Lens.Height, RGB: p.RGB, Matte: matte, Depth: flat()}, nil
}

func psnrOf(off float64) float64 { return 20 * math.Log10(255/off) }

func one(r Renderer) []Named { return []Named{{"one", r}} }

func TestEvaluate(t *testing.T) {
	released := 0
	// The first call warms up and does not count; the views take turns.
	r := &offRenderer{off: []int{99, 1, 4, 2, 8}}
	steps := 0
	folder := filepath.Join(t.TempDir(), "new")
	report, err := Evaluate(t.Context(), one(r), discs{2, 2, &released}, Options{
		Out: folder, Title: "discs <1>",
		Progress: func(done, total int) {
			if steps++; done != steps || total != 4 {
				t.Errorf("progress %d of %d", done, total)
			}
		},
		More: func(r *Report) error {
			if r.Methods != nil {
				t.Errorf("methods of one: %v", r.Methods)
			}
			r.AddFlicker("one", map[string]float64{"left": 0.625})
			r.Methods = Methods{{"nearest", r.Views[0]}, {"<far>", r.Views[1]}}
			r.Dropped = &Dropped{Costs: []Cost{{Missing: []string{"<a>", "b"}, Cost: 1.25}}, Mean: 1.125, Worst: 1.5}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.calls != 5 || released != 4 || steps != 4 {
		t.Errorf("%d calls, %d sets released, %d steps", r.calls, released, steps)
	}
	want := []float64{(psnrOf(1) + psnrOf(2)) / 2, (psnrOf(4) + psnrOf(8)) / 2}
	for i, v := range report.Views {
		if v.Camera != []string{"left", "<right>"}[i] || v.Frames != 2 || math.Abs(v.PSNRInside-want[i]) > 1e-9 || v.PSNRMatched < 80 || v.IoU != 1 {
			t.Errorf("view %d: %+v, want PSNR %.3f", i, v, want[i])
		}
	}
	// The error is the same everywhere in the disc: 3 px round it are edge.
	_, m := disc()
	edge := 1 - float64(m.Erode(3).Count())/float64(m.Count())
	for _, v := range append(report.Views, report.Mean) {
		if c := v.Causes; c == nil || math.Abs(c.DepthEdge-edge) > 1e-9 || math.Abs(c.Colour-(1-edge)) > 1e-9 {
			t.Errorf("view %q: causes %+v, want %.4f at the edge and the rest colour", v.Camera, c, edge)
		}
	}
	if m := report.Mean; math.Abs(m.PSNR-(want[0]+want[1])/2) > 1e-9 || m.Frames != 4 {
		t.Errorf("mean %+v", m)
	}
	checkPage(t, folder, "discs &lt;1&gt;", "&lt;right&gt;, frame 1", "left, frame 1", "<td>0.625</td>", "<td>&lt;far&gt;</td><td>", "<td>mean</td><td>0.0</td><td>0.0</td>", "<td>&lt;a&gt;, b</td><td>1.25</td>")
	checkPictures(t, folder, "left-result.png", "left-truth.png", "left-error.png", "_right_-result.png")
}

// counted counts the cases that are made.
type counted struct {
	discs
	made *int
}

func (c counted) Case(i int) (Case, error) {
	*c.made++
	return c.discs.Case(i)
}

// All methods are measured on each truth, which is made once.
func TestEvaluateMethods(t *testing.T) {
	released, made, steps := 0, 0, 0
	near, far := &offRenderer{off: []int{99, 1, 1, 2, 2}}, &offRenderer{off: []int{99, 8, 16, 32, 16}}
	folder := t.TempDir()
	report, err := Evaluate(t.Context(), []Named{{"ne/ar", near}, {"far", far}}, counted{discs{2, 2, &released}, &made}, Options{
		Out: folder, Shown: "far", Progress: func(done, total int) {
			if steps++; done != steps || total != 8 {
				t.Errorf("progress %d of %d", done, total)
			}
		},
		More: func(r *Report) error {
			r.AddFlicker("ne/ar", map[string]float64{"left": 1, "<right>": 2})
			r.AddFlicker("far", map[string]float64{"left": 3, "<right>": 6})
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if made != 4 || released != 4 || steps != 8 || near.calls != 5 || far.calls != 5 {
		t.Errorf("%d truths, %d sets released, %d steps, %d and %d calls", made, released, steps, near.calls, far.calls)
	}
	want := map[string]float64{"ne/ar": (psnrOf(1) + psnrOf(2)) / 2, "far": (psnrOf(8) + psnrOf(16) + psnrOf(32) + psnrOf(16)) / 4}
	flicker := map[string]float64{"ne/ar": 1.5, "far": 4.5}
	for _, m := range report.Methods {
		if math.Abs(m.PSNRInside-want[m.Name]) > 1e-9 || m.Frames != 4 || *m.Flicker != flicker[m.Name] || m.Causes == nil {
			t.Errorf("method %+v, want PSNR %.3f", m, want[m.Name])
		}
	}
	if len(report.Methods) != 2 || report.Methods[0].Name != "ne/ar" || report.Mean.PSNR != report.Methods[1].PSNR {
		t.Errorf("methods %+v, mean %+v", report.Methods, report.Mean)
	}
	if v := report.Views; *v[0].Flicker != 3 || math.Abs(v[0].PSNR-(psnrOf(8)+psnrOf(32))/2) > 1e-9 {
		t.Errorf("the views are not those of the method shown: %+v", v)
	}
	checkPage(t, folder, "left, frame 1", `src="left-ne_ar.png"`, `data-name="far"`, `src="_right_-truth.png"`)
	checkPictures(t, folder, "left-result.png", "left-ne_ar.png", "_right_-ne_ar.png")
}

func checkPage(t *testing.T, folder string, shows ...string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(folder, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range shows {
		if !strings.Contains(string(page), want) {
			t.Errorf("page lacks %q", want)
		}
	}
	for _, found := range regexp.MustCompile(` (?:src|href)="([^"#][^"]*)"`).FindAllStringSubmatch(string(page), -1) {
		if _, err := os.Stat(filepath.Join(folder, found[1])); err != nil {
			t.Errorf("the page shows a file that is not there: %v", err)
		}
	}
}

func checkPictures(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("picture %s: %v", name, err)
		}
	}
}

func TestReportKeys(t *testing.T) {
	flicker := 0.5
	text, err := json.Marshal(Report{Views: []View{{Camera: "a"}}, Mean: View{Flicker: &flicker, Causes: &score.Causes{Hole: 0.25, Blur: 0.75}}})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"views":[{"camera":"a","frames":0,"psnr":0,"psnr_inside":0,"psnr_halo":0,"psnr_matched":0,"ssim":0,"iou":0,"ms_per_view":0}],` +
		`"mean":{"frames":0,"psnr":0,"psnr_inside":0,"psnr_halo":0,"psnr_matched":0,"ssim":0,"iou":0,"ms_per_view":0,"flicker":0.5,"causes":{"hole":0.25,"halo":0,"depth_edge":0,"occlusion":0,"colour":0,"blur":0.75}}}`
	if string(text) != want {
		t.Errorf("report is\n%s, want\n%s", text, want)
	}
}

func TestMethodsKeys(t *testing.T) {
	for want, m := range map[string]Methods{
		"{}": {},
		`{"z":{"frames":1,"psnr":0,"psnr_inside":0,"psnr_halo":0,"psnr_matched":0,"ssim":0,"iou":0,"ms_per_view":0},` +
			`"a":{"frames":2,"psnr":0,"psnr_inside":0,"psnr_halo":0,"psnr_matched":0,"ssim":0,"iou":0,"ms_per_view":0}}`: {{"z", View{Frames: 1}}, {"a", View{Frames: 2}}},
	} {
		if text, err := json.Marshal(m); err != nil || string(text) != want {
			t.Errorf("methods are %s, %v, want %s", text, err, want)
		}
	}
}

type failing struct{ err error }

func (f failing) Picture(context.Context, *capture.FrameSet, space.Camera) (*render.Image, error) {
	return nil, f.err
}

func TestEvaluateFails(t *testing.T) {
	released, broken := 0, errors.New("broken")
	if _, err := Evaluate(t.Context(), one(failing{broken}), discs{1, 1, &released}, Options{}); !errors.Is(err, broken) || released != 1 {
		t.Errorf("error %v, %d sets released", err, released)
	}
	if _, err := Evaluate(t.Context(), one(failing{}), discs{}, Options{}); !errors.Is(err, ErrNoCase) {
		t.Errorf("error of an empty suite is %v", err)
	}
	report, err := Evaluate(t.Context(), one(failing{render.ErrNobody}), discs{1, 1, &released}, Options{})
	if err != nil || report.Mean.IoU != 0 || report.Mean.PSNR > 25 || report.Mean.Causes.Hole != 1 {
		t.Errorf("an empty picture scores %+v, %v", report, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Evaluate(t.Context(), one(&offRenderer{off: []int{0}}), discs{1, 1, &released}, Options{Out: file}); err == nil {
		t.Error("a file was taken for the output folder")
	}
	for what, methods := range map[string][]Named{"none": nil, "one name twice": {{"one", failing{}}, {"one", failing{}}}, "another": {{"two", failing{}}}} {
		if _, err := Evaluate(t.Context(), methods, discs{1, 1, &released}, Options{Shown: "one"}); err == nil {
			t.Errorf("methods were accepted: %s", what)
		}
	}
}

// halfEmpty shows nobody in the second frame.
type halfEmpty struct{ discs }

func (h halfEmpty) Case(i int) (Case, error) {
	c, err := h.discs.Case(i)
	if c.Frame == 1 {
		clear(c.Silhouette.Set)
	}
	return c, err
}

func TestEvaluateSkipsATruthOfNobody(t *testing.T) {
	released := 0
	report, err := Evaluate(t.Context(), one(&offRenderer{off: []int{1}}), halfEmpty{discs{2, 2, &released}}, Options{Out: t.TempDir()})
	if err != nil || released != 4 {
		t.Fatalf("%d sets released, %v", released, err)
	}
	if len(report.Views) != 2 || report.Mean.Frames != 2 || len(report.Skipped) != 2 || report.Skipped[1].Camera != "<right>" || report.Skipped[1].Frame != 1 {
		t.Errorf("report %+v", report)
	}
}
