package gl

import (
	stdcontext "context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// ErrContextLost is wrapped by Do when the GPU was reset or the context was
// lost. The device has a new context when the next Do runs.
var ErrContextLost = errors.New("OpenGL context lost")

// ErrClosed is returned by Do after Run has ended.
var ErrClosed = errors.New("OpenGL device is closed")

// Info says what draws.
type Info struct {
	Renderer, Version, Vendor string
	Software                  bool // Mesa's llvmpipe, softpipe or SwiftShader
}

// Device is one OpenGL context on one locked thread. New makes one, Run is its
// thread, Do draws.
type Device struct {
	log  *slog.Logger
	jobs chan job // unbuffered: a caller waits until the thread takes its job
	done chan struct{}

	generation atomic.Uint64 // counts contexts
	lose       atomic.Bool
}

type job struct {
	run    func() error
	result chan error
}

// New returns a device that draws once Run is running.
func New(log *slog.Logger) *Device {
	return &Device{log: log, jobs: make(chan job), done: make(chan struct{})}
}

// Run opens OpenGL and serves Do until the context ends. It returns nil then,
// and an error that wraps ErrNoGL where OpenGL cannot be opened (again).
func (d *Device) Run(ctx stdcontext.Context) error {
	defer close(d.done)
	// The thread keeps GL state; it ends with this goroutine, never reused.
	runtime.LockOSThread()
	for {
		c, err := openContext()
		if err != nil {
			return err
		}
		d.generation.Add(1)
		info := readInfo()
		d.log.Info("gl started", "renderer", info.Renderer, "version", info.Version, "software", info.Software)
		lost := d.serve(ctx)
		c.close()
		if !lost {
			d.log.Info("gl ended", "reason", stdcontext.Cause(ctx))
			return nil
		}
		d.log.Warn("gl context lost, opening a new one")
	}
}

// serve runs jobs until ctx ends (false) or the context is lost (true).
func (d *Device) serve(ctx stdcontext.Context) (lost bool) {
	for {
		select {
		case <-ctx.Done():
			return false
		case j := <-d.jobs:
			err := j.run()
			if d.lose.Swap(false) || gl45.GetGraphicsResetStatus() != gl45.NO_ERROR {
				j.result <- errors.Join(err, fmt.Errorf("draw: %w", ErrContextLost))
				return true
			}
			j.result <- err
		}
	}
}

// Do runs f on the device's thread and returns its error. Calls are served one
// at a time in the order of arrival; a call whose context ends while it waits
// is not run. Objects made in an earlier Generation may not be used in f.
func (d *Device) Do(ctx stdcontext.Context, f func() error) error {
	j := job{run: f, result: make(chan error, 1)}
	select {
	case d.jobs <- j:
		return <-j.result
	case <-ctx.Done():
		return fmt.Errorf("wait for OpenGL: %w", stdcontext.Cause(ctx))
	case <-d.done:
		return ErrClosed
	}
}

// Generation counts the contexts opened so far. It changes only between Dos.
func (d *Device) Generation() uint64 { return d.generation.Load() }

// Lose makes the present Do (or the next) end with ErrContextLost and the
// device open a new context, as after a GPU reset. For tests.
func (d *Device) Lose() { d.lose.Store(true) }

// Info says what draws; it waits until Run has opened OpenGL.
func (d *Device) Info(ctx stdcontext.Context) (info Info, err error) {
	err = d.Do(ctx, func() error { info = readInfo(); return nil })
	return info, err
}

func readInfo() Info {
	i := Info{
		Renderer: gl45.GoStr(gl45.GetString(gl45.RENDERER)),
		Version:  gl45.GoStr(gl45.GetString(gl45.VERSION)),
		Vendor:   gl45.GoStr(gl45.GetString(gl45.VENDOR)),
	}
	for _, name := range []string{"llvmpipe", "softpipe", "SwiftShader"} {
		i.Software = i.Software || strings.Contains(i.Renderer, name)
	}
	return i
}

// Finish waits until everything drawn so far is done.
func Finish() { gl45.Finish() }

// Check returns the first pending OpenGL error, named by the operation.
func Check(operation string) error {
	if code := gl45.GetError(); code != gl45.NO_ERROR {
		return fmt.Errorf("%s: OpenGL error 0x%04x", operation, code)
	}
	return nil
}
