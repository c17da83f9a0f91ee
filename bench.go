package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// benchCommand runs a node with a viewer in the same process, over a real
// loopback peer connection, and measures. With --viewers it measures what
// viewers cost instead.
type benchCommand struct {
	JSON    bool    `name:"json" env:"-" help:"Print JSON."`
	Seconds float64 `env:"-" default:"20" placeholder:"N" help:"How long to measure, with --viewers a row of the table (${default})."`
	WarmUp  float64 `env:"-" default:"5" placeholder:"N" help:"Seconds before, which do not count (${default})."`
	Still   bool    `env:"-" help:"Keep the viewer's eye still; else it sways by 15 cm, with --viewers by 3."`
	Eyes    int     `env:"-" placeholder:"M" help:"With --viewers: how many places the viewers watch from at most (one more than --views, if there are as many viewers)."`
	Join    string  `env:"-" hidden:"" placeholder:"URL" help:"Be the viewers that another bench measures, until the standard input ends."`
	Address string  `arg:"" optional:"" name:"rig" help:"Address of the rig; the configured one unless given."`
}

// joinPatience is how long the first view may take.
const joinPatience = 30 * time.Second

// Run measures and prints the report.
func (c *benchCommand) Run(env *environment) error {
	if !(c.Seconds >= 1 && c.Seconds <= 86400 && c.WarmUp >= 0 && c.WarmUp <= 3600) {
		return errors.New("bench: --seconds is 1 to 86400, --warm-up 0 to 3600")
	}
	if c.Eyes < 0 || c.Eyes > 0 && c.Eyes > env.viewers {
		return fmt.Errorf("bench: --eyes %d is not in 1 to the number of viewers, which --viewers says", c.Eyes)
	}
	if c.Join != "" {
		return c.join(env)
	}
	config := *env.config
	if c.Address != "" {
		config.Rig = c.Address
	}
	config.Listen, config.Media, config.TLS, config.Keys, config.Hosts = "127.0.0.1:0", 0, "off", nil, nil
	if env.viewers > 0 {
		config.Viewers = 2*env.viewers + 4 // those of the row before may still be leaving
		return c.measureCrowd(env, &config)
	}
	clock := capture.NewClock()
	m := newMeasurement(clock)
	n, err := newNode(env.ctx, &config, env.sourceOptions(clock), m.traced)
	if err != nil {
		return err
	}
	baked, err := bake(env.ctx, n.pipeline.source)
	if err != nil {
		return errors.Join(err, n.server.Close(), n.close())
	}
	report, err := c.measure(env, n, whepPath(&config), m)
	if err != nil {
		return err
	}
	report.BakeSeconds = baked.Seconds()
	report.Rig, report.Size = config.Rig, config.Size.String()
	return c.print(env, report)
}

// print prints a report as people or programs read it.
func (c *benchCommand) print(env *environment, report interface{ print(io.Writer) }) error {
	if !c.JSON {
		report.print(env.stdout)
		return nil
	}
	out := json.NewEncoder(env.stdout)
	out.SetIndent("", "  ")
	return out.Encode(report)
}

// bake makes what the source caches, so that it does not count.
func bake(ctx context.Context, source capture.Source) (time.Duration, error) {
	baker, ok := source.(interface{ Baked(context.Context) error })
	if !ok {
		return 0, nil
	}
	start := time.Now()
	err := baker.Baked(ctx)
	return time.Since(start), err
}

// measure runs node and viewer until the time is over.
func (c *benchCommand) measure(env *environment, n *node, whep string, m *measurement) (*benchReport, error) {
	serving := newGroup(env.ctx)
	serving.run(n.Run)
	report, err := c.watch(serving.ctx, n, strings.TrimSuffix(n.server.URL(), "/")+whep, m, env)
	if nodeErr := serving.end(); nodeErr != nil {
		return nil, nodeErr // the cause of err, if there is one
	}
	return report, err
}

// watch joins, waits for the warm-up and measures.
func (c *benchCommand) watch(ctx context.Context, n *node, url string, m *measurement, env *environment) (*benchReport, error) {
	info, err := n.pipeline.device.Info(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.open(); err != nil {
		return nil, err
	}
	defer m.close()
	viewer, err := whepclient.Dial(ctx, whepclient.Config{URL: url, Unit: m.unit})
	if err != nil {
		return nil, err
	}
	watching := newGroup(ctx)
	watching.run(viewer.Run)
	if !c.Still {
		watching.run(func(ctx context.Context) error { return look(ctx, viewer, sway) })
	}
	report, err := c.sample(watching.ctx, n, m, viewer, env)
	viewerErr := watching.end()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closePatience)
	defer cancel()
	if err := errors.Join(viewerErr, err, viewer.Close(closing)); err != nil {
		return nil, err
	}
	report.GLRenderer, report.GLVersion = info.Renderer, info.Version
	return report, nil
}

// sample takes the figures of the measured time, a minute at a time.
func (c *benchCommand) sample(ctx context.Context, n *node, m *measurement, viewer *whepclient.Viewer, env *environment) (*benchReport, error) {
	select {
	case <-m.first:
	case <-time.After(joinPatience):
		return nil, fmt.Errorf("bench: no view came within %v; `virtualcube doctor` looks for the reason", joinPatience)
	case <-ctx.Done():
		return nil, errOver
	}
	if err := wait(ctx, seconds(c.WarmUp)); err != nil {
		return nil, err
	}
	report := &benchReport{}
	m.take() // the warm-up
	before, err := count(n, viewer, m)
	if err != nil {
		return nil, err
	}
	var all []sample
	start := time.Now()
	for left := seconds(c.Seconds); left > 0; left -= time.Minute {
		begun := time.Now()
		if err := wait(ctx, min(left, time.Minute)); err != nil {
			return nil, err
		}
		samples := m.take()
		all = append(all, samples...)
		if c.Seconds > 60 {
			minute, err := newMinute(samples, time.Since(begun))
			if err != nil {
				return nil, err
			}
			report.Minutes = append(report.Minutes, minute)
			fmt.Fprintf(env.stderr, "minute %d: %s\n", len(report.Minutes), minute)
		}
	}
	after, err := count(n, viewer, m)
	if err != nil {
		return nil, err
	}
	report.fill(all, time.Since(start), before, after)
	return report, nil
}

// How the viewer's eye sways: metres and seconds.
const (
	swayWidth  = 0.15
	swayHeight = 0.03
	swayPeriod = 4.0
	swayFront  = 1.2
	lookRate   = 30 // messages a second
)

// sway is where a head that sways is after some time.
func sway(after time.Duration) protocol.Vector {
	phase := 2 * math.Pi * after.Seconds() / swayPeriod
	return protocol.Vector{swayWidth * math.Sin(phase), swayHeight * math.Sin(2*phase), swayFront}
}

// look moves the viewer's eye along a path until the context ends.
func look(ctx context.Context, viewer *whepclient.Viewer, path func(time.Duration) protocol.Vector) error {
	ticker := time.NewTicker(time.Second / lookRate)
	defer ticker.Stop()
	start := time.Now()
	for {
		if err := viewer.SendEye(ctx, path(time.Since(start))); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

var errOver = errors.New("bench: the recording was over, or a signal came, before the measurement was")

// wait returns after d, or errOver where the context ended before.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return errOver
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
