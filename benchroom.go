package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// benchCommands measure.
type benchCommands struct {
	Cube benchCommand     `cmd:"" default:"withargs" help:"Measure the whole pipeline on a rig, with a viewer in the process, or with --viewers what viewers cost."`
	Room benchRoomCommand `cmd:"" help:"Measure what participants of a room cost the node, and whether it grows as they come and go."`
}

// benchRoomCommand runs a node in a process of its own, whose cost is thereby
// told from that of the participants, who are in this one.
type benchRoomCommand struct {
	JSON         bool    `name:"json" env:"-" help:"Print JSON."`
	Participants int     `env:"-" default:"6" placeholder:"N" help:"People in the room, 2 to 48, all of whom speak (${default})."`
	Kind         string  `env:"-" default:"all" enum:"all,audio,webcam,rig,mixed" placeholder:"KIND" help:"audio, webcam (all send one), rig (all watch one, each from their seat), mixed (half have a webcam, beside a rig), or all one after the other (${default})."`
	Seconds      float64 `env:"-" default:"10" placeholder:"N" help:"How long to measure, a row of the table (${default})."`
	WarmUp       float64 `env:"-" default:"3" placeholder:"N" help:"Seconds before, which do not count (${default})."`
	Joins        int     `env:"-" placeholder:"N" help:"Then let as many come, hear somebody and go."`
	Address      string  `arg:"" optional:"" name:"rig" help:"Address of the rig; the configured one unless given."`
}

// roomKinds are the rows of the table.
var roomKinds = []string{"audio", "webcam", "rig", "mixed"}

// Run measures and prints the report.
func (c *benchRoomCommand) Run(env *environment) error {
	switch {
	case !(c.Seconds >= 1 && c.Seconds <= 86400 && c.WarmUp >= 0 && c.WarmUp <= 3600):
		return errors.New("bench room: --seconds is 1 to 86400, --warm-up 0 to 3600")
	case c.Participants < 2 || c.Participants > 48:
		return fmt.Errorf("bench room: --participants %d is not in 2 to 48", c.Participants)
	case c.Joins < 0 || c.Joins > 1_000_000:
		return fmt.Errorf("bench room: --joins %d is not in 0 to 1000000", c.Joins)
	}
	config := *env.config
	if c.Address != "" {
		config.Rig = c.Address
	}
	ctx, cancel := context.WithCancel(env.ctx)
	defer cancel()
	b := &roomBench{command: c, env: env}
	err := b.bake(ctx, &config)
	if err != nil {
		return err
	}
	if b.node, err = startRoomNode(ctx, env, &config); err != nil {
		return err
	}
	report, err := b.measure(ctx)
	if nodeErr := b.node.stop(); nodeErr != nil {
		return errors.Join(err, nodeErr)
	}
	if err != nil {
		return err
	}
	report.Rig, report.Size = config.Rig, config.Size.String()
	return (&benchCommand{JSON: c.JSON}).print(env, report)
}

// roomBench measures the participants of a room.
type roomBench struct {
	command *benchRoomCommand
	env     *environment
	node    *roomNode
}

// bake makes what the rig caches, so that it does not count.
func (b *roomBench) bake(ctx context.Context, config *Config) error {
	source, err := openSource(ctx, config.Rig, b.env.sourceOptions(capture.NewClock()))
	if err != nil {
		return err
	}
	_, err = bake(ctx, source)
	return errors.Join(err, source.Close())
}

// idleTime is how long the node is measured without anybody.
const idleTime = 2 * time.Second

func (b *roomBench) measure(ctx context.Context) (*roomReport, error) {
	report := &roomReport{Participants: b.command.Participants, Seconds: b.command.Seconds}
	if err := wait(ctx, idleTime); err != nil { // what starts, has started
		return nil, err
	}
	idle, err := b.node.load(ctx, idleTime)
	if err != nil {
		return nil, err
	}
	report.IdleCPU = idle
	for _, kind := range roomKinds {
		if b.command.Kind != "all" && b.command.Kind != kind {
			continue
		}
		row, err := b.row(ctx, kind)
		if err != nil {
			return nil, fmt.Errorf("bench room, %s: %w", kind, err)
		}
		row.CPUPerParticipant = max(0, row.CPUPerSecond-idle) / float64(row.Participants)
		report.Rows = append(report.Rows, row)
	}
	if b.command.Joins > 0 {
		if report.Joins, err = b.joins(ctx); err != nil {
			return nil, fmt.Errorf("bench room, joins: %w", err)
		}
	}
	return report, nil
}

// row measures a room full of one kind.
func (b *roomBench) row(ctx context.Context, kind string) (row roomRow, err error) {
	fmt.Fprintf(b.env.stderr, "%d participants, %s\n", b.command.Participants, kind)
	crowd := newGroup(ctx)
	defer func() { err = errors.Join(err, crowd.end()) }()
	var all []*attendee
	for i := range b.command.Participants {
		a, err := b.node.enter(ctx, b.room(kind))
		if err != nil {
			return row, err
		}
		all = append(all, a)
		crowd.run(a.client.Run)
		crowd.run(a.speak)
		if kind == "webcam" || kind == "mixed" && i%2 == 0 {
			crowd.run(a.film)
		}
		if b.withRig(kind) {
			crowd.run(a.look)
		}
	}
	for _, a := range all {
		if err := a.hears(crowd.ctx); err != nil {
			return row, err
		}
	}
	if err := wait(crowd.ctx, seconds(b.command.WarmUp)); err != nil {
		return row, err
	}
	before := sumUp(all)
	begun := time.Now()
	cpu, err := b.node.load(crowd.ctx, seconds(b.command.Seconds))
	if err != nil {
		return row, err
	}
	row = roomRow{Kind: kind, Participants: len(all), CPUPerSecond: cpu}
	row.fill(before, sumUp(all), time.Since(begun))
	return row, nil
}

func (b *roomBench) withRig(kind string) bool { return kind == "rig" || kind == "mixed" }

// room is where a kind meets: the room with the rig, or one without.
func (b *roomBench) room(kind string) string {
	if b.withRig(kind) {
		return benchRoomName
	}
	return "bench-" + kind
}

const (
	joinsTogether = 8  // connecting takes time, but little work
	joinsBefore   = 24 // fill pools and buffers, and do not count
)

// joins lets people come, hear somebody and go.
func (b *roomBench) joins(ctx context.Context) (report *joinsReport, err error) {
	const room = "bench-joins"
	hosts := newGroup(ctx)
	defer func() { err = errors.Join(err, hosts.end()) }()
	talker, err := b.node.enter(ctx, room)
	if err != nil {
		return nil, err
	}
	hosts.run(talker.client.Run)
	hosts.run(talker.speak)
	report = &joinsReport{Joins: b.command.Joins}
	var times []time.Duration
	some := func(n int) error {
		taken, err := b.visits(hosts.ctx, room, n)
		times = append(times, taken...)
		return err
	}
	if err := some(joinsBefore); err != nil {
		return nil, err
	}
	times = nil
	for i, into := range []*nodeSize{&report.Before, &report.Half, &report.After} {
		if i > 0 {
			begin, end := b.command.Joins*(i-1)/2, b.command.Joins*i/2
			fmt.Fprintf(b.env.stderr, "joins %d to %d\n", begin+1, end)
			if err := some(end - begin); err != nil {
				return nil, err
			}
		}
		if *into, err = b.node.settled(hosts.ctx); err != nil {
			return nil, err
		}
	}
	report.TimeMS = newSpread(times)
	return report, nil
}

// visits are people who come and go, some at a time; it returns how long each
// took until they heard somebody.
func (b *roomBench) visits(ctx context.Context, room string, n int) ([]time.Duration, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	taken, errs := make([]time.Duration, n), make([]error, joinsTogether)
	var visitors sync.WaitGroup
	for k := range joinsTogether {
		visitors.Go(func() {
			for i := k; i < n && errs[k] == nil; i += joinsTogether {
				taken[i], errs[k] = b.visit(ctx, room)
			}
			if errs[k] != nil {
				cancel() // the others have no use any more
			}
		})
	}
	visitors.Wait()
	return taken, errors.Join(errs...)
}
