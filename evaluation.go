package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render"
	"github.com/virtualcube/virtualcube/render/eval"
	"github.com/virtualcube/virtualcube/render/gl"
)

// evaluation is one run of evalCommand: the suite and what its options ask for
// besides.
type evaluation struct {
	command *evalCommand
	env     *environment
	rig     capture.Rig
	address string
	suite   eval.Suite

	methods   []eval.Named       // what is measured, once each
	same      map[string]string  // method to the name under which it is measured: levels may have the same options
	renderers []*render.Renderer // of the levels
}

// run measures the renderer of the wanted level, and others where asked.
func (e *evaluation) run() (report *eval.Report, err error) {
	err = withDevice(e.env.ctx, func(device *gl.Device) error {
		err := e.open(device)
		if err == nil {
			report, err = e.evaluate()
		}
		return errors.Join(err, e.close())
	})
	return report, err
}

// open makes the renderers. Those that are the same get one name.
func (e *evaluation) open(device *gl.Device) error {
	names := []string{e.env.config.Level}
	if e.command.Methods {
		names = methodNames
	}
	e.same = map[string]string{}
	for i, name := range names {
		if e.same[name] != "" {
			continue
		}
		options, isLevel := optionsOf(name)
		joined := name
		for _, other := range names[i+1:] {
			if same, also := optionsOf(other); isLevel && also && same == options {
				joined += "/" + other
			}
		}
		for same := range strings.SplitSeq(joined, "/") {
			e.same[same] = joined
		}
		renderer, err := e.renderer(device, name, options, isLevel)
		if err != nil {
			return fmt.Errorf("method %q: %w", name, err)
		}
		e.methods = append(e.methods, eval.Named{Name: joined, Renderer: renderer})
	}
	return nil
}

// optionsOf returns those of a method that is a level.
func optionsOf(method string) (options render.Options, isLevel bool) {
	if method == "ours" {
		method = oursLevel
	}
	options, isLevel = levels[method]
	return options, isLevel
}

func (e *evaluation) renderer(device *gl.Device, name string, options render.Options, isLevel bool) (eval.Renderer, error) {
	if !isLevel {
		return baseline(name, e.rig)
	}
	options.Width, options.Height = e.env.config.Size.Width, e.env.config.Size.Height
	renderer, err := render.New(device, e.rig, options)
	if err == nil {
		e.renderers = append(e.renderers, renderer)
	}
	return renderer, err
}

func (e *evaluation) close() (err error) {
	for _, r := range e.renderers {
		err = errors.Join(err, r.Close(context.WithoutCancel(e.env.ctx)))
	}
	return err
}

func (e *evaluation) evaluate() (*eval.Report, error) {
	return eval.Evaluate(e.env.ctx, e.methods, e.suite, eval.Options{
		Out: e.command.Out, Title: e.address, Shown: e.same[e.env.config.Level],
		Progress: newProgress(e.env.stderr, "evaluating "+e.address),
		More: func(report *eval.Report) error {
			if err := e.watch(report); err != nil {
				return err
			}
			e.list(report)
			return e.drop(report)
		},
	})
}

// list puts the methods into the order of their table, those that are the same
// as another one with its figures.
func (e *evaluation) list(report *eval.Report) {
	if !e.command.Methods {
		return
	}
	measured := map[string]eval.View{}
	for _, m := range report.Methods {
		measured[m.Name] = m.View
	}
	report.Methods = nil
	for _, name := range methodNames {
		report.Methods = append(report.Methods, eval.Method{Name: name, View: measured[e.same[name]]})
	}
}

// watch measures flicker where a pose can be frozen.
func (e *evaluation) watch(report *eval.Report) error {
	novel, ok := e.suite.(*eval.Novel)
	if !ok || e.command.Flicker <= 0 {
		return nil
	}
	still := eval.Still{
		Stage: novel.Stage, Eyes: novel.Eyes[:min(e.command.Flicker, len(novel.Eyes))],
		Width: novel.Width, Height: novel.Height,
	}
	levels, err := still.Flicker(e.env.ctx, e.methods, newProgress(e.env.stderr, "watching a frozen pose"))
	if err != nil {
		return err
	}
	for method, views := range levels {
		report.AddFlicker(method, views)
	}
	return nil
}

// dropEyes is from how many eyes missing cameras are looked at by default: a
// view is rendered up to 16 times.
const dropEyes = 8

// drop measures what missing cameras cost the wanted level.
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
	report.Dropped, err = eval.Drop(e.env.ctx, e.wanted(), suite, names, e.command.Drop, newProgress(e.env.stderr, "dropping cameras"))
	return err
}

// wanted is the renderer of the wanted level.
func (e *evaluation) wanted() eval.Renderer {
	for _, m := range e.methods {
		if m.Name == e.same[e.env.config.Level] {
			return m.Renderer
		}
	}
	return nil
}
