package voice

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/virtualcube/virtualcube/session/voice/opus"
)

// speech is so many frames of something like a voice: a glottal pulse train
// of 110 to 150 Hz through three formants that wander, with hiss on top.
func speech(frames int) []float32 {
	out := make([]float32, frames*opus.FrameSamples)
	noise := rand.New(rand.NewPCG(1, 2))
	var formants [3]struct{ y1, y2 float64 }
	phase, peak := 0.0, 0.0
	for i := range out {
		t := float64(i) / opus.SampleRate
		phase += (130 + 20*math.Sin(2*math.Pi*1.7*t)) / opus.SampleRate
		phase -= math.Floor(phase)
		source := 1 - 2*phase + 0.1*noise.NormFloat64()
		sum := 0.3 * source
		for k := range formants {
			f := [3]float64{550, 1500, 2600}[k] * (1 + 0.25*math.Sin(2*math.Pi*(2+float64(k))*t))
			r := math.Exp(-math.Pi * 90 / opus.SampleRate)
			s := &formants[k]
			y := (1-r)*source + 2*r*math.Cos(2*math.Pi*f/opus.SampleRate)*s.y1 - r*r*s.y2
			s.y1, s.y2 = y, s.y1
			sum += y
		}
		out[i] = float32(sum)
		peak = max(peak, math.Abs(sum))
	}
	for i := range out {
		out[i] *= float32(0.7 / peak)
	}
	return out
}

// band is the mean power of samples between two frequencies, in dB.
func band(samples []float32, low, high float64) float64 {
	const n = 4800 // bins of 10 Hz, Hann window
	power := 0.0
	for start := 0; start+n <= len(samples); start += 3 * n { // enough of it
		for f := low; f < high; f += 10 {
			w := 2 * math.Pi * f / opus.SampleRate
			c, s1, s2 := 2*math.Cos(w), 0.0, 0.0 // Goertzel
			for i, x := range samples[start : start+n] {
				window := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/n)
				s1, s2 = float64(x)*window+c*s1-s2, s1
			}
			power += s1*s1 + s2*s2 - c*s1*s2
		}
	}
	return 10 * math.Log10(power/float64(len(samples)))
}

func murmur(t testing.TB) *Murmur {
	t.Helper()
	m, err := NewMurmur()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// encoded is speech as a browser sends it.
func encoded(t testing.TB, samples []float32, frame int) (out [][]byte) {
	t.Helper()
	e, err := opus.NewEncoder(opus.Voice())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	for len(samples) >= frame {
		p, err := e.Encode(samples[:frame])
		if err != nil {
			t.Fatal(err)
		}
		out, samples = append(out, slices.Clone(p)), samples[frame:]
	}
	return out
}

// decoded is what one who listens hears.
func decoded(t testing.TB, packets [][]byte) (out []float32) {
	t.Helper()
	d, err := opus.NewDecoder(1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for _, p := range packets {
		s, err := d.Decode(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s...)
	}
	return out
}

// What makes speech understood is gone, its melody remains, 15 dB quieter.
func TestMurmur(t *testing.T) {
	plain := encoded(t, speech(100), opus.FrameSamples)
	m := murmur(t)
	var low [][]byte
	bytes := 0
	for _, p := range plain {
		q, err := m.Process(p)
		if err != nil {
			t.Fatal(err)
		}
		low, bytes = append(low, q), bytes+len(q)
	}
	const settled = 10 * opus.FrameSamples
	before, after := decoded(t, plain)[settled:], decoded(t, low)[settled:]
	for _, test := range []struct{ from, to, least, most float64 }{
		{80, 300, 13, 20},     // 15 dB, and some of the filter's slope and the codec's high-pass
		{400, 600, 18, 50},    // the first formant is on the way down
		{1000, 4000, 30, 150}, // above all what the murmur is for
		{4000, 8000, 30, 150},
	} {
		down := band(before, test.from, test.to) - band(after, test.from, test.to)
		t.Logf("%v to %v Hz: %.1f dB down", test.from, test.to, down)
		if down < test.least || down > test.most {
			t.Errorf("%v to %v Hz is down by %.1f dB, want %v to %v", test.from, test.to, down, test.least, test.most)
		}
	}
	if rate := float64(bytes) * 8 / 2; rate > 1.5*murmurBitrate {
		t.Errorf("%.0f bit/s", rate)
	}
}

func TestMurmurOfLosses(t *testing.T) {
	plain := encoded(t, speech(60), opus.FrameSamples)
	m := murmur(t)
	var low [][]byte
	for k, p := range plain {
		q, err := m.Process(p)
		if k == 30 || k == 31 || k == 45 {
			q, err = m.Lost()
		}
		if err != nil {
			t.Fatal(err)
		}
		if n, err := opus.Duration(q); err != nil || n != opus.FrameSamples {
			t.Fatalf("packet %d has %d samples, %v", k, n, err)
		}
		low = append(low, q)
	}
	out := decoded(t, low)
	frame := func(k int) float64 { return float64(Level(out[k*opus.FrameSamples : (k+1)*opus.FrameSamples])) }
	if d := math.Abs(frame(31) - frame(29)); d > 10 {
		t.Errorf("the level moves by %.0f dB at the loss", d)
	}
}

func TestMurmurKeepsDurations(t *testing.T) {
	for _, n := range []int{120, 480, 960, 2880, 5760} {
		m := murmur(t)
		for _, p := range encoded(t, speech(12), n)[:2] {
			q, err := m.Process(p)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := opus.Duration(q); err != nil || got != n {
				t.Errorf("%d samples become %d, %v", n, got, err)
			}
			lost, err := m.Lost()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := opus.Duration(lost); err != nil || got != n {
				t.Errorf("the loss of %d samples becomes %d, %v", n, got, err)
			}
		}
	}
}

func TestMurmurOfGarbage(t *testing.T) {
	m := murmur(t)
	if _, err := m.Process([]byte{0x03, 0}); !errors.Is(err, opus.ErrPacket) {
		t.Errorf("%v", err)
	}
	if _, err := m.Process(nil); !errors.Is(err, opus.ErrPacket) {
		t.Errorf("%v", err)
	}
	if _, err := m.Process(encoded(t, speech(1), opus.FrameSamples)[0]); err != nil {
		t.Errorf("after the garbage: %v", err)
	}
	if err := errors.Join(m.Close(), m.Close()); err != nil {
		t.Error(err)
	}
	if _, err := m.Lost(); !errors.Is(err, opus.ErrClosed) {
		t.Errorf("%v", err)
	}
}

// FuzzMurmur says that no packet stops a murmur for the next.
func FuzzMurmur(f *testing.F) {
	for _, p := range encoded(f, speech(4), opus.FrameSamples) {
		f.Add(p)
	}
	f.Add([]byte{0x03, 0})
	f.Add([]byte{0xff, 0x03, 1, 2, 3})
	good := encoded(f, speech(1), opus.FrameSamples)[0]
	f.Fuzz(func(t *testing.T, packet []byte) {
		m := murmur(t)
		if q, err := m.Process(packet); err == nil {
			want, _ := opus.Duration(packet)
			if n, err := opus.Duration(q); err != nil || n != want {
				t.Errorf("%d samples, %v, want %d", n, err, want)
			}
		}
		if _, err := m.Process(good); err != nil {
			t.Error(err)
		}
		if _, err := m.Lost(); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkMurmur(b *testing.B) {
	m, all := murmur(b), encoded(b, speech(50), opus.FrameSamples)
	k := 0
	for b.Loop() {
		if _, err := m.Process(all[k%len(all)]); err != nil {
			b.Fatal(err)
		}
		k++
	}
}
