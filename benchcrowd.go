package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// crowdBench measures what viewers cost: rows of a table for one viewer an eye
// and for many viewers at one eye, then what a viewer sees who walks from one
// view to another, and what two see while the link of one narrows.
type crowdBench struct {
	command *benchCommand
	env     *environment
	config  *Config
	clock   *capture.Clock
	tracer  *tracer
	node    *node
	url     string
	eyes    int
}

// measureCrowd runs the node and prints the report.
func (c *benchCommand) measureCrowd(env *environment, config *Config) error {
	b := &crowdBench{command: c, env: env, config: config, clock: capture.NewClock(), tracer: &tracer{seats: map[*seat]struct{}{}}, eyes: c.Eyes}
	if b.eyes == 0 {
		b.eyes = min(env.viewers, config.Views+1)
	}
	var err error
	if b.node, err = newNode(env.ctx, config, env.sourceOptions(b.clock), b.tracer.traced); err != nil {
		return err
	}
	if _, err := bake(env.ctx, b.node.pipeline.source); err != nil {
		return errors.Join(err, b.node.server.Close(), b.node.close())
	}
	b.url = strings.TrimSuffix(b.node.server.URL(), "/") + whepPath(config)
	serving := newGroup(env.ctx)
	serving.run(b.node.Run)
	report, err := b.measure(serving.ctx)
	if nodeErr := serving.end(); nodeErr != nil {
		return nodeErr // the cause of err, if there is one
	}
	if err != nil {
		return err
	}
	return c.print(env, report)
}

func (b *crowdBench) measure(ctx context.Context) (*crowdReport, error) {
	info, err := b.node.pipeline.device.Info(ctx)
	if err != nil {
		return nil, err
	}
	report := &crowdReport{
		Rig: b.config.Rig, Size: b.config.Size.String(), Views: b.config.Views, Seconds: b.command.Seconds,
		GLRenderer: info.Renderer, GLVersion: info.Version,
	}
	for k := 1; k <= b.eyes; k++ {
		row, err := b.row(ctx, k, k)
		if err != nil {
			return nil, err
		}
		report.ByEyes = append(report.ByEyes, row)
	}
	report.ByAudience = append(report.ByAudience, report.ByEyes[0])
	for n := 1; n < b.env.viewers; {
		n = min(2*n, b.env.viewers)
		row, err := b.row(ctx, n, 1)
		if err != nil {
			return nil, err
		}
		report.ByAudience = append(report.ByAudience, row)
	}
	if report.Walk, err = b.walk(ctx); err != nil {
		return nil, err
	}
	report.Narrow, err = b.narrow(ctx)
	return report, err
}

// row measures viewers at a number of places. One viewer a place decodes, in
// this process; the others are another process's, so that the node's cost
// remains to be seen.
func (b *crowdBench) row(ctx context.Context, viewers, eyes int) (row crowdRow, err error) {
	fmt.Fprintf(b.env.stderr, "%d viewers, %d eyes\n", viewers, eyes)
	var seats []*seat
	defer func() {
		for _, s := range seats {
			err = errors.Join(err, s.leave(ctx))
		}
	}()
	for i := range eyes {
		s, err := b.sit(ctx, around(placeOf(i, eyes), i, b.command.Still), nil)
		if err != nil {
			return row, err
		}
		seats = append(seats, s)
	}
	if err := b.await(ctx, seats); err != nil {
		return row, err
	}
	if viewers > eyes {
		others, err := b.invite(ctx, viewers-eyes)
		if err != nil {
			return row, err
		}
		defer func() { err = errors.Join(err, others.leave()) }()
	}
	if err := wait(ctx, seconds(b.command.WarmUp)); err != nil {
		return row, err
	}
	return b.sample(ctx, seats, viewers)
}

// await waits until every seat has seen a view.
func (b *crowdBench) await(ctx context.Context, seats []*seat) error {
	timeout := time.After(joinPatience)
	for _, s := range seats {
		select {
		case <-s.m.first:
		case <-timeout:
			return fmt.Errorf("bench: no view came within %v; `virtualcube doctor` looks for the reason", joinPatience)
		case <-ctx.Done():
			return errOver
		}
	}
	return nil
}

// sample measures for the time of a row.
func (b *crowdBench) sample(ctx context.Context, seats []*seat, viewers int) (crowdRow, error) {
	for _, s := range seats {
		s.take()
		s.m.take()
	}
	before, err := b.count(seats)
	if err != nil {
		return crowdRow{}, err
	}
	start := time.Now()
	if err := wait(ctx, seconds(b.command.Seconds)); err != nil {
		return crowdRow{}, err
	}
	took := time.Since(start)
	after, err := b.count(seats)
	if err != nil {
		return crowdRow{}, err
	}
	row := crowdRow{Viewers: viewers, Eyes: len(seats), Views: b.node.pipeline.views.Open(), Seconds: took.Seconds()}
	row.fill(before, after, took)
	var samples []sample
	for _, s := range seats {
		samples = append(samples, s.m.take()...)
		row.see(s.take(), took)
	}
	row.LatencyMS = newLatency(samples)
	return row, nil
}

// The walk: it stands, goes, stands, comes back and stands, a step each, and in
// all takes no longer than a row of the table.
const (
	walkSteps = 5
	walkStep  = 2 * time.Second
	walkAngle = arcWidth / 2 // to either side
)

// walk has one viewer stand at one place while another walks there from the
// other end of the arc, and back.
func (b *crowdBench) walk(ctx context.Context) (report *walkReport, err error) {
	fmt.Fprintln(b.env.stderr, "one of two viewers walks over to the other and back")
	stander, err := b.sit(ctx, around(onArc(-walkAngle), 0, true), nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stander.leave(ctx)) }()
	begin, step := make(chan struct{}), min(walkStep, seconds(b.command.Seconds/walkSteps))
	walker, err := b.sit(ctx, walkPath(begin, step), nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, walker.leave(ctx)) }()
	if err := b.await(ctx, []*seat{stander, walker}); err != nil {
		return nil, err
	}
	if err := wait(ctx, seconds(b.command.WarmUp)); err != nil {
		return nil, err
	}
	report = &walkReport{Views: b.node.pipeline.views.Open()}
	measure := func() (walkFigures, error) {
		lost, broken, joined := walker.viewer.Lost(), walker.m.unreadable(), b.node.pipeline.sent().Joined
		walker.take()
		walker.stalled()
		err := wait(ctx, walkSteps*step)
		f := newWalkFigures(walker.take())
		f.Lost = walker.viewer.Lost() - lost + walker.m.unreadable() - broken
		f.StallMS = milliseconds(walker.stalled())
		f.Moves = b.node.pipeline.sent().Joined - joined
		return f, err
	}
	if report.Standing, err = measure(); err != nil {
		return nil, err
	}
	close(begin)
	report.Walking, err = measure()
	return report, err
}

// walkPath stands, and from when begin is closed walks there and back.
func walkPath(begin <-chan struct{}, step time.Duration) func(time.Duration) space.Vec3 {
	started := time.Duration(-1)
	return func(after time.Duration) space.Vec3 {
		if started < 0 {
			select {
			case <-begin:
				started = after
			default:
				return onArc(walkAngle)
			}
		}
		steps := (after - started).Seconds() / step.Seconds()
		there, back := min(max(steps-1, 0), 1), min(max(steps-3, 0), 1)
		return onArc(walkAngle * (1 - 2*(there-back)))
	}
}
