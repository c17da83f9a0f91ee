package room_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"
	pionmedia "github.com/pion/webrtc/v4/pkg/media"

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

// clapper flashes and beeps at one instant, every period, and numbers its
// pictures.
type clapper struct {
	*guest
	key atomic.Bool // the node asked for a key frame
}

const (
	clapTick   = 20 * time.Millisecond // of sound
	clapPeriod = 24                    // ticks
	clapWidth  = 128
	clapHeight = 64
)

// picture shows its number in eight fields, below a field that flashes.
func clapPicture(number int, flash bool) capture.Picture {
	p := capture.Picture{Format: capture.I420, Width: clapWidth, Height: clapHeight, Strides: [3]int{clapWidth, clapWidth / 2, clapWidth / 2}}
	p.Planes = [3][]byte{make([]byte, clapWidth*clapHeight), make([]byte, clapWidth*clapHeight/4), make([]byte, clapWidth*clapHeight/4)}
	for i := range p.Planes[1] {
		p.Planes[1][i], p.Planes[2][i] = 128, 128
	}
	for y := range clapHeight {
		for x := range clapWidth {
			luma := byte(40)
			if y < clapHeight/2 && flash || y >= clapHeight/2 && number>>(x/16)&1 == 1 {
				luma = 200
			}
			p.Planes[0][y*clapWidth+x] = luma
		}
	}
	return p
}

func (c *clapper) run() error {
	voice, err := opus.NewEncoder(opus.Options{Channels: 1, Bitrate: 32_000, Complexity: 2})
	if err != nil {
		return err
	}
	defer voice.Close()
	camera, err := vpx.NewEncoder(clapWidth, clapHeight, 300_000)
	if err != nil {
		return err
	}
	defer camera.Close()
	ticker := time.NewTicker(clapTick)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ticker.C:
		case <-c.ctx.Done():
			return nil
		}
		samples := make([]float32, capture.SoundSamples)
		for i := range samples {
			if n%clapPeriod < 3 {
				samples[i] = 0.5 * float32(math.Sin(2*math.Pi*1000*float64(i)/capture.SampleRate))
			}
		}
		data, err := voice.Encode(samples)
		if err == nil {
			err = c.Microphone().WriteSample(pionmedia.Sample{Data: data, Duration: clapTick})
		}
		if err == nil && n%2 == 0 {
			var packet []byte
			encoded, failed := camera.Encode(clapPicture(n/2&0xff, n%clapPeriod < 6), int64(n)*1800, c.key.Swap(false))
			packet, err = encoded.Data, failed
			if err == nil {
				err = c.Camera().WriteSample(pionmedia.Sample{Data: packet, Duration: 2 * clapTick})
			}
		}
		if err != nil {
			return err
		}
	}
}

// witness notes when flashes and beeps come, and which pictures.
type witness struct {
	mu      sync.Mutex
	voice   *opus.Decoder
	camera  *vpx.Decoder
	silent  int
	dark    int
	heard   int // samples
	onsets  []int
	beeps   []time.Time
	flashes []time.Time
	numbers []int
	bright  byte // of the dark field
}

func (w *witness) take(stream string, payload []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	switch {
	case strings.HasSuffix(stream, "/microphone"):
		samples, err := w.voice.Decode(payload)
		if err != nil {
			return
		}
		first := slices.IndexFunc(samples, func(x float32) bool { return x > 0.2 })
		loud := first >= 0
		if loud && w.silent > 4 {
			w.beeps = append(w.beeps, now)
			w.onsets = append(w.onsets, w.heard+first)
		}
		w.heard += len(samples)
		if w.silent++; loud {
			w.silent = 0
		}
	case strings.HasSuffix(stream, "/camera"):
		var p codecs.VP8Packet
		data, err := p.Unmarshal(payload)
		if err != nil {
			return
		}
		picture, err := w.camera.Decode(data) // each picture is one packet
		if err != nil || picture.Empty() {
			return
		}
		w.look(picture, now)
	}
}

func (w *witness) look(picture capture.Picture, now time.Time) {
	row := func(y int) []byte { return picture.Planes[0][y*picture.Strides[0]:] }
	flash := row(clapHeight / 4)[clapWidth/2] > 150
	if flash && w.dark > 3 {
		w.flashes = append(w.flashes, now)
	}
	if w.dark++; flash {
		w.dark = 0
	} else {
		w.bright = row(clapHeight / 4)[clapWidth/2]
	}
	number := 0
	for bit := range 8 {
		if row(3 * clapHeight / 4)[bit*16+8] > 120 {
			number |= 1 << bit
		}
	}
	w.numbers = append(w.numbers, number)
}

// slips are by how much the beeps are further apart, in what is heard, than they were
// sent, since the last call.
func (w *witness) slips() (list []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := 1; i < len(w.onsets); i++ {
		list = append(list, time.Duration(w.onsets[i]-w.onsets[i-1])*time.Second/capture.SampleRate-clapPeriod*clapTick)
	}
	if n := len(w.onsets); n > 0 {
		w.onsets = w.onsets[n-1:]
	}
	return list
}

// skews are how much later each flash came than its beep, since the last call, lost
// how many pictures did not come, and again how many came once more.
func (w *witness) skews() (list []time.Duration, lost, again int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.flashes {
		for _, b := range w.beeps {
			if d := f.Sub(b); d.Abs() < clapPeriod*clapTick/2 {
				list = append(list, d)
			}
		}
	}
	for i := 1; i < len(w.numbers); i++ {
		switch step := int(int8(w.numbers[i] - w.numbers[i-1])); {
		case step > 0:
			lost += step - 1
		default:
			again += 1 - step
		}
	}
	if n := len(w.numbers); n > 0 {
		w.numbers = w.numbers[n-1:]
	}
	w.flashes, w.beeps = nil, nil
	return list, lost, again
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
			if slip.Abs() > capture.SoundLength+time.Millisecond { // a packet, where one relay takes the other's place
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
		if lost > 3 || again > 3 { // a slow machine is late with some
			t.Errorf("%s: %d pictures are missing, %d came again", step.what, lost, again)
		}
	}
}
