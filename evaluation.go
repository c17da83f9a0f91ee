package main

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/eval"
	"github.com/virtualcube/virtualcube/render/gl"
)

// evaluation is one run of evalCommand: the suite and what its options ask for
// besides.
type evaluation struct {
	command  *evalCommand
	env      *environment
	rig      capture.Rig
	address  string
	suite    eval.Suite
	device   *gl.Device
	renderer *render.Renderer // of the wanted level
}

// run measures the renderer of the wanted level.
func (e *evaluation) run() (report *eval.Report, err error) {
	err = withDevice(e.env.ctx, func(device *gl.Device) error {
		e.device = device
		return e.with(e.command.Level, func(r *render.Renderer) (err error) {
			e.renderer = r
			report, err = e.evaluate()
			return err
		})
	})
	return report, err
}

// with runs f with the renderer of a level.
func (e *evaluation) with(level string, f func(*render.Renderer) error) error {
	return withRenderer(e.env.ctx, e.device, e.rig, e.env.config.Size, levels[level], f)
}

func (e *evaluation) evaluate() (*eval.Report, error) {
	progress := newProgress(e.env.stderr, "evaluating "+e.address)
	return eval.Evaluate(e.env.ctx, e.renderer, e.suite, eval.Options{
		Out: e.command.Out, Title: e.address,
		Progress: func(done, total int, _ string) { progress(done, total) },
		More: func(report *eval.Report) error {
			if err := e.watch(e.renderer, report); err != nil {
				return err
			}
			if err := e.compare(report); err != nil {
				return err
			}
			return e.drop(report)
		},
	})
}

// compare measures the other methods on the same suite.
func (e *evaluation) compare(report *eval.Report) error {
	if !e.command.Methods {
		return nil
	}
	means := map[string]eval.View{e.command.Level: report.Mean}
	for _, name := range methodNames {
		if name == "ours" {
			means[name] = means[oursLevel]
		} else if _, known := means[name]; !known {
			var err error
			if means[name], err = e.method(name); err != nil {
				return fmt.Errorf("method %q: %w", name, err)
			}
		}
		report.Methods = append(report.Methods, eval.Method{Name: name, View: means[name]})
	}
	return nil
}

// method measures one of them.
func (e *evaluation) method(name string) (mean eval.View, err error) {
	measure := func(r eval.Renderer) error {
		progress := newProgress(e.env.stderr, "evaluating "+name)
		report, err := eval.Evaluate(e.env.ctx, r, e.suite, eval.Options{
			Progress: func(done, total int, _ string) { progress(done, total) },
			More:     func(report *eval.Report) error { return e.watch(r, report) },
		})
		if err == nil {
			mean = report.Mean
		}
		return err
	}
	if name == "nearest" {
		err = measure(eval.Nearest{Rig: e.rig})
	} else {
		err = e.with(name, func(r *render.Renderer) error { return measure(r) })
	}
	return mean, err
}

// watch measures flicker where a pose can be frozen.
func (e *evaluation) watch(r eval.Renderer, report *eval.Report) error {
	novel, ok := e.suite.(*eval.Novel)
	if !ok || e.command.Flicker <= 0 {
		return nil
	}
	still := eval.Still{
		Stage: novel.Stage, Eyes: novel.Eyes[:min(e.command.Flicker, len(novel.Eyes))],
		Width: novel.Width, Height: novel.Height,
	}
	flicker, err := still.Flicker(e.env.ctx, r, newProgress(e.env.stderr, "watching a frozen pose"))
	if err != nil {
		return err
	}
	report.AddFlicker(flicker)
	return nil
}

// dropEyes is from how many eyes missing cameras are looked at by default: a
// view is rendered up to 16 times.
const dropEyes = 8

// drop measures what missing cameras cost.
func (e *evaluation) drop(report *eval.Report) (err error) {
	if e.command.Drop == 0 {
		return nil
	}
	suite := e.suite
	if novel, ok := suite.(*eval.Novel); ok {
		fewer := &eval.Novel{
			Stage: novel.Stage, Eyes: novel.Eyes, Frames: max(e.command.Frames, 1),
			Width: novel.Width, Height: novel.Height,
		}
		if e.command.Eyes == 0 {
			fewer.Eyes = novel.Eyes[:min(dropEyes, len(novel.Eyes))]
		}
		defer fewer.Close()
		suite = fewer
	}
	var names []string
	for _, camera := range e.rig.Cameras {
		names = append(names, camera.Name)
	}
	report.Dropped, err = eval.Drop(e.env.ctx, e.renderer, suite, names, e.command.Drop, newProgress(e.env.stderr, "dropping cameras"))
	return err
}
