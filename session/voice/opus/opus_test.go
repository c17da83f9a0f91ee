package opus_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// tone is frame k of a sine of half the full scale, in all channels.
func tone(hertz float64, channels, k int) []float32 {
	out := make([]float32, opus.FrameSamples*channels)
	for i := range out {
		n := k*opus.FrameSamples + i/channels
		out[i] = float32(0.5 * math.Sin(2*math.Pi*hertz*float64(n)/opus.SampleRate))
	}
	return out
}

func rms(samples []float32) float64 {
	sum := 0.0
	for _, x := range samples {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum / float64(len(samples)))
}

// pitch counts the rising crossings of zero of mono samples, in hertz.
func pitch(samples []float32) float64 {
	n := 0
	for i := 1; i < len(samples); i++ {
		if samples[i-1] < 0 && samples[i] >= 0 {
			n++
		}
	}
	return float64(n) * opus.SampleRate / float64(len(samples))
}

func encoder(t testing.TB, o opus.Options) *opus.Encoder {
	t.Helper()
	e, err := opus.NewEncoder(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func decoder(t testing.TB, channels int) *opus.Decoder {
	t.Helper()
	d, err := opus.NewDecoder(channels)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// packets encodes so many frames of a tone.
func packets(t testing.TB, o opus.Options, hertz float64, n int) (out [][]byte) {
	t.Helper()
	e := encoder(t, o)
	for k := range n {
		p, err := e.Encode(tone(hertz, o.Channels, k))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, slices.Clone(p))
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	low := opus.Voice()
	low.Bitrate, low.FEC, low.Narrow = 12_000, false, true
	for name, test := range map[string]struct {
		options opus.Options
		hertz   float64
	}{
		"voice": {opus.Voice(), 440}, "voice, high": {opus.Voice(), 3000}, "music": {opus.Music(), 1000}, "low rate": {low, 300},
	} {
		t.Run(name, func(t *testing.T) {
			d := decoder(t, 1) // stereo is mixed down
			var out []float32
			bytes := 0
			all := packets(t, test.options, test.hertz, 50)
			for _, p := range all {
				if n, err := opus.Duration(p); err != nil || n != opus.FrameSamples {
					t.Fatalf("duration %d, %v", n, err)
				}
				s, err := d.Decode(p)
				if err != nil || len(s) != opus.FrameSamples {
					t.Fatalf("%d samples, %v", len(s), err)
				}
				out, bytes = append(out, s...), bytes+len(p)
			}
			out = out[10*opus.FrameSamples:] // settled
			if level := rms(out) * math.Sqrt2; math.Abs(level-0.5) > 0.05 {
				t.Errorf("amplitude %.3f, want 0.5", level)
			}
			if p := pitch(out); math.Abs(p/test.hertz-1) > 0.01 {
				t.Errorf("%.1f Hz, want %v", p, test.hertz)
			}
			if rate := float64(bytes*8) / (float64(len(all)) / 50); rate > 1.5*float64(test.options.Bitrate) {
				t.Errorf("%.0f bit/s, the target is %d", rate, test.options.Bitrate)
			}
		})
	}
}

// A lost packet is continued without a jump and without silence, with the
// repetition in the next packet and without it.
func TestLoss(t *testing.T) {
	o := opus.Voice()
	o.ExpectedLoss = 20
	all := packets(t, o, 220, 30)
	for name, conceal := range map[string]func(*opus.Decoder) ([]float32, error){
		"plc": func(d *opus.Decoder) ([]float32, error) { return d.DecodePLC(opus.FrameSamples) },
		"fec": func(d *opus.Decoder) ([]float32, error) { return d.DecodeFEC(all[21], opus.FrameSamples) },
	} {
		t.Run(name, func(t *testing.T) {
			d := decoder(t, 1)
			var out []float32
			for k, p := range all {
				decode := func(d *opus.Decoder) ([]float32, error) { return d.Decode(p) }
				if k == 20 {
					decode = conceal
				}
				s, err := decode(d)
				if err != nil || len(s) != opus.FrameSamples {
					t.Fatalf("packet %d: %d samples, %v", k, len(s), err)
				}
				out = append(out, s...)
			}
			const n = opus.FrameSamples
			if level := rms(out[20*n : 21*n]); level < 0.2 || level > 0.5 {
				t.Errorf("the lost frame has an rms of %.3f, its neighbours %.3f", level, rms(out[18*n:20*n]))
			}
			for i := 19 * n; i < 23*n; i++ {
				// The tone's own steepest step is 0.0144.
				if step := math.Abs(float64(out[i] - out[i-1])); step > 0.06 {
					t.Errorf("a jump of %.3f at %.1f ms after the loss", step, float64(i-20*n)/48)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for name, change := range map[string]func(*opus.Options){
		"channels": func(o *opus.Options) { o.Channels = 3 }, "bitrate": func(o *opus.Options) { o.Bitrate = 5000 },
		"complexity": func(o *opus.Options) { o.Complexity = 11 }, "loss": func(o *opus.Options) { o.ExpectedLoss = -1 },
	} {
		o := opus.Voice()
		change(&o)
		if _, err := opus.NewEncoder(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := opus.NewDecoder(0); err == nil {
		t.Error("no channels: no error")
	}
	e, d := encoder(t, opus.Voice()), decoder(t, 2)
	if _, err := e.Encode(make([]float32, 959)); err == nil {
		t.Error("a short frame: no error")
	}
	for _, n := range []int{0, -960, 1, 100, opus.MaxSamples + 120} {
		if _, err := d.DecodePLC(n); err == nil {
			t.Errorf("a loss of %d samples: no error", n)
		}
	}
	for name, p := range garbage {
		if _, err := d.Decode(p); !errors.Is(err, opus.ErrPacket) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := opus.Duration(p); !errors.Is(err, opus.ErrPacket) && name != "lengths" && name != "odd" {
			t.Errorf("%s: its duration: %v", name, err)
		}
	}
	if s, err := d.Decode(packets(t, opus.Voice(), 300, 1)[0]); err != nil || len(s) != 2*opus.FrameSamples {
		t.Errorf("after the garbage: %d samples, %v", len(s), err)
	}
}

// garbage is what no encoder makes (RFC 6716 section 3.4 says why).
var garbage = map[string][]byte{
	"empty":     {},
	"too long":  make([]byte, opus.MaxPacket+1),
	"odd":       {0x01, 1, 2, 3}, // two frames of equal length in an odd number of bytes
	"no frames": {0x03, 0},
	"lengths":   {0x02, 250, 1},      // a first frame longer than the packet
	"600 ms":    {0x1b, 10, 0, 0, 0}, // ten frames of 60 ms
}

// Samples out of range and what is no number do not spoil what comes after.
func TestWildSamples(t *testing.T) {
	e, d := encoder(t, opus.Voice()), decoder(t, 1)
	for k := range 30 {
		s := tone(300, 1, k)
		if k < 5 {
			for i, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e30, -7} {
				s[100*i] = float32(x)
			}
		}
		p, err := e.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		out, err := d.Decode(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range out {
			if !(math.Abs(float64(x)) < 4) {
				t.Fatalf("frame %d: sample %v", k, x)
			}
		}
		if level := rms(out) * math.Sqrt2; k > 15 && math.Abs(level-0.5) > 0.1 {
			t.Errorf("frame %d: amplitude %.3f", k, level)
		}
	}
}

func TestChanges(t *testing.T) {
	e := encoder(t, opus.Voice())
	size := func() (n int) {
		for k := range 50 {
			p, err := e.Encode(tone(200+10*float64(k), 1, k))
			if err != nil {
				t.Fatal(err)
			}
			n += len(p)
		}
		return n
	}
	before := size()
	if err := errors.Join(e.SetBitrate(64_000), e.SetExpectedLoss(0)); err != nil {
		t.Fatal(err)
	}
	if after := size(); after < before*5/4 {
		t.Errorf("%d bytes at 32 kbit/s, %d at 64", before, after)
	}
	if e.SetBitrate(1) == nil || e.SetExpectedLoss(101) == nil {
		t.Error("out of range: no error")
	}
}

// Frames of all lengths go through.
func TestFrameLengths(t *testing.T) {
	for _, n := range []int{120, 240, 480, 960, 1920, 2880, 3840, 4800, 5760} {
		e, d := encoder(t, opus.Music()), decoder(t, 2)
		p, err := e.Encode(make([]float32, 2*n))
		if err != nil {
			t.Fatal(err)
		}
		if out, err := d.Decode(p); err != nil || len(out) != 2*n {
			t.Errorf("%d samples become %d, %v", n, len(out)/2, err)
		}
	}
}

func TestClosed(t *testing.T) {
	e, d := encoder(t, opus.Music()), decoder(t, 1)
	for range 2 {
		if err := errors.Join(e.Close(), d.Close()); err != nil {
			t.Fatal(err)
		}
	}
	_, encode := e.Encode(tone(100, 2, 0))
	_, decode := d.Decode([]byte{0})
	_, fec := d.DecodeFEC([]byte{0}, 960)
	_, plc := d.DecodePLC(960)
	for _, err := range []error{encode, decode, fec, plc, e.SetBitrate(20_000), e.SetExpectedLoss(1)} {
		if !errors.Is(err, opus.ErrClosed) {
			t.Errorf("%v, want that it is closed", err)
		}
	}
}

// FuzzDecode says that no two packets crash the decoder, and that what it
// gives are numbers of the length that the header says.
func FuzzDecode(f *testing.F) {
	for _, p := range garbage {
		f.Add(p, p)
	}
	for _, o := range []opus.Options{opus.Voice(), opus.Music()} {
		p := packets(f, o, 500, 4)
		f.Add(p[2], p[3])
		f.Add(p[3], []byte{p[3][0]})
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		d := decoder(t, 2)
		for _, p := range [][]byte{first, second} {
			want, bad := opus.Duration(p)
			out, err := d.Decode(p)
			if err == nil && (bad != nil || len(out) != 2*want) {
				t.Errorf("%d samples, the header says %d, %v", len(out), want, bad)
			}
			repeated, err := d.DecodeFEC(p, opus.FrameSamples)
			if err == nil && len(repeated) != 2*opus.FrameSamples {
				t.Errorf("%d samples repeated", len(repeated))
			}
			for _, x := range repeated {
				if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
					t.Fatalf("sample %v", x)
				}
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for name, o := range map[string]opus.Options{"voice": opus.Voice(), "music": opus.Music()} {
		b.Run(name, func(b *testing.B) {
			e, frame := encoder(b, o), tone(440, o.Channels, 0)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Encode(frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	d, p := decoder(b, 1), packets(b, opus.Voice(), 440, 10)[9]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Decode(p); err != nil {
			b.Fatal(err)
		}
	}
}
