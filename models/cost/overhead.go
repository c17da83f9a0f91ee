package cost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/matte/segment"
)

// Overhead is what the host adds to a filter with a model, in milliseconds a
// frame. See the package's comment.
type Overhead struct {
	Filter string    `json:"filter"`
	Host   float64   `json:"host_ms"`   // in a chain, in a process of its own
	Direct float64   `json:"direct_ms"` // called in a loop
	Ratios []float64 `json:"ratios"`    // of a round each
	Net    float64   `json:"net_ms"`    // the network alone
	Asked  float64   `json:"net_runs"`  // how often it is computed for a frame
}

// overhead compares a filter in the host with itself, and with its network alone.
func (m *measurement) overhead(ctx context.Context, d models.Definition) (o Overhead, ratio float64, err error) {
	hosted, err := m.pass(ctx, d, m.opener.Video)
	if err != nil {
		return o, 0, err
	}
	defer hosted.stop()
	direct, err := m.direct(ctx, models.Bound{Definition: d, Values: d.Parameters.Defaults()}, func(models.Observation) {})
	if err != nil {
		return o, 0, fmt.Errorf("open %s: %w", d.Name, err)
	}
	defer func() { err = errors.Join(err, direct.Close()) }()
	values := d.Parameters.Defaults()
	ways := [...]func(*capture.Frame) (time.Duration, error){
		func(f *capture.Frame) (time.Duration, error) { return hosted.frame(ctx, f) },
		func(f *capture.Frame) (time.Duration, error) { return processed(direct, f, values) },
	}
	var rounds [len(ways)][]float64
	for round := range Rounds + 1 { // the first warms up
		took, err := m.turns(ctx, ways)
		if err != nil {
			return o, 0, err
		}
		for i := range ways {
			if round > 0 {
				rounds[i] = append(rounds[i], took[i])
			}
		}
		m.step()
	}
	o = Overhead{Filter: d.Name, Host: median(rounds[0]), Direct: median(rounds[1])}
	for i := range rounds[0] {
		o.Ratios = append(o.Ratios, rounds[0][i]/rounds[1][i])
	}
	return o, median(o.Ratios), nil
}

// block is how many frames one way has before the other has the same.
const block = 5

// turns gives both ways the loop, block by block, and returns their means a frame
// in milliseconds.
func (m *measurement) turns(ctx context.Context, ways [2]func(*capture.Frame) (time.Duration, error)) (means [2]float64, err error) {
	m.loop.turn()
	for b := range loopFrames / block {
		began := m.loop.count
		for turn := range ways {
			m.loop.count = began
			i := (turn + b) % len(ways)
			for range block {
				if ctx.Err() != nil {
					return means, ctx.Err()
				}
				took, err := ways[i](m.loop.next())
				if err != nil {
					return means, err
				}
				means[i] += took.Seconds() * 1e3 / loopFrames
			}
		}
	}
	return means, nil
}

// processed has an open filter work on a frame, which it takes over.
func processed[T any](s models.Stage[T], in T, v models.Values) (time.Duration, error) {
	began := time.Now()
	out, err := s.Process(in, v)
	took := time.Since(began)
	release(in)
	if err == nil {
		release(out)
	}
	return took, err
}

// release gives a frame up, if it is one that is counted.
func release[T any](frame T) {
	switch f := any(frame).(type) {
	case *capture.Frame:
		if f != nil {
			f.Release()
		}
	case *capture.FrameSet:
		if f != nil {
			f.Release()
		}
	}
}

// counted is a network that counts what it is asked, and for how long it computes.
type counted struct {
	segment.Net
	runs int
	took time.Duration
}

func (c *counted) Run() ([]float32, error) {
	began := time.Now()
	out, err := c.Net.Run()
	c.took += time.Since(began)
	c.runs++
	return out, err
}

// net measures the network of matte alone, as often as a frame asks it.
func (m *measurement) net(ctx context.Context, open func() (Net, error), o *Overhead) (err error) {
	net, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, net.Close()) }()
	asked := &counted{Net: net}
	segmenter := segment.New(asked)
	m.loop.turn()
	for range loopFrames {
		f := m.loop.next()
		_, err := segmenter.Segment(f.Colour, segment.Options{Feather: 0.35, Stability: 0.7})
		f.Release()
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	o.Asked = float64(asked.runs) / loopFrames
	var times []float64
	for range Rounds * loopFrames {
		asked.took = 0
		if _, err := asked.Run(); err != nil {
			return err
		}
		times = append(times, asked.took.Seconds()*1e3)
	}
	o.Net = median(times) * o.Asked
	m.step()
	return nil
}
