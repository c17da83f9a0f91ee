package tensor_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/tensor"
)

// play gives a stream n stretches of a signal and returns what comes out.
func play(t testing.TB, s *tensor.Stream, n int, mix float32, signal func(i int) float64, run func([]float32) ([]float32, error)) []float32 {
	t.Helper()
	var out []float32
	for k := range n {
		in := make([]float32, capture.SoundSamples)
		for i := range in {
			in[i] = float32(signal(k*len(in) + i))
		}
		got, err := s.Process(in, mix, run)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(in) {
			t.Fatalf("%d samples came for %d", len(got), len(in))
		}
		out = append(out, got...)
	}
	return out
}

func tone(hertz float64) func(int) float64 {
	return func(i int) float64 { return 0.5 * math.Sin(2*math.Pi*hertz*float64(i)/capture.SampleRate) }
}

// worst is the largest difference from a signal that is late, after the start.
func worst(out []float32, late int, signal func(int) float64) float64 {
	most := 0.0
	for i := 9600; i < len(out); i++ {
		most = math.Max(most, math.Abs(float64(out[i])-signal(i-late)))
	}
	return most
}

// TestStream: a model that leaves its blocks alone gives the signal back, as late
// as the stream says, whatever its blocks are.
func TestStream(t *testing.T) {
	for _, o := range []tensor.StreamOptions{
		{Rate: 48000, Block: 480, Hop: 480, Result: 480},
		{Rate: 48000, Block: 960, Hop: 960, Result: 960},
		{Rate: 48000, Block: 512, Hop: 512, Result: 512},
		{Rate: 48000, Block: 700, Hop: 7, Result: 7},
		{Rate: 48000, Block: 1024, Hop: 256, Result: 1024, Join: tensor.Last},
		{Rate: 48000, Block: 1024, Hop: 256, Result: 1024, Join: tensor.Add},
		{Rate: 48000, Block: 4800, Hop: 4800, Result: 4800},
		{Rate: 16000, Block: 320, Hop: 320, Result: 320},
		{Rate: 16000, Block: 512, Hop: 128, Result: 512, Join: tensor.Add, Above: tensor.Follow},
		{Rate: 16000, Block: 512, Hop: 512, Result: 512, Above: tensor.Keep},
	} {
		s, err := tensor.NewStream(o)
		if err != nil {
			t.Fatal(err)
		}
		run := func(block []float32) ([]float32, error) {
			if len(block) != o.Block {
				t.Fatalf("%+v: a block has %d samples", o, len(block))
			}
			out := append([]float32(nil), block[len(block)-o.Result:]...)
			if o.Join == tensor.Add {
				for i := range out {
					out[i] *= float32(o.Hop) / float32(o.Block)
				}
			}
			return out, nil
		}
		if off := worst(play(t, s, 60, 1, tone(440), run), s.Delay(), tone(440)); off > 0.004 {
			t.Errorf("%+v: the signal comes back with a difference of %v at %d samples", o, off, s.Delay())
		}
		s, _ = tensor.NewStream(o)
		silent := func([]float32) ([]float32, error) { return make([]float32, o.Result), nil }
		if off := worst(play(t, s, 60, 0, tone(10000), silent), s.Delay(), tone(10000)); off > 1e-6 {
			t.Errorf("%+v: without the model's part the signal differs by %v", o, off)
		}
		if waits := s.Delay(); o.Hop == 480 && waits != 0 || o.Hop == 320 && waits != 192 {
			t.Errorf("%+v: %d samples late", o, waits)
		}
	}
}

// TestAbove measures a tone above what a model of 16 kHz hears.
func TestAbove(t *testing.T) {
	quarter := func(block []float32) ([]float32, error) {
		out := make([]float32, len(block))
		for i, x := range block {
			out[i] = x / 4
		}
		return out, nil
	}
	both := func(i int) float64 { return 0.5*tone(1000)(i) + 0.5*tone(12000)(i) }
	for _, c := range []struct {
		above tensor.Above
		high  float64 // what is left of the tone above
	}{{tensor.Drop, 0}, {tensor.Keep, 1}, {tensor.Follow, 0.25}} {
		s, err := tensor.NewStream(tensor.StreamOptions{Rate: 16000, Block: 320, Hop: 320, Result: 320, Above: c.above})
		if err != nil {
			t.Fatal(err)
		}
		want := func(i int) float64 { return 0.125*tone(1000)(i) + 0.5*c.high*tone(12000)(i) }
		if off := worst(play(t, s, 60, 1, both, quarter), s.Delay(), want); off > 0.004 {
			t.Errorf("%s: differs by %v", c.above, off)
		}
	}
}

// TestBand measures the way to 16 kHz and back: flat to 7 kHz, 60 dB down from 8.
func TestBand(t *testing.T) {
	same := func(block []float32) ([]float32, error) { return block, nil }
	for _, c := range []struct{ hertz, least, most float64 }{
		{50, -0.05, 0.05}, {3000, -0.05, 0.05}, {7000, -0.05, 0.05}, {8000, -200, -60}, {9000, -200, -60}, {13000, -200, -60}, {15900, -200, -60}, {23000, -200, -60},
	} {
		s, err := tensor.NewStream(tensor.StreamOptions{Rate: 16000, Block: 320, Hop: 320, Result: 320, Above: tensor.Drop})
		if err != nil {
			t.Fatal(err)
		}
		power := 0.0
		for _, x := range play(t, s, 60, 1, tone(c.hertz), same)[9600:] {
			power += float64(x) * float64(x)
		}
		if db := 10 * math.Log10(power/(60*960-9600)/0.125+1e-20); db < c.least || db > c.most {
			t.Errorf("%v Hz comes back with %.2f dB", c.hertz, db)
		}
	}
}

// TestRunFails: silence takes a result's place, and time goes on.
func TestRunFails(t *testing.T) {
	s, err := tensor.NewStream(tensor.StreamOptions{Rate: 48000, Block: 480, Hop: 480, Result: 480})
	if err != nil {
		t.Fatal(err)
	}
	lost := errors.New("lost")
	in := make([]float32, capture.SoundSamples)
	for i := range in {
		in[i] = 1
	}
	calls := 0
	for range 3 {
		out, err := s.Process(in, 1, func(block []float32) ([]float32, error) {
			if calls++; calls == 3 {
				return nil, lost
			}
			if calls == 6 {
				return block[:100], nil
			}
			return block, nil
		})
		if bad := calls != 2; bad != (err != nil) || calls == 4 && !errors.Is(err, lost) || calls == 6 && !strings.Contains(err.Error(), "gave 100 samples") {
			t.Errorf("after %d blocks: %v", calls, err)
		}
		if calls == 4 && (out[0] != 0 || out[480] != 1) || calls == 6 && (out[0] != 1 || out[480] != 0) {
			t.Errorf("after %d blocks the halves begin with %v and %v", calls, out[0], out[480])
		}
	}
}

func TestStreamRefuses(t *testing.T) {
	for _, c := range []struct {
		o    tensor.StreamOptions
		says string
	}{
		{tensor.StreamOptions{Rate: 44100, Block: 1, Hop: 1, Result: 1}, "44100 Hz"},
		{tensor.StreamOptions{Rate: 48000, Block: 0, Hop: 1, Result: 1}, "0 samples"},
		{tensor.StreamOptions{Rate: 48000, Block: 1 << 30, Hop: 1, Result: 1}, "1 to"},
		{tensor.StreamOptions{Rate: 48000, Block: 10, Hop: 11, Result: 10}, "hop of 11"},
		{tensor.StreamOptions{Rate: 48000, Block: 10, Hop: 5, Result: 7}, "results of 7"},
		{tensor.StreamOptions{Rate: 48000, Block: 10, Hop: 5, Result: 5, Delay: -1}, "delay of -1"},
	} {
		if _, err := tensor.NewStream(c.o); !errors.Is(err, tensor.ErrBlocks) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v does not say %q", c.o, err, c.says)
		}
	}
}

func BenchmarkStream(b *testing.B) {
	s, err := tensor.NewStream(tensor.StreamOptions{Rate: 16000, Block: 512, Hop: 128, Result: 512, Join: tensor.Add, Above: tensor.Follow})
	if err != nil {
		b.Fatal(err)
	}
	in := make([]float32, capture.SoundSamples)
	for b.Loop() {
		if _, err := s.Process(in, 1, func(block []float32) ([]float32, error) { return block, nil }); err != nil {
			b.Fatal(err)
		}
	}
}
