package eval

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/render/score"
)

// View is the figures of one camera or eye, or their mean.
type View struct {
	Camera string `json:"camera,omitempty"`
	Frames int    `json:"frames"`
	score.Metrics
	// MSPerView is the wall clock of Renderer.Picture. What a renderer does once
	// a frame set, the first view of the set pays for.
	MSPerView float64  `json:"ms_per_view"`
	Flicker   *float64 `json:"flicker,omitempty"` // of a frozen pose, see Still; the mean is over the views that have it
	// Causes are the shares of the squared error by cause, over all frames;
	// they add up to 1. Nil where the truth has no depth.
	Causes *score.Causes `json:"causes,omitempty"`
}

// Report is the result of an evaluation.
type Report struct {
	Views   []View    `json:"views"` // of the method shown
	Mean    View      `json:"mean"`  // their mean
	Skipped []Skipped `json:"skipped,omitempty"`
	Methods Methods   `json:"methods,omitempty"` // all methods' means, where more than one was measured
	Dropped *Dropped  `json:"dropped,omitempty"` // see Drop

	shown string // the method of Views
}

// Skipped is a case whose truth shows nobody: there is nothing to compare.
type Skipped struct {
	Camera string `json:"camera"`
	Frame  int    `json:"frame"`
	Reason string `json:"reason"`
}

// Method is the mean of a renderer, by its name.
type Method struct {
	Name string `json:"-"`
	View
}

// Methods are renderers that were measured on the same suite.
type Methods []Method

// MarshalJSON writes an object with a member a method, in their order.
func (m Methods) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	for i, method := range m {
		name, err := json.Marshal(method.Name)
		if err != nil {
			return nil, fmt.Errorf("write method %q: %w", method.Name, err)
		}
		view, err := json.Marshal(method.View)
		if err != nil {
			return nil, fmt.Errorf("write method %q: %w", method.Name, err)
		}
		out.WriteString([]string{"{", ","}[min(i, 1)])
		out.Write(name)
		out.WriteByte(':')
		out.Write(view)
	}
	if len(m) == 0 {
		out.WriteByte('{')
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// AddFlicker puts the flicker of a method by view into the report, and their
// mean.
func (r *Report) AddFlicker(method string, levels map[string]float64) {
	if len(levels) == 0 {
		return
	}
	mean := 0.0
	for _, view := range slices.Sorted(maps.Keys(levels)) { // the same sum each time
		mean += levels[view] / float64(len(levels))
	}
	for i := range r.Methods {
		if r.Methods[i].Name == method {
			r.Methods[i].Flicker = &mean
		}
	}
	if method != r.shown {
		return
	}
	for i := range r.Views {
		if level, ok := levels[r.Views[i].Camera]; ok {
			r.Views[i].Flicker = &level
		}
	}
	r.Mean.Flicker = &mean
}

// summary gathers the figures of one method by view, in the order in which the
// views first came.
type summary struct {
	index map[string]int
	views []sum
}

// sum is what is known of one view.
type sum struct {
	name    string
	metrics []score.Metrics
	causes  *score.Causes // sums, nil where the truth has no depth
	took    time.Duration
}

func (s *summary) add(camera string, d drawn) {
	i, known := s.index[camera]
	if !known {
		if s.index == nil {
			s.index = map[string]int{}
		}
		i = len(s.views)
		s.index[camera] = i
		s.views = append(s.views, sum{name: camera})
	}
	v := &s.views[i]
	v.metrics = append(v.metrics, d.metrics)
	v.causes = plus(v.causes, d.causes)
	v.took += d.took
}

// figures are the views and their mean.
func (s *summary) figures() (views []View, mean View) {
	var causes *score.Causes
	var means []score.Metrics
	for _, v := range s.views {
		n := len(v.metrics)
		view := View{
			Camera: v.name, Frames: n, Metrics: score.Mean(v.metrics),
			MSPerView: v.took.Seconds() * 1000 / float64(n), Causes: shares(v.causes),
		}
		views = append(views, view)
		means = append(means, view.Metrics)
		causes = plus(causes, v.causes)
		mean.Frames += n
		mean.MSPerView += view.MSPerView / float64(len(s.views))
	}
	mean.Metrics, mean.Causes = score.Mean(means), shares(causes)
	return views, mean
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

func (e *evaluation) report() *Report {
	r := &Report{Skipped: e.skipped, shown: e.methods[e.shown].Name}
	for i, m := range e.methods {
		views, mean := e.sums[i].figures()
		if i == e.shown {
			r.Views, r.Mean = views, mean
		}
		if len(e.methods) > 1 {
			r.Methods = append(r.Methods, Method{Name: m.Name, View: mean})
		}
	}
	return r
}
