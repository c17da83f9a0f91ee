package room_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/process"
	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/voice/opus"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// filterChild has this program serve one filter, as the node's own does.
const filterChild = "VIRTUALCUBE_TEST_FILTER"

func serveChild() {
	table := models.Table{workDefinition()}
	if err := process.Serve(context.Background(), process.Filters{Table: table}, os.NewFile(3, "node"), os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

type workParameters struct {
	Brighter int    `param:"brighter,live" min:"0" max:"40" help:"what is added"`
	Weights  string `param:"weights" help:"which"`
}

// work takes 25 ms for a picture.
type work struct{}

func (work) Process(in *capture.Frame, p workParameters) (*capture.Frame, error) {
	<-time.After(25 * time.Millisecond)
	f, err := capture.NewFramePool(0).Frame(capture.FrameShape{Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height})
	if err != nil {
		return nil, err
	}
	f.Captured = in.Captured
	for i, plane := range f.Colour.Planes {
		for j := range plane {
			plane[j] = in.Colour.Planes[i][j]
		}
	}
	for j := range f.Colour.Planes[0] {
		f.Colour.Planes[0][j] += byte(p.Brighter)
	}
	return f, nil
}

func (work) Close() error { return nil }

func workDefinition() models.Definition {
	d, err := models.Video(models.Description{
		Name: "work", Summary: "is for tests", Latency: 500 * time.Millisecond, Late: models.Pass, Failing: models.Pass, Native: true,
	}, workParameters{}, func(context.Context, models.Environment, workParameters) (models.VideoFilter[workParameters], error) {
		return work{}, nil
	})
	if err != nil {
		panic(err) // of a table of the test's own
	}
	return d
}

// ahead looks 60 ms ahead.
type ahead struct{ before []float32 }

const aheadSamples = capture.SampleRate * 60 / 1000

func (a *ahead) Process(in capture.Sound, _ struct{}) (capture.Sound, error) {
	all := slices.Concat(a.before, in.Samples)
	a.before = all[len(in.Samples):]
	return capture.Sound{Captured: in.Captured.Add(-60 * time.Millisecond), Samples: all[:len(in.Samples):len(in.Samples)]}, nil
}

func (*ahead) Close() error { return nil }

// native opens what is native in a child.
type native struct {
	opener
	launcher process.Launcher
}

func (n native) Video(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
	return n.launcher.OpenVideo(ctx, b.Definition, models.Environment{Observe: observe}, b.Values)
}

// children are the processes of a program's own.
func children(t *testing.T) (pids []int) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lists {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// TestFiltersTogether has filters come, change, die and go on a voice and a webcam
// under way: both stay together, and no picture is lost that the policy does not
// give up.
func TestFiltersTogether(t *testing.T) {
	look, err := models.Audio(models.Description{
		Name: "ahead", Summary: "is for tests", LookAhead: 60 * time.Millisecond, Latency: 100 * time.Millisecond, Late: models.Pass, Failing: models.Pass,
	}, struct{}{}, func(context.Context, models.Environment, struct{}) (models.AudioFilter[struct{}], error) {
		return &ahead{before: make([]float32, aheadSamples)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	table := models.Table{look, workDefinition()}
	n := serve(t, func(c *room.Config) {
		c.Filters, c.Rooms[0].Filters = table, table
		c.Opener = native{launcher: process.Launcher{Command: []string{"/proc/self/exe"}, Environ: []string{filterChild + "=1"}}}
	})
	voice, err1 := opus.NewDecoder(1)
	camera, err2 := vpx.NewDecoder()
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	w := &witness{voice: voice, camera: camera}
	claps := new(clapper)
	ada, bob, eve := n.enters(roomclient.Config{Name: "Ada", Asked: func(s session.Source) { claps.key.Store(claps.key.Load() || s == session.Camera) }}), n.enters(roomclient.Config{Name: "Bob", Packet: w.take}), n.enter("Eve")
	for _, s := range []session.Source{session.Microphone, session.Camera} {
		if err := ada.Publish(ada.ctx, s, true); err != nil {
			t.Fatal(err)
		}
	}
	claps.guest = ada
	ended := make(chan error, 1)
	go func() { ended <- claps.run() }()
	t.Cleanup(func() {
		ada.stop()
		if err := <-ended; err != nil && !errors.Is(err, os.ErrClosed) {
			t.Log(err)
		}
		bob.stop()
		bob.ended <- <-bob.ended
		_ = errors.Join(voice.Close(), camera.Close())
	})
	bob.gets(ada.id()+"/camera", 25)
	eve.gets(ada.id()+"/microphone", 5)
	id := ada.id()
	running := func(v roomclient.View, count int) bool {
		f := v.State.People[id].Filters
		return len(f) == count && !slices.ContainsFunc(f, func(f session.Filter) bool { return f.State != session.FilterRunning })
	}
	link := func(v roomclient.View, s session.Source) session.FilterLink {
		for _, f := range v.State.People[id].Filters {
			if f.Source == s {
				return session.FilterLink{ID: f.ID}
			}
		}
		t.Fatal("the filter is gone")
		return session.FilterLink{}
	}
	wait := func(d time.Duration) { <-time.After(d) }
	w.skews()
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"nothing", func() {}},
		{"a voice's filter is added", func() {
			ada.ask(filters("", session.Microphone, session.FilterLink{Name: "ahead"}))
			bob.until("it runs", func(v roomclient.View) bool { return running(v, 1) })
		}},
		{"a webcam's is added, in a child", func() {
			ada.ask(filters("", session.Camera, session.FilterLink{Name: "work"}))
			bob.until("it runs", func(v roomclient.View) bool { return running(v, 2) })
		}},
		{"it is tuned", func() {
			l := link(bob.View(), session.Camera)
			l.Values = map[string]string{"brighter": "40"}
			ada.ask(filters("", session.Camera, l))
		}},
		{"it is swapped", func() {
			l := link(bob.View(), session.Camera)
			l.Values = map[string]string{"weights": "other"}
			ada.ask(filters("", session.Camera, l))
		}},
		{"it is killed", func() {
			for _, pid := range children(t) {
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
					t.Error(err)
				}
			}
			bob.until("it is opened again", func(v roomclient.View) bool {
				for _, f := range v.Figures.Filters {
					if f.Restarts > 0 {
						return true
					}
				}
				return false
			})
		}},
		{"it is removed and added again", func() {
			ada.ask(filters("", session.Camera))
			bob.until("it is gone", func(v roomclient.View) bool { return len(v.State.People[id].Filters) == 1 })
			wait(400 * time.Millisecond) // others have begun to change over
			ada.ask(filters("", session.Camera, session.FilterLink{Name: "work"}))
			bob.until("it runs", func(v roomclient.View) bool { return running(v, 2) })
		}},
		{"both are removed", func() {
			ada.ask(filters("", session.Camera))
			ada.ask(filters("", session.Microphone))
		}},
	} {
		step.do()
		wait(2500 * time.Millisecond)
		skews, lost, again := w.skews()
		for _, slip := range w.slips() {
			if slip.Abs() > 2*capture.SoundLength+time.Millisecond { // it is less than a packet, but where the machine is busy
				t.Errorf("%s: the voice slips by %v", step.what, slip)
			}
		}
		slices.Sort(skews)
		if len(skews) < 3 {
			t.Errorf("%s: only %d flashes with a beep came", step.what, len(skews))
			continue
		}
		t.Logf("%s: the flash comes %v after the beep (median; %v to %v), %d pictures are missing, %d came again", step.what, skews[len(skews)/2], skews[0], skews[len(skews)-1], lost, again)
		if median := skews[len(skews)/2]; median.Abs() > 40*time.Millisecond {
			t.Errorf("%s: the flash comes %v after the beep", step.what, median)
		}
		if lost > 6 || again > 6 { // none and 2, but where the machine is busy
			t.Errorf("%s: %d pictures are missing, %d came again", step.what, lost, again)
		}
	}
}
