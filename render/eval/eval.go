package eval

import (
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
	// pinhole of any size; often several views of one set, one after another.
	// The set is borrowed for the call.
	Picture(ctx context.Context, set *capture.FrameSet, target space.Camera) (*render.Image, error)
}

// Observer is a Renderer that filters in time: besides the frame sets that it
// renders it is shown those between, in order. Of one sequence Sequence
// advances by 1 and Captured by a frame period; between two sequences time
// leaps forward by a second at least, and it never goes back.
type Observer interface {
	// Observe takes note of a frame set that is not rendered. The set is
	// borrowed for the call.
	Observe(ctx context.Context, set *capture.FrameSet) error
}

// Named is a renderer by its name.
type Named struct {
	Name string
	Renderer
}

// observers are those that filter in time.
func observers(methods []Named) (list []Observer) {
	for _, m := range methods {
		if o, ok := m.Renderer.(Observer); ok {
			list = append(list, o)
		}
	}
	return list
}

// Preceding is how many frame sets an Observer is shown at most before one
// that is rendered: half a second of the usual rig.
const Preceding = 15

// Case is one view to render and what it should look like.
type Case struct {
	Camera string            // the view's name: a held-out camera or an eye
	Frame  int               // the instant, from 0
	Tick   int               // place in time, in frames; cases of one tick that follow one another are of one Set
	Set    *capture.FrameSet // one reference; Evaluate releases it
	// Before shows the sets of the n ticks before Set's in order, each borrowed
	// for the call; fewer where there are none. Nil where nothing precedes.
	Before     func(n int, show func(*capture.FrameSet) error) error
	Target     space.Camera  // a pinhole
	Truth      score.Picture // of the target's size
	Silhouette score.Mask    // of the target's size
	Depth      []float32     // the truth's, metres along the optical axis, 0 where unknown; nil where none is known
}

// Suite is a list of cases in the order of time.
type Suite interface {
	Len() int
	// Case makes case i, 0 to Len()-1.
	Case(i int) (Case, error)
}

// Options of Evaluate. The zero value prints and writes nothing.
type Options struct {
	// Shown names the method whose views are reported; the first where empty.
	Shown string
	// Progress, where not nil, is told about every picture that is compared.
	Progress func(done, total int)
	// Out, where not empty, is a folder for pictures and page; it is made.
	Out string
	// Title heads the page.
	Title string
	// More, where not nil, adds figures to the report before the page is
	// written.
	More func(*Report) error
}

// ErrNoCase is returned for a suite in which nothing can be compared.
var ErrNoCase = errors.New("nothing to evaluate: no camera that sees somebody can be left out, which takes two cameras at least")

// Evaluate renders every case of the suite by every method, their names being
// different, and compares it with the truth, which is made once a case. Each
// method renders the first case once more beforehand, so that no view pays for
// compiling shaders.
func Evaluate(ctx context.Context, methods []Named, suite Suite, o Options) (*Report, error) {
	if suite.Len() == 0 {
		return nil, ErrNoCase
	}
	e := &evaluation{methods: methods, options: o, total: suite.Len() * len(methods), sums: make([]summary, len(methods))}
	if err := e.prepare(); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	for i := range suite.Len() {
		c, err := suite.Case(i)
		if err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
		err = e.add(ctx, c)
		c.Set.Release()
		if err != nil {
			return nil, fmt.Errorf("evaluate view %q, frame %d: %w", c.Camera, c.Frame, err)
		}
	}
	report := e.report()
	if len(report.Views) == 0 {
		return nil, ErrNoCase
	}
	if o.More != nil {
		if err := o.More(report); err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
	}
	if e.gallery != nil {
		if err := e.gallery.write(report); err != nil {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
	}
	return report, nil
}

// evaluation is one call of Evaluate. It holds one case at a time.
type evaluation struct {
	methods []Named
	shown   int // index of the method whose views are reported
	options Options
	gallery *gallery // nil where no pictures are wanted

	begun       bool
	tick        int // of the last case
	done, total int
	sums        []summary // a method
	skipped     []Skipped
}

func (e *evaluation) prepare() (err error) {
	if len(e.methods) == 0 {
		return errors.New("no renderer to measure")
	}
	names := map[string]int{}
	for i, m := range e.methods {
		if _, twice := names[m.Name]; twice {
			return fmt.Errorf("two methods are called %q", m.Name)
		}
		names[m.Name] = i
	}
	if e.options.Shown != "" {
		var known bool
		if e.shown, known = names[e.options.Shown]; !known {
			return fmt.Errorf("no method is called %q", e.options.Shown)
		}
	}
	if e.options.Out != "" {
		e.gallery, err = newGallery(e.options.Out, e.options.Title)
	}
	return err
}

// add measures all methods on one case.
func (e *evaluation) add(ctx context.Context, c Case) error {
	warm := e.begun
	if err := e.lead(ctx, c); err != nil {
		return err
	}
	results := make([]drawn, 0, len(e.methods))
	for i, m := range e.methods {
		d, err := drawCase(ctx, m, c, !warm)
		if errors.Is(err, score.ErrNoSilhouette) { // the truth's, whatever the method
			e.skipped = append(e.skipped, Skipped{c.Camera, c.Frame, err.Error()})
			e.progress(len(e.methods) - i)
			return nil
		}
		if err != nil {
			return fmt.Errorf("method %q: %w", m.Name, err)
		}
		e.sums[i].add(c.Camera, d)
		e.progress(1)
		if e.gallery != nil {
			results = append(results, d)
		}
	}
	if e.gallery != nil {
		return e.gallery.add(c, e.methods, results, e.shown)
	}
	return nil
}

func (e *evaluation) progress(steps int) {
	e.done += steps
	if e.options.Progress != nil {
		e.options.Progress(e.done, e.total)
	}
}

// lead shows those that filter in time what happened since the last case.
func (e *evaluation) lead(ctx context.Context, c Case) error {
	n := Preceding
	if e.begun && c.Tick >= e.tick {
		n = min(n, c.Tick-e.tick-1)
	}
	e.begun, e.tick = true, c.Tick
	watching := observers(e.methods)
	if n <= 0 || c.Before == nil || len(watching) == 0 {
		return nil
	}
	return c.Before(n, func(set *capture.FrameSet) error { return observe(ctx, watching, set) })
}

func observe(ctx context.Context, watching []Observer, set *capture.FrameSet) error {
	for _, o := range watching {
		if err := o.Observe(ctx, set); err != nil {
			return fmt.Errorf("observe frame set %d: %w", set.Sequence, err)
		}
	}
	return nil
}

// drawn is one rendered case.
type drawn struct {
	result  score.Picture // composited on grey
	metrics score.Metrics
	causes  *score.Causes // sums, nil where the truth has no depth
	took    time.Duration
}

func drawCase(ctx context.Context, r Renderer, c Case, warmUp bool) (drawn, error) {
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
