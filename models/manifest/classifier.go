package manifest

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// classifier reports what a model thinks that it sees or hears.
type classifier struct {
	out    *Output
	values []float32
	fetch  func()
	scores []float64
	order  []int
	level  string // the parameter
	tell   func(models.Observation)

	begun bool
	last  capture.Time // when the model was run
}

func newClassifier(m *Manifest, e models.Environment, opened *model) (*classifier, error) {
	out := m.output(labels)
	c := &classifier{out: out, scores: make([]float64, len(out.Labels)), order: make([]int, len(out.Labels)), level: m.use(threshold), tell: e.Observe}
	var err error
	c.values, c.fetch, err = output(opened.session, &out.Shape)
	return c, err
}

// due says whether the interval is over, also where stamps step back.
func (c *classifier) due(now capture.Time) bool {
	if since := now.Sub(c.last); c.begun && since >= 0 && since+time.Millisecond < c.out.Interval {
		return false
	}
	c.begun, c.last = true, now
	return true
}

// observe tells the best labels of what the model gave.
func (c *classifier) observe(at capture.Time, v models.Values) {
	c.fetch()
	c.activate()
	for i := range c.order {
		c.order[i] = i
	}
	slices.SortStableFunc(c.order, func(a, b int) int { return cmp.Compare(c.scores[b], c.scores[a]) })
	otherwise := 0.0
	if c.out.Threshold != nil {
		otherwise = *c.out.Threshold
	}
	level := float64(ratio(v, c.level, otherwise))
	var list []models.Label
	for _, i := range c.order[:min(c.out.Top, len(c.order))] {
		if c.scores[i] >= level {
			list = append(list, models.Label{Name: c.out.Labels[i], Score: c.scores[i]})
		}
	}
	if list != nil && c.tell != nil {
		c.tell(models.Observation{Captured: at, Labels: list})
	}
}

// activate makes scores from 0 to 1.
func (c *classifier) activate() {
	most, sum := slices.Max(c.values), 0.0
	for i, x := range c.values {
		switch c.out.Activation {
		case softmax:
			c.scores[i] = math.Exp(float64(x - most))
			sum += c.scores[i]
		case sigmoid:
			c.scores[i] = float64(logistic(x))
		default:
			c.scores[i] = max(0, min(float64(x), 1))
		}
	}
	if c.out.Activation == softmax {
		for i := range c.scores {
			c.scores[i] /= sum
		}
	}
}
