package voice

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/voice/opus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const begun = capture.Time(5e9)

// stretch is 20 ms of a tone at an instant after the beginning.
func stretch(at time.Duration) capture.Sound {
	return capture.Sound{Captured: begun.Add(at), Samples: sine(0.5, 1000, capture.SoundSamples)}
}

type packets []Packet

func (p *packets) Packet(x Packet) { *p = append(*p, x) }

// run encodes the stretches and returns what came of them.
func run(t *testing.T, sounds ...capture.Sound) (packets, TrackStats, error) {
	t.Helper()
	q := capture.NewSoundQueue()
	for _, s := range sounds {
		q.Put(s)
	}
	q.End()
	var got packets
	track, err := NewTrack(TrackOptions{Microphone: q, Sink: &got})
	if err != nil {
		t.Fatal(err)
	}
	err = track.Run(t.Context())
	return got, track.Stats(), err
}

func TestTrack(t *testing.T) {
	var sounds []capture.Sound
	for i := range 20 {
		sounds = append(sounds, stretch(time.Duration(i)*capture.SoundLength))
	}
	got, stats, err := run(t, sounds...)
	if err != nil || len(got) != 20 || stats != (TrackStats{Packets: 20}) {
		t.Fatalf("%d packets, %+v, %v", len(got), stats, err)
	}
	d, err := opus.NewDecoder(1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for i, p := range got {
		if p.Captured != sounds[i].Captured.Add(-6500*time.Microsecond) || p.Timestamp != uint32(960*i) || p.Begins != (i == 0) {
			t.Errorf("packet %d: captured %v, timestamp %d, begins %v", i, p.Captured, p.Timestamp, p.Begins)
		}
		if p.Level != 9 || !p.Voice {
			t.Errorf("packet %d: level %d, voice %v", i, p.Level, p.Voice)
		}
		// Packets are kept by the sink: they must not share memory.
		out, err := d.Decode(p.Data)
		if err != nil || i > 5 && (Level(out) < 8 || Level(out) > 10) {
			t.Errorf("packet %d decodes to level %d, %v", i, Level(out), err)
		}
	}
}

// A beep that begins at an instant is decoded at that instant, by the stamps
// of the packets.
func TestTrackKeepsTime(t *testing.T) {
	const silent = 10*capture.SoundSamples + 321
	samples := append(make([]float32, silent), sine(0.5, 1000, 10*capture.SoundSamples-321)...)
	var sounds []capture.Sound
	for i := range 20 {
		sounds = append(sounds, capture.Sound{Captured: begun.Add(time.Duration(i) * capture.SoundLength), Samples: samples[i*capture.SoundSamples:][:capture.SoundSamples]})
	}
	got, _, err := run(t, sounds...)
	if err != nil {
		t.Fatal(err)
	}
	var data [][]byte
	for _, p := range got {
		data = append(data, p.Data)
	}
	out := decoded(t, data)
	onset := 0
	for math.Abs(float64(out[onset])) < 0.1 {
		onset++
	}
	want := begun.Add(silent * time.Second / capture.SampleRate)
	heard := got[0].Captured.Add(time.Duration(onset) * time.Second / capture.SampleRate)
	if d := heard.Sub(want); d.Abs() > 2*time.Millisecond {
		t.Errorf("a beep is heard %v after it sounded", d)
	}
}

// Timestamps follow the capture instants over gaps, and count samples where
// stamps only jitter.
func TestTimestamps(t *testing.T) {
	ms := func(x float64) time.Duration { return time.Duration(x * 1e6) }
	for name, test := range map[string]struct {
		at   []float64 // milliseconds
		want []uint32
		gaps uint64
	}{
		"even":           {[]float64{0, 20, 40}, []uint32{0, 960, 1920}, 0},
		"jitter":         {[]float64{0, 24, 37, 60}, []uint32{0, 960, 1920, 2880}, 0},
		"one lost":       {[]float64{0, 40, 60}, []uint32{0, 1920, 2880}, 1},
		"half a second":  {[]float64{0, 20, 520.5, 540.5}, []uint32{0, 960, 24984, 25944}, 1},
		"time runs back": {[]float64{0, 20, -500, -480}, []uint32{0, 960, 1920, 2880}, 1},
		"a slow clock":   {[]float64{0, 23, 46, 69, 92}, []uint32{0, 960, 1920, 2880, 4416}, 1},
	} {
		var sounds []capture.Sound
		for _, at := range test.at {
			sounds = append(sounds, stretch(ms(at)))
		}
		got, stats, err := run(t, sounds...)
		if err != nil || len(got) != len(test.want) || stats.Gaps != test.gaps {
			t.Fatalf("%s: %d packets, %+v, %v", name, len(got), stats, err)
		}
		begins := uint64(0)
		for i, p := range got {
			if p.Timestamp != test.want[i] {
				t.Errorf("%s: packet %d has timestamp %d, want %d", name, i, p.Timestamp, test.want[i])
			}
			if p.Begins {
				begins++
			}
		}
		if begins != test.gaps+1 {
			t.Errorf("%s: %d packets begin", name, begins)
		}
	}
}

func TestTrackEnds(t *testing.T) {
	track := func() (*Track, *capture.SoundQueue) {
		q := capture.NewSoundQueue()
		tr, err := NewTrack(TrackOptions{Microphone: q, Sink: &packets{}})
		if err != nil {
			t.Fatal(err)
		}
		return tr, q
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tr, _ := track()
	if err := tr.Run(ctx); err != nil {
		t.Errorf("with an ended context: %v", err)
	}
	if tr.Run(ctx) == nil {
		t.Error("a second run: no error")
	}
	bad := stretch(0)
	bad.Samples = bad.Samples[:100]
	loud := stretch(0)
	loud.Samples[3] = float32(math.NaN())
	for _, s := range []capture.Sound{bad, loud} {
		if _, _, err := run(t, s); err == nil || !strings.Contains(err.Error(), "sample") {
			t.Errorf("%v", err)
		}
	}
}

func TestTrackRefusals(t *testing.T) {
	stereo := opus.Music()
	loud := opus.Voice()
	loud.Bitrate = 1
	q := capture.NewSoundQueue()
	for name, o := range map[string]TrackOptions{
		"nothing": {}, "no sink": {Microphone: q}, "stereo": {Microphone: q, Sink: &packets{}, Encoding: stereo}, "bitrate": {Microphone: q, Sink: &packets{}, Encoding: loud},
	} {
		if _, err := NewTrack(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// melody is a microphone that nobody can guess from what it gave before.
type melody struct {
	random *rand.Rand
	left   int // stretches
}

func (m *melody) Next(context.Context) (capture.Sound, error) {
	if m.left--; m.left < 0 {
		return capture.Sound{}, io.EOF
	}
	s := stretch(-time.Duration(m.left) * capture.SoundLength)
	s.Samples = make([]float32, capture.SoundSamples)
	pitch := 150 + 100*m.random.Float64()
	for k := 1; k < 12; k++ {
		for n, x := range sine(0.3/float64(k), float64(k)*pitch, len(s.Samples)) {
			s.Samples[n] = max(-1, min(1, s.Samples[n]+x))
		}
	}
	return s, nil
}

// TestTrackRepairs says that packets repeat those before them, as far as listeners
// lose some: of a melody, that nobody can guess.
func TestTrackRepairs(t *testing.T) {
	repaired := func(loss func() float64) (similar float64) {
		const length = 60
		var got packets
		encoding := opus.Voice()
		encoding.ExpectedLoss = 0
		track, err := NewTrack(TrackOptions{Microphone: &melody{random: rand.New(rand.NewPCG(1, 1)), left: length}, Sink: &got, Encoding: encoding, Loss: loss})
		if err == nil {
			err = track.Run(t.Context())
		}
		if err != nil || len(got) != length {
			t.Fatal(len(got), err)
		}
		whole, err1 := opus.NewDecoder(1)
		lossy, err2 := opus.NewDecoder(1)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		defer whole.Close()
		defer lossy.Close()
		var ab, aa, bb float64
		for i, p := range got {
			want, err := whole.Decode(p.Data)
			if err != nil {
				t.Fatal(err)
			}
			want = slices.Clone(want)
			var heard []float32
			if i%4 == 2 && i+1 < length { // did not come
				heard, err = lossy.DecodeFEC(got[i+1].Data, capture.SoundSamples)
			} else {
				heard, err = lossy.Decode(p.Data)
			}
			if err != nil {
				t.Fatal(err)
			}
			for n := range want {
				if i%4 == 2 && i > 10 {
					ab += float64(want[n] * heard[n])
					aa += float64(want[n] * want[n])
					bb += float64(heard[n] * heard[n])
				}
			}
		}
		return ab / math.Sqrt(aa*bb+1e-12)
	}
	none, some := repaired(nil), repaired(func() float64 { return 0.15 })
	t.Logf("without loss a packet that does not come is made up with a correlation of %.3f, with loss of %.3f", none, some)
	if some < 0.8 || some < none+0.2 {
		t.Errorf("the correlation is %.3f without loss, and %.3f with it", none, some)
	}
}
