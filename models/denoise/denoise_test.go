package denoise

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models/clip"
	"github.com/virtualcube/virtualcube/models/filtertest"
)

func TestContract(t *testing.T) {
	filtertest.Run(t, definition(t), filtertest.Options{Environment: environment(t), Golden: "voice.json"})
}

func TestFourierAgreesWithItsDefinition(t *testing.T) {
	f := newFourier(4, 4, 4, 3, 5)
	random := rand.New(rand.NewPCG(1, 2))
	in, out := make([]complex128, f.n), make([]complex128, f.n)
	for i := range in {
		in[i] = complex(random.NormFloat64(), random.NormFloat64())
	}
	f.transform(out, in)
	for k := range out {
		want := complex128(0)
		for j, x := range in {
			want += x * cmplx.Rect(1, -2*math.Pi*float64(j*k%f.n)/float64(f.n))
		}
		if cmplx.Abs(out[k]-want) > 1e-10 {
			t.Fatalf("bin %d is %v, want %v", k, out[k], want)
		}
	}
}

func TestSpectraComeBackAsTheSamples(t *testing.T) {
	tr := newTransform()
	random := rand.New(rand.NewPCG(1, 2))
	var in, out []float32
	for range 10 {
		samples, made := make([]float32, hop), make([]float32, hop)
		for i := range samples {
			samples[i] = float32(random.NormFloat64())
		}
		var s spectrum
		tr.analyse(&s, samples)
		tr.synthesise(made, &s)
		in, out = append(in, samples...), append(out, made...)
	}
	for i := range len(in) - hop {
		if math.Abs(float64(in[i]-out[hop+i])) > 1e-6 {
			t.Fatalf("sample %d is %v, want %v", i, out[hop+i], in[i])
		}
	}
}

func TestBandsCoverTheSpectrum(t *testing.T) {
	total := 0
	for _, n := range widths() {
		total += n
	}
	if total != bins {
		t.Errorf("the bands have %d bins, want %d", total, bins)
	}
}

// TestRealSpeech mixes real speech with made-up noises: the real ones are not in
// the repository, but see TestEvaluation.
func TestRealSpeech(t *testing.T) {
	f := opened(t, environment(t))
	speech := acoustic(t)[:8*capture.SampleRate]
	for name, noise := range map[string][]float32{"pink noise": pink(len(speech)), "clicks": clicks(len(speech))} {
		for _, level := range []float64{0, 5, 10} { // the recording has noise of its own, 14 dB below
			clean, noisy := mixed(speech, noise, 0, level)
			gain := sdr(clean, cleaned(t, f, noisy, Parameters{Strength: 1, Spare: true})) - sdr(clean, noisy)
			t.Logf("%s at %v dB: %.2f dB", name, level, gain)
			if least := map[float64]float64{0: 5, 5: 4, 10: 2}[level]; gain < least {
				t.Errorf("%s at %v dB: SI-SDR rises by %.2f dB, want %v", name, level, gain, least)
			}
		}
	}
}

func TestStrengthSaysHowMuchNoiseStays(t *testing.T) {
	f := opened(t, environment(t))
	noise := pink(10 * capture.SampleRate)
	_, noise = mixed(noise, noise, 0, 300)
	last := noise[5*capture.SampleRate:]
	for strength, least := range map[float64]float64{0: -0.01, 0.5: 5.3, 0.9: 14, 1: 18} {
		out := cleaned(t, f, noise, Parameters{Strength: strength, Spare: true})
		got := 10 * math.Log10(power(last)/power(out[5*capture.SampleRate:]))
		if got < least || strength < 1 && got > least+3 {
			t.Errorf("strength %v takes %.1f dB away, want %v", strength, got, least)
		}
	}
}

func TestClearVoiceIsSpared(t *testing.T) {
	f := opened(t, environment(t))
	x := voice(6 * capture.SampleRate)
	if got := sdr(x, cleaned(t, f, x, Parameters{Strength: 1, Spare: true})); got < 20 {
		t.Errorf("a voice without noise comes out at %.1f dB", got)
	}
	if got := sdr(x, cleaned(t, f, x, Parameters{Strength: 1})); got > 40 {
		t.Errorf("not spared it comes out at %.1f dB: the network did nothing", got)
	}
}

func TestNothingPassesThroughWhole(t *testing.T) {
	f := opened(t, environment(t))
	x := pink(capture.SampleRate)
	_, x = mixed(x, x, 0, 300)
	for i, y := range cleaned(t, f, x, Parameters{Strength: 0, Spare: true}) {
		if math.Abs(float64(y-x[i])) > 1e-6 {
			t.Fatalf("sample %d is %v, want %v", i, y, x[i])
		}
	}
}

func TestLongSilenceIsSilent(t *testing.T) {
	f := opened(t, environment(t))
	x := append(pink(capture.SampleRate), make([]float32, capture.SampleRate)...)
	_, x = mixed(x, x, 0, 300)
	x = append(x, x...) // and then the voice is back
	out := cleaned(t, f, x, Parameters{Strength: 0.5, Spare: true})
	for i := capture.SampleRate + idle*hop; i < 2*capture.SampleRate-delay; i++ {
		if math.Abs(float64(out[i])) > 1e-6 {
			t.Fatalf("sample %d is %v amid silence", i, out[i])
		}
	}
	if power(out[2*capture.SampleRate:]) < 0.1*power(x[2*capture.SampleRate:]) {
		t.Error("what comes after a silence is lost")
	}
}

func TestGapDropsWhatIsOnItsWay(t *testing.T) {
	f := opened(t, environment(t))
	x := pink(capture.SampleRate / 2)
	_, x = mixed(x, x, 0, 300)
	cleaned(t, f, x, Parameters{})
	at := f.next.Add(time.Second)
	out, err := f.Process(capture.Sound{Captured: at, Samples: make([]float32, capture.SoundSamples)}, Parameters{})
	if err != nil {
		t.Fatal(err)
	}
	if out.Captured != at.Add(-lookAhead) || power(out.Samples) != 0 {
		t.Errorf("after a gap sound of %v comes with the power %v", out.Captured, power(out.Samples))
	}
}

func BenchmarkProcess(b *testing.B) {
	f := opened(b, environment(b))
	x := pink(capture.SampleRate)
	_, x = mixed(x, x, 0, 300)
	at := capture.Time(time.Second)
	b.ReportAllocs()
	// The machine may be shared: the time of the thread counts.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := spent(b)
	for b.Loop() {
		from := int(at/capture.Time(capture.SoundLength)) % 50 * capture.SoundSamples
		if _, err := f.Process(capture.Sound{Captured: at, Samples: x[from : from+capture.SoundSamples]}, Parameters{Strength: 1, Spare: true}); err != nil {
			b.Fatal(err)
		}
		at = at.Add(capture.SoundLength)
	}
	b.ReportMetric(float64(spent(b)-before)/1e3/float64(b.N), "cpu-us/op")
}

// spent is the processor time of this thread in ns.
func spent(b *testing.B) int64 {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// acoustic is a recording of shared data, without its rumble.
func acoustic(t testing.TB) (x []float32) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "speech", "acoustic_corpus.wav")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no %s: real speech is shared beside the repository", path)
	}
	c, err := clip.Open(t.Context(), path, clip.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() // it is only read
	for {
		s, err := c.Sounds()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		x = append(x, s.Samples...)
	}
	// Three high passes at 80 Hz.
	for range 3 {
		low := 0.0
		for i, v := range x {
			low += 2 * math.Pi * 80 / capture.SampleRate * (float64(v) - low)
			x[i] = float32(float64(v) - low)
		}
	}
	return x
}

// voice is a made-up one: a gliding tone with its harmonics, in syllables.
func voice(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		t := float64(i) / capture.SampleRate
		phase := 2 * math.Pi * (140*t + 4*math.Sin(3*t))
		for h := 1.0; h <= 20; h++ {
			x[i] += float32(0.1 * math.Sin(h*phase) / h * math.Max(0, math.Sin(2*math.Pi*3*t)))
		}
	}
	return x
}

// pink is noise that falls by 3 dB an octave (P. Kellet's filter).
func pink(n int) []float32 {
	random := rand.New(rand.NewPCG(3, 4))
	poles := [...]float64{0.99886, 0.99332, 0.969, 0.8665, 0.55}
	gains := [...]float64{0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522}
	var state [len(poles)]float64
	x := make([]float32, n)
	for i := range x {
		white := random.NormFloat64()
		total := 0.5362 * white
		for k := range state {
			state[k] = poles[k]*state[k] + gains[k]*white
			total += state[k]
		}
		x[i] = float32(0.05 * total)
	}
	return x
}

// clicks are bursts of a few milliseconds, seven a second, as of keys.
func clicks(n int) []float32 {
	random := rand.New(rand.NewPCG(5, 6))
	x := make([]float32, n)
	for at := 0; at < n; at += capture.SampleRate/14 + random.IntN(capture.SampleRate/7) {
		for i := at; i < min(n, at+capture.SampleRate/50); i++ {
			x[i] += float32(random.NormFloat64() * math.Exp(-float64(i-at)/200))
		}
	}
	return x
}
