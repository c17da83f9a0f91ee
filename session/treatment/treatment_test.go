package treatment_test

import (
	"context"
	"io"
	"log/slog"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/session/treatment"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

type none struct{}

type filter[T any] func(T) (T, error)

func (f filter[T]) Process(in T, _ none) (T, error) { return f(in) }

func (f filter[T]) Close() error { return nil }

var described = models.Description{Name: "under-test", Summary: "is for tests", Latency: 10 * time.Millisecond, Late: models.Pass, Failing: models.Pass}

func source(t *testing.T, kind fanout.Kind) *fanout.Relay {
	t.Helper()
	r, err := fanout.NewRelay(fanout.RelayConfig{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// running runs until the test ends it.
func running(t *testing.T, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func openVoice(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[capture.Sound], error) {
	return b.OpenAudio(ctx, models.Environment{Observe: observe}, b.Values)
}

// tone says how strong a frequency is in samples, 0 to 1.
func tone(samples []float32, hertz float64) float64 {
	re, im := 0.0, 0.0
	for i, x := range samples {
		phase := 2 * math.Pi * hertz * float64(i) / capture.SampleRate
		re, im = re+float64(x)*math.Cos(phase), im+float64(x)*math.Sin(phase)
	}
	return 2 * math.Hypot(re, im) / float64(len(samples))
}

// speaker writes packets of a tone of 1000 Hz into a relay.
type speaker struct {
	t       *testing.T
	relay   *fanout.Relay
	encoder *opus.Encoder
	n       int
}

func newSpeaker(t *testing.T, r *fanout.Relay) *speaker {
	t.Helper()
	e, err := opus.NewEncoder(opus.Voice())
	if err != nil {
		t.Fatal(err)
	}
	return &speaker{t: t, relay: r, encoder: e}
}

func (s *speaker) speak(n int) {
	for range n {
		samples := make([]float32, capture.SoundSamples)
		for i := range samples {
			samples[i] = 0.4 * float32(math.Sin(2*math.Pi*1000*float64(s.n*len(samples)+i)/capture.SampleRate))
		}
		data, err := s.encoder.Encode(samples)
		if err == nil {
			err = s.relay.Write(data, uint32(s.n)*capture.SoundSamples+12345, s.n == 0, 30, true)
		}
		if err != nil {
			s.t.Error(err)
		}
		s.n++
		<-time.After(capture.SoundLength)
	}
}

func TestVoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := source(t, fanout.Audio)
		defer running(t, from.Run)()
		var ready atomic.Pointer[fanout.Relay]
		v, err := treatment.NewVoice(treatment.Config[capture.Sound]{
			Name: "test", Source: from, Open: openVoice, Ready: func(r *fanout.Relay) { ready.Store(r) }, Clock: capture.NewClock(), Log: silent,
		})
		if err != nil {
			t.Fatal(err)
		}
		// Half as loud, and 30 ms ahead.
		var delayed []float32
		delayed = append(delayed, make([]float32, 1440)...)
		d := described
		d.LookAhead = 30 * time.Millisecond
		half, err := models.Audio(d, none{}, func(context.Context, models.Environment, none) (models.AudioFilter[none], error) {
			return filter[capture.Sound](func(in capture.Sound) (capture.Sound, error) {
				for _, x := range in.Samples {
					delayed = append(delayed, x/2)
				}
				out := capture.Sound{Captured: in.Captured.Add(-d.LookAhead), Samples: delayed[:len(in.Samples):len(in.Samples)]}
				delayed = delayed[len(in.Samples):]
				return out, nil
			}), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Set([]host.Link{{ID: "a", Bound: models.Bound{Definition: half}}}); err != nil {
			t.Fatal(err)
		}
		stop := running(t, v.Run)
		synctest.Wait()
		decoder, err := opus.NewDecoder(1)
		if err != nil {
			t.Fatal(err)
		}
		var heard []float32
		last, gaps := uint32(0), 0
		stopListening := running(t, func(ctx context.Context) error {
			return v.Relay().Listen(ctx, func(h fanout.Heard) error {
				samples, err := decoder.Decode(h.Payload)
				if len(heard) > 0 && h.Timestamp != last+capture.SoundSamples {
					gaps++
				}
				heard, last = append(heard, samples...), h.Timestamp
				return err
			})
		})
		s := newSpeaker(t, from)
		s.speak(100)
		synctest.Wait()
		if ready.Load() != v.Relay() {
			t.Error("nobody was told that it is ready")
		}
		if n := len(heard); n < 96*capture.SoundSamples || gaps > 1 { // one: the chain looks ahead from then on
			t.Errorf("%d samples came, %d gaps", n, gaps)
		}
		if power := tone(heard[len(heard)/2:], 1000); math.Abs(power-0.2) > 0.02 {
			t.Errorf("the tone is %.3f, half of 0.4 is wanted", power)
		}
		st := v.Stats()
		if st.Links[0].Frames < 95 || st.Way < 30*time.Millisecond || st.Way > 80*time.Millisecond || st.Lost != 0 {
			t.Errorf("%+v", st)
		}
		stop()
		stopListening()
		if err := decoder.Close(); err != nil {
			t.Error(err)
		}
		if err := s.encoder.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestVoiceEndsWithSource sends what is no Opus, and ends the source.
func TestVoiceEndsWithSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := source(t, fanout.Audio)
		stop := running(t, from.Run)
		v, err := treatment.NewVoice(treatment.Config[capture.Sound]{
			Name: "test", Source: from, Open: openVoice, Ready: func(*fanout.Relay) {}, Clock: capture.NewClock(), Log: silent,
		})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- v.Run(t.Context()) }()
		synctest.Wait()
		if err := from.Write([]byte{0xff, 0xff, 0xff}, 0, true, 30, true); err == nil {
			<-time.After(time.Second)
			if v.Stats().Lost != 1 {
				t.Errorf("what is no Opus is not counted: %+v", v.Stats())
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func openPicture(ctx context.Context, b models.Bound, observe func(models.Observation)) (models.Stage[*capture.Frame], error) {
	return b.OpenVideo(ctx, models.Environment{Observe: observe}, b.Values)
}

func pictured(width, height int, luma byte) capture.Picture {
	p := capture.Picture{Format: capture.I420, Width: width, Height: height, Strides: [3]int{width, width / 2, width / 2}}
	for i, n := range []int{width * height, width * height / 4, width * height / 4} {
		p.Planes[i] = make([]byte, n)
		for j := range p.Planes[i] {
			p.Planes[i][j] = []byte{luma, 128, 128}[i]
		}
	}
	return p
}

// TestPicture filters a webcam whose size changes, and of which packets are lost.
func TestPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := source(t, fanout.Video)
		defer running(t, from.Run)()
		p, err := treatment.NewPicture(treatment.Config[*capture.Frame]{
			Name: "test", Source: from, Open: openPicture, Ready: func(*fanout.Relay) {}, Clock: capture.NewClock(), Log: silent,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		pool := capture.NewFramePool(2)
		brighter, err := models.Video(described, none{}, func(context.Context, models.Environment, none) (models.VideoFilter[none], error) {
			return filter[*capture.Frame](func(in *capture.Frame) (*capture.Frame, error) {
				f, err := pool.Frame(capture.FrameShape{Format: capture.I420, Width: in.Colour.Width, Height: in.Colour.Height})
				if err != nil {
					return nil, err
				}
				f.Captured, f.Sequence = in.Captured, in.Sequence
				for i, plane := range f.Colour.Planes {
					for j := range plane {
						plane[j] = in.Colour.Planes[i][j]
						if i == 0 {
							plane[j] += 50
						}
					}
				}
				return f, nil
			}), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Set([]host.Link{{ID: "a", Bound: models.Bound{Definition: brighter}}}); err != nil {
			t.Fatal(err)
		}
		stop := running(t, p.Run)
		synctest.Wait()
		decoder, err := vpx.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		type seen struct {
			width, height int
			luma          byte
			key           bool
		}
		var came []seen
		stopWatching := running(t, func(ctx context.Context) error {
			return p.Relay().Watch(ctx, func(w fanout.Watched) error {
				picture, err := decoder.Decode(w.Data)
				came = append(came, seen{picture.Width, picture.Height, picture.Planes[0][500], w.Key})
				return err
			})
		})
		for n, size := range [][2]int{{320, 180}, {162, 122}} {
			encoder, err := vpx.NewEncoder(size[0], size[1], 300_000)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 30 {
				packet, err := encoder.Encode(pictured(size[0], size[1], 100), int64(i)*3000, false)
				if err == nil {
					err = from.WritePicture(packet.Data, uint32(30*n+i)*3000, packet.Key)
				}
				if err != nil {
					t.Error(err)
				}
				<-time.After(time.Second / 30)
				synctest.Wait()
			}
			if err := encoder.Close(); err != nil {
				t.Error(err)
			}
		}
		if len(came) < 58 {
			t.Fatalf("%d pictures came of 60", len(came))
		}
		a, b := came[20], came[len(came)-1]
		if a.width != 320 || a.height != 180 || b.width != 162 || b.height != 122 || !came[0].key {
			t.Errorf("%+v, %+v, %+v", came[0], a, b)
		}
		for _, s := range []seen{a, b} {
			if s.luma < 146 || s.luma > 154 {
				t.Errorf("a luma of 100 became %d, 150 is wanted", s.luma)
			}
		}
		if s := p.Stats(); s.Links[0].Frames < 58 || s.Way > 20*time.Millisecond {
			t.Errorf("%+v", s)
		}
		stop()
		stopWatching()
		if err := decoder.Close(); err != nil {
			t.Error(err)
		}
	})
}
