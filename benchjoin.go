package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// joined is what the viewers of another process say once all of them watch.
const joined = "joined"

// others are viewers in a process of their own: what they cost is not the
// node's.
type others struct {
	command *exec.Cmd
	in      io.Closer
}

// invite starts them and returns when all watch.
func (b *crowdBench) invite(ctx context.Context, viewers int) (*others, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("bench: find the program: %w", err)
	}
	args := []string{"bench", "--join", b.url, "--viewers", strconv.Itoa(viewers)}
	if b.command.Still {
		args = append(args, "--still")
	}
	o := &others{command: exec.CommandContext(ctx, self, args...)}
	o.command.Stderr = b.env.stderr
	o.command.WaitDelay = closePatience
	if o.in, err = o.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.command.Start(); err != nil {
		return nil, fmt.Errorf("bench: start the viewers: %w", err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != joined+"\n" {
		return nil, errors.Join(fmt.Errorf("bench: %d viewers did not join: %q", viewers, line), err, o.leave())
	}
	return o, nil
}

// leave ends them.
func (o *others) leave() error {
	return errors.Join(o.in.Close(), o.command.Wait())
}

// join is the other process: viewers at one place that take what comes and do
// not decode it.
func (c *benchCommand) join(env *environment) error {
	ctx, cancel := context.WithCancel(env.ctx)
	defer cancel()
	go func() { // to the end of this process, or of the one that started it
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	watching := newGroup(ctx)
	var viewers []*whepclient.Viewer
	first := make(chan struct{}, env.viewers)
	var err error
	for i := range env.viewers {
		var once sync.Once
		var v *whepclient.Viewer
		v, err = whepclient.Dial(ctx, whepclient.Config{URL: c.Join, Unit: func(whepclient.AccessUnit) {
			once.Do(func() { first <- struct{}{} })
		}})
		if err != nil {
			break
		}
		viewers = append(viewers, v)
		watching.run(v.Run)
		path := around(placeOf(0, 1), i+1, c.Still)
		watching.run(func(ctx context.Context) error {
			return look(ctx, v, func(after time.Duration) protocol.Vector {
				p := path(after)
				return protocol.Vector{p.X, p.Y, p.Z}
			})
		})
	}
	if err == nil {
		err = c.stay(watching.ctx, env, first)
	}
	err = errors.Join(err, watching.end())
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), closePatience)
	defer done()
	for _, v := range viewers {
		err = errors.Join(err, v.Close(closing))
	}
	return err
}

// stay says that all watch and returns when the context ends.
func (c *benchCommand) stay(ctx context.Context, env *environment, first <-chan struct{}) error {
	timeout := time.After(joinPatience)
	for range env.viewers {
		select {
		case <-first:
		case <-timeout:
			return fmt.Errorf("bench: no view came within %v", joinPatience)
		case <-ctx.Done():
			return nil
		}
	}
	fmt.Fprintln(env.stdout, joined)
	<-ctx.Done()
	return nil
}
