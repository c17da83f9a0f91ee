package main

import (
	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/eval"
)

// evaluation is one run of evalCommand: the suite and what its options ask for
// besides.
type evaluation struct {
	command  *evalCommand
	env      *environment
	rig      capture.Rig
	address  string
	suite    eval.Suite
	renderer *render.Renderer
}

// run measures the renderer of the wanted level.
func (e *evaluation) run() (report *eval.Report, err error) {
	err = withRenderer(e.env.ctx, e.rig, e.env.config.Size, levels[e.command.Level], func(r *render.Renderer) (err error) {
		e.renderer = r
		report, err = e.evaluate()
		return err
	})
	return report, err
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
			return e.drop(report)
		},
	})
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
