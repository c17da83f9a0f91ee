package eval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/score"
)

// Renderer is what is measured.
type Renderer interface {
	// Picture renders a frame set, nil where a camera is missing, from a
	// pinhole of any size. The set is borrowed for the call.
	Picture(ctx context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error)
}

// Case is one view to render and what it should look like.
type Case struct {
	Camera     string            // the view's name: a held-out camera or an eye
	Frame      int               // the instant, from 0
	Set        *capture.FrameSet // one reference; Evaluate releases it
	Target     space.Camera      // a pinhole
	Truth      score.Picture     // of the target's size
	Silhouette score.Mask        // of the target's size
	Depth      []float32         // the truth's, metres along the optical axis, 0 where unknown; nil where none is known
}

// Suite is a list of cases. The cases of one view follow one another.
type Suite interface {
	Len() int
	// Case makes case i, 0 to Len()-1.
	Case(i int) (Case, error)
}

// Options of Evaluate. The zero value prints and writes nothing.
type Options struct {
	// Progress, where not nil, is told about every case that is done.
	Progress func(done, total int, camera string)
	// Out, where not empty, is a folder for pictures and page; it is made.
	Out string
	// Title heads the page.
	Title string
	// More, where not nil, adds figures to the report before the page is
	// written.
	More func(*Report) error
}

// View is the figures of one camera or eye, or their mean.
type View struct {
	Camera string `json:"camera,omitempty"`
	Frames int    `json:"frames"`
	score.Metrics
	MSPerView float64  `json:"ms_per_view"`       // wall clock of Renderer.Picture
	Flicker   *float64 `json:"flicker,omitempty"` // of a frozen pose, see Still; the mean is over the views that have it
	// Causes are the shares of the squared error by cause, over all frames;
	// they add up to 1. Nil where the truth has no depth.
	Causes *score.Causes `json:"causes,omitempty"`
}

// Report is the result of an evaluation.
type Report struct {
	Views   []View    `json:"views"`
	Mean    View      `json:"mean"`
	Skipped []Skipped `json:"skipped,omitempty"`
	Methods Methods   `json:"methods,omitempty"` // other renderers' means, on the same suite
	Dropped *Dropped  `json:"dropped,omitempty"` // see Drop
}

// Skipped is a case whose truth shows nobody: there is nothing to compare.
type Skipped struct {
	Camera string `json:"camera"`
	Frame  int    `json:"frame"`
	Reason string `json:"reason"`
}

// ErrNoCase is returned for a suite in which nothing can be compared.
var ErrNoCase = errors.New("nothing to evaluate: no camera that sees somebody can be left out, which takes two cameras at least")

// Evaluate renders and compares every case of the suite. The first case is
// rendered once more beforehand, so that no view pays for compiling shaders.
func Evaluate(ctx context.Context, r Renderer, suite Suite, o Options) (*Report, error) {
	if suite.Len() == 0 {
		return nil, ErrNoCase
	}
	var shown *gallery
	if o.Out != "" {
		var err error
		if shown, err = newGallery(o.Out, o.Title); err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
	}
	sum := &summary{}
	for i := range suite.Len() {
		c, err := suite.Case(i)
		if err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
		d, err := evaluateCase(ctx, r, c, i == 0)
		c.Set.Release()
		switch {
		case errors.Is(err, score.ErrNoSilhouette):
			sum.skipped = append(sum.skipped, Skipped{c.Camera, c.Frame, err.Error()})
		case err != nil:
			return nil, fmt.Errorf("evaluate view %q, frame %d: %w", c.Camera, c.Frame, err)
		default:
			sum.add(c.Camera, d)
			if shown != nil {
				shown.add(c, d)
			}
		}
		if o.Progress != nil {
			o.Progress(i+1, suite.Len(), c.Camera)
		}
	}
	if len(sum.names) == 0 {
		return nil, ErrNoCase
	}
	report := sum.report()
	if o.More != nil {
		if err := o.More(report); err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
	}
	if shown != nil {
		if err := shown.write(report); err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
	}
	return report, nil
}

// drawn is one rendered case.
type drawn struct {
	result  score.Picture // composited on grey
	metrics score.Metrics
	causes  *score.Causes // sums, nil where the truth has no depth
	took    time.Duration
}

func evaluateCase(ctx context.Context, r Renderer, c Case, warmUp bool) (drawn, error) {
	if warmUp {
		if _, err := picture(ctx, r, c.Set, c.Target); err != nil {
			return drawn{}, err
		}
	}
	start := time.Now()
	image, err := picture(ctx, r, c.Set, c.Target)
	took := time.Since(start)
	if err != nil {
		return drawn{}, err
	}
	result := score.Picture{Width: image.Width, Height: image.Height, RGB: image.RGB}
	metrics, err := score.Compare(result, image.Matte, c.Truth, c.Silhouette)
	if err != nil {
		return drawn{}, err
	}
	d := drawn{result: result.Over(image.Matte), metrics: metrics, took: took}
	if c.Depth != nil {
		causes, err := score.Split(result, image.Matte, image.Depth, c.Truth, c.Silhouette, c.Depth)
		if err != nil {
			return drawn{}, err
		}
		d.causes = &causes
	}
	return d, nil
}

// picture renders a view. Where the cameras left see nobody the picture is
// empty, which costs what it costs an onlooker.
func picture(ctx context.Context, r Renderer, set *capture.FrameSet, target space.Camera) (*render.Image, error) {
	image, err := r.Picture(ctx, set, target)
	if errors.Is(err, render.ErrNobody) {
		width, height := target.Lens.Width, target.Lens.Height
		n := width * height
		return &render.Image{Width: width, Height: height, RGB: make([]uint8, 3*n), Matte: make([]uint8, n), Depth: make([]float32, n)}, nil
	}
	return image, err
}

// summary gathers figures by view, in the order of the views.
type summary struct {
	names   []string
	metrics [][]score.Metrics
	causes  []*score.Causes // sums, nil where the truth has no depth
	took    []time.Duration
	skipped []Skipped
}

func (s *summary) add(camera string, d drawn) {
	last := len(s.names) - 1
	if last < 0 || s.names[last] != camera {
		s.names = append(s.names, camera)
		s.metrics = append(s.metrics, nil)
		s.causes = append(s.causes, nil)
		s.took = append(s.took, 0)
		last++
	}
	s.metrics[last] = append(s.metrics[last], d.metrics)
	s.causes[last] = plus(s.causes[last], d.causes)
	s.took[last] += d.took
}

// plus adds sums that may be unknown.
func plus(a, b *score.Causes) *score.Causes {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	sum := a.Plus(*b)
	return &sum
}

// shares are those of sums that may be unknown.
func shares(sums *score.Causes) *score.Causes {
	if sums == nil {
		return nil
	}
	parts := sums.Shares()
	return &parts
}

func (s *summary) report() *Report {
	r := &Report{Skipped: s.skipped}
	var causes *score.Causes
	var means []score.Metrics
	for i, name := range s.names {
		n := len(s.metrics[i])
		v := View{
			Camera: name, Frames: n, Metrics: score.Mean(s.metrics[i]),
			MSPerView: s.took[i].Seconds() * 1000 / float64(n), Causes: shares(s.causes[i]),
		}
		r.Views = append(r.Views, v)
		means = append(means, v.Metrics)
		causes = plus(causes, s.causes[i])
		r.Mean.Frames += n
		r.Mean.MSPerView += v.MSPerView / float64(len(s.names))
	}
	r.Mean.Metrics, r.Mean.Causes = score.Mean(means), shares(causes)
	return r
}
