package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/process"
)

// TestMain makes the test binary its own filter process, or one that keeps to no
// protocol.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 {
		os.Exit(2)
	}
	switch os.Args[1] {
	case "filter-process":
		table := models.Table{shaky(), paint(), deepen()}
		manifest := func(path string) (models.Definition, error) {
			d := shaky()
			d.Name = strings.TrimPrefix(path, "/manifests/")
			return d, nil
		}
		if err := process.Serve(context.Background(), process.Filters{Table: table, Manifest: manifest}, os.NewFile(3, "socket"), os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	case "raw":
		raw(os.Args[2:])
		os.Exit(0)
	case "orphan":
		orphan()
	}
	goleak.VerifyTestMain(m)
}

// raw writes each of its arguments as a message, and then reads until the end. An
// argument "<" waits for a message first.
func raw(script []string) {
	buffer := make([]byte, 1<<18)
	for _, step := range script {
		if step == "<" {
			_, _ = unix.Read(3, buffer)
			continue
		}
		if _, err := unix.Write(3, []byte(step)); err != nil {
			return
		}
	}
	for {
		if n, err := unix.Read(3, buffer); n <= 0 || err != nil {
			return
		}
	}
}

// orphan opens a filter, and waits to be killed while that works.
func orphan() {
	d := self.Isolate(shaky())
	e := environment()
	e.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	s, err := d.OpenAudio(context.Background(), e, d.Parameters.Defaults())
	if err != nil {
		panic(err)
	}
	v, err := d.Parameters.Defaults().With(map[string]any{"do": "wedge"})
	if err != nil {
		panic(err)
	}
	_, err = s.Process(sound(1), v)
	panic(err)
}

func defined[D any](d D, err error) D {
	if err != nil {
		panic(err)
	}
	return d
}

func description(name string) models.Description {
	return models.Description{Name: name, Summary: "is for tests", Latency: time.Millisecond, Late: models.Skip, Failing: models.Pass, Weights: []string{"there", "missing"}, Native: true}
}

type shakyParameters struct {
	Do     string  `param:"do,live" choices:"gain,fail,short,late,panic,exit,wedge,leak,gulp,crash,stop,talk,flood,observe,lie,report" help:"what it does"`
	Open   string  `param:"open" choices:"well,badly,slowly,panic" help:"how it opens"`
	Factor float64 `param:"factor,live" min:"0" max:"4" help:"what samples are multiplied by"`
}

// shakyFilter does everything that a filter should not.
type shakyFilter struct {
	environment models.Environment
	hoard       [][]byte
}

func shaky() models.Definition {
	return defined(models.Audio(description("shaky"), shakyParameters{Do: "gain", Open: "well", Factor: 1}, func(_ context.Context, e models.Environment, p shakyParameters) (models.AudioFilter[shakyParameters], error) {
		switch p.Open {
		case "badly":
			_, err := e.Weights("missing")
			return nil, fmt.Errorf("it has no mind to: %w", err)
		case "slowly":
			select {}
		case "panic":
			panic("at once")
		}
		return &shakyFilter{environment: e}, nil
	}))
}

func (f *shakyFilter) Close() error { return nil }

func (f *shakyFilter) Process(in capture.Sound, p shakyParameters) (capture.Sound, error) {
	out := capture.Sound{Captured: in.Captured, Samples: make([]float32, len(in.Samples))}
	for i, x := range in.Samples {
		out.Samples[i] = float32(p.Factor) * x
	}
	switch p.Do {
	case "fail":
		return out, errors.New("no\x1b[2J luck")
	case "short":
		out.Samples = out.Samples[:10]
	case "late":
		out.Captured++
	case "panic":
		panic("out of hand")
	case "exit":
		fmt.Fprint(os.Stderr, "enough of this")
		os.Exit(9)
	case "wedge":
		f.environment.Log.Warn("wedged", "pid", os.Getpid())
		select {}
	case "leak":
		pace := time.NewTicker(5 * time.Millisecond) // so that the watch sees it before the backstop
		for {
			<-pace.C
			f.hoard = append(f.hoard, make([]byte, 4<<20))
			for i := range f.hoard[len(f.hoard)-1] {
				f.hoard[len(f.hoard)-1][i] = 1
			}
		}
	case "gulp":
		f.hoard = append(f.hoard, make([]byte, 8<<30))
	case "crash":
		_ = unix.Kill(os.Getpid(), unix.SIGSEGV)
		select {}
	case "stop":
		_ = unix.Kill(os.Getpid(), unix.SIGSTOP)
	case "talk":
		f.environment.Log.Info("it is said", "factor", p.Factor)
		f.environment.Log.Debug("nobody listens")
		fmt.Fprintln(os.Stdout, "from the depths")
	case "flood":
		for range 100_000 {
			fmt.Fprintln(os.Stderr, "and so on")
		}
	case "observe":
		f.environment.Observe(models.Observation{Captured: in.Captured, Voice: &models.Voice{Probability: p.Factor / 4}})
	case "lie":
		f.environment.Observe(models.Observation{Captured: in.Captured})
	case "report":
		return out, f.report()
	}
	return out, nil
}

// report tells the test what a filter's process is given.
func (f *shakyFilter) report() error {
	niceness, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return err
	}
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil {
		return err
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	path, err := f.environment.Weights("there")
	if err != nil {
		return err
	}
	_, other := f.environment.Weights("other")
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	var open []string
	for _, f := range files {
		target, _ := os.Readlink("/proc/self/fd/" + f.Name())
		open = append(open, target)
	}
	text, err := json.Marshal(map[string]any{
		"open": open, "environ": os.Environ(), "nice": 20 - niceness, "core": core.Cur, "weights": path, "other": fmt.Sprint(other),
		"provider": f.environment.Provider, "noNewPrivs": strings.Contains(string(status), "NoNewPrivs:\t1"),
	})
	if err != nil {
		return err
	}
	return errors.New(string(text))
}

type paintParameters struct {
	Do string `param:"do,live" choices:"same,invert,matte,ahead,hoard,stamp,broken,none" help:"what it does"`
}

// paintFilter makes pictures.
type paintFilter struct {
	pool *capture.FramePool
	held []*capture.Frame
}

func paint() models.Definition {
	return defined(models.Video(description("paint"), paintParameters{Do: "same"}, func(context.Context, models.Environment, paintParameters) (models.VideoFilter[paintParameters], error) {
		return &paintFilter{pool: capture.NewFramePool(2)}, nil
	}))
}

func (f *paintFilter) Close() error {
	for _, h := range f.held {
		h.Release()
	}
	f.held = nil
	return nil
}

func (f *paintFilter) Process(in *capture.Frame, p paintParameters) (*capture.Frame, error) {
	switch p.Do {
	case "same":
		return in.Retain(), nil
	case "none":
		return nil, nil
	case "hoard":
		f.held = append(f.held, in.Retain())
		return nil, nil
	case "ahead": // by two frames
		f.held = append(f.held, in.Retain())
		if len(f.held) < 3 {
			return nil, nil
		}
		out := f.held[0]
		f.held = f.held[1:]
		return out, nil
	}
	c := in.Colour
	out, err := f.pool.Frame(capture.FrameShape{Format: c.Format, Width: c.Width, Height: c.Height, Matte: p.Do == "matte"})
	if err != nil {
		return nil, err
	}
	out.Camera, out.Sequence, out.Captured, out.Emitted = in.Camera, in.Sequence, in.Captured, in.Emitted
	for i, plane := range c.Planes {
		for j := range out.Colour.Planes[i] {
			out.Colour.Planes[i][j] = 255 - plane[j]
		}
	}
	for i := range out.Matte.Coverage {
		out.Matte.Coverage[i] = byte(i)
	}
	switch p.Do {
	case "stamp":
		out.Captured = in.Captured + 1
	case "broken":
		out.Release()
		out = capture.NewFrame(nil)
		out.Captured = in.Captured
		out.Colour = capture.Picture{Format: capture.I420, Width: 64, Height: 32, Planes: [3][]byte{make([]byte, 5)}, Strides: [3]int{64}}
	}
	return out, nil
}

type deepenParameters struct {
	Do    string `param:"do,live" choices:"same,deepen,swap,rig" help:"what it does"`
	Depth int    `param:"depth,live" min:"0" max:"10000" unit:"mm" help:"what is added"`
}

// deepenFilter changes the depth of every second camera.
type deepenFilter struct {
	rig  capture.Rig
	pool *capture.FramePool
}

func deepen() models.Definition {
	return defined(models.RGBD(description("deepen"), deepenParameters{Do: "same"}, func(_ context.Context, e models.Environment, _ deepenParameters) (models.RGBDFilter[deepenParameters], error) {
		return &deepenFilter{rig: e.Rig, pool: capture.NewFramePool(8)}, nil
	}))
}

func (f *deepenFilter) Close() error { return nil }

func (f *deepenFilter) Process(in *capture.FrameSet, p deepenParameters) (*capture.FrameSet, error) {
	switch p.Do {
	case "same":
		return in.Retain(), nil
	case "rig":
		text, err := json.Marshal(f.rig)
		return nil, errors.Join(errors.New(string(text)), err)
	}
	frames := make([]*capture.Frame, len(in.Frames))
	for i, from := range in.Frames {
		switch {
		case from == nil:
			continue
		case i%2 == 0:
			frames[i] = from.Retain()
			continue
		}
		c := from.Colour
		out, err := f.pool.Frame(capture.FrameShape{Format: c.Format, Width: c.Width, Height: c.Height})
		if err != nil {
			return nil, err
		}
		out.Camera, out.Sequence, out.Captured, out.Emitted = from.Camera, from.Sequence, from.Captured, from.Emitted
		d := from.Depth
		out.Depth = capture.DepthPicture{Width: d.Width, Height: d.Height, Millimetres: make([]uint16, len(d.Millimetres))}
		for j, mm := range d.Millimetres {
			out.Depth.Millimetres[j] = mm + uint16(p.Depth)
		}
		frames[i] = out
	}
	if p.Do == "swap" {
		frames[0], frames[1] = frames[1], frames[0]
	}
	out := capture.NewFrameSet(in.Sequence, in.Closed, frames)
	out.Captured = in.Captured // of frames that were held it is later than theirs
	return out, nil
}
