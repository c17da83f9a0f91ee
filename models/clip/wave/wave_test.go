package wave

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// file writes samples as a file.
func file(t testing.TB, f Format, samples []float32) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.wav")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(out, f)
	if err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(samples, 100*f.Channels) {
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// all reads a file.
func all(data []byte) (*Reader, []float32, error) {
	r, err := NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, nil, err
	}
	var samples []float32
	buffer := make([]float32, 7*r.Format().Channels)
	for {
		n, err := r.Read(buffer)
		samples = append(samples, buffer[:n]...)
		if errors.Is(err, io.EOF) {
			return r, samples, nil
		}
		if err != nil {
			return r, samples, err
		}
	}
}

func ramp(n int) []float32 {
	samples := make([]float32, n)
	for i := range samples {
		samples[i] = float32(math.Sin(float64(i)*0.37)) * 0.999
	}
	return samples
}

func TestRoundTrip(t *testing.T) {
	for _, f := range []Format{
		{48000, 1, 16, false}, {44100, 2, 16, false}, {48000, 1, 24, false}, {16000, 3, 24, false},
		{48000, 1, 32, false}, {96000, 2, 32, true},
	} {
		t.Run(f.String(), func(t *testing.T) {
			want := ramp(501 * f.Channels)
			r, got, err := all(file(t, f, want))
			if err != nil {
				t.Fatal(err)
			}
			if r.Format() != f || r.Frames() != 501 || r.Short() {
				t.Errorf("format %+v of %d, short %v; written as %+v of 501", r.Format(), r.Frames(), r.Short(), f)
			}
			if len(got) != len(want) {
				t.Fatalf("%d samples, want %d", len(got), len(want))
			}
			for i := range want {
				if d := math.Abs(float64(got[i] - want[i])); d > math.Ldexp(1, -min(f.Bits, 24)) {
					t.Fatalf("sample %d is %v, want %v", i, got[i], want[i])
				}
			}
			if again := file(t, f, got); !bytes.Equal(again, file(t, f, want)) {
				t.Error("what was read is not written as it was")
			}
		})
	}
}

func TestFullScaleIsLimited(t *testing.T) {
	_, got, err := all(file(t, Format{48000, 1, 16, false}, []float32{-2, -1, 0, 1, 2}))
	if err != nil || !slices.Equal(got, []float32{-1, -1, 0, 32767. / 32768, 32767. / 32768}) {
		t.Errorf("%v, %v", got, err)
	}
}

// header makes a file by hand.
func header(tag, channels uint16, rate uint32, bits uint16, size uint32, samples ...byte) []byte {
	b := []byte("RIFF\xff\xff\xff\xffWAVELIST\x03\x00\x00\x00abc\x00fmt \x10\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, tag)
	b = binary.LittleEndian.AppendUint16(b, channels)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate*uint32(channels)*uint32(bits)/8)
	b = binary.LittleEndian.AppendUint16(b, channels*bits/8)
	b = binary.LittleEndian.AppendUint16(b, bits)
	b = append(b, "data"...)
	return append(binary.LittleEndian.AppendUint32(b, size), samples...)
}

func extensible(tag uint16, samples ...byte) []byte {
	b := []byte("RIFF\xff\xff\xff\xffWAVEfmt \x28\x00\x00\x00\xfe\xff\x01\x00\x80\xbb\x00\x00\x00\x77\x01\x00\x02\x00\x10\x00\x16\x00\x10\x00\x04\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, tag)
	b = append(b, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71data"...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(samples))), samples...)
}

// seeds are what the table tests and the fuzzer begins with.
var seeds = []struct {
	name  string
	data  []byte
	want  []float32
	short bool
	bad   bool
}{
	{name: "16 bits", data: header(1, 1, 48000, 16, 4, 0, 0x40, 0, 0x80), want: []float32{0.5, -1}},
	{name: "8 bits", data: header(1, 2, 8000, 8, 2, 0, 192), want: []float32{-1, 0.5}},
	{name: "24 bits", data: header(1, 1, 8000, 24, 6, 0, 0, 0x40, 0, 0, 0x80), want: []float32{0.5, -1}},
	{name: "32 bits", data: header(1, 1, 8000, 32, 4, 0, 0, 0, 0xc0), want: []float32{-0.5}},
	{name: "floats", data: header(3, 1, 8000, 32, 4, 0, 0, 0x40, 0x3f), want: []float32{0.75}},
	{name: "doubles", data: header(3, 1, 8000, 64, 8, 0, 0, 0, 0, 0, 0, 0xe8, 0x3f), want: []float32{0.75}},
	{name: "extensible", data: extensible(1, 0, 0x40), want: []float32{0.5}},
	{name: "piped", data: header(1, 1, 48000, 16, math.MaxUint32, 0, 0x40, 0), want: []float32{0.5}},
	{name: "cut off", data: header(1, 1, 48000, 16, 100, 0, 0x40, 0), want: []float32{0.5}, short: true},
	{name: "empty", data: header(1, 1, 48000, 16, 0)},
	{name: "nothing", bad: true},
	{name: "no RIFF", data: []byte("OggS00000000"), bad: true},
	{name: "no samples", data: []byte("RIFF\x04\x00\x00\x00WAVE"), bad: true},
	{name: "endless chunk", data: []byte("RIFF\x04\x00\x00\x00WAVELIST\xff\xff\xff\xff"), bad: true},
	{name: "samples first", data: []byte("RIFF\x04\x00\x00\x00WAVEdata\x02\x00\x00\x00\x00\x00"), bad: true},
	{name: "compressed", data: header(2, 1, 48000, 16, 0), bad: true},
	{name: "compressed, extensible", data: extensible(7), bad: true},
	{name: "no channels", data: header(1, 0, 48000, 16, 0), bad: true},
	{name: "many channels", data: header(1, 33, 48000, 16, 0), bad: true},
	{name: "odd bits", data: header(1, 1, 48000, 12, 0), bad: true},
	{name: "no rate", data: header(1, 1, 0, 16, 0), bad: true},
	{name: "high rate", data: header(1, 1, math.MaxUint32, 16, 0), bad: true},
}

func TestRead(t *testing.T) {
	for _, c := range seeds {
		t.Run(c.name, func(t *testing.T) {
			r, got, err := all(c.data)
			if c.bad {
				if !errors.Is(err, ErrFormat) {
					t.Fatalf("error %v, want one of the format", err)
				}
				return
			}
			if err != nil || !slices.Equal(got, c.want) || r.Short() != c.short {
				t.Errorf("%v, %v, short %v; want %v, short %v", got, err, r.Short(), c.want, c.short)
			}
		})
	}
}

func FuzzReader(f *testing.F) {
	for _, c := range seeds {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, samples, err := all(data)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("foreign error: %v", err)
			}
			return
		}
		if len(samples)%r.Format().Channels != 0 || len(samples) > len(data) {
			t.Fatalf("%d samples of %d bytes and %d channels", len(samples), len(data), r.Format().Channels)
		}
		if err := r.Format().validate(); err != nil {
			t.Fatal(err)
		}
	})
}

type full struct{ io.Seeker }

func (full) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("disk full")

func TestWriterSaysWhyItFails(t *testing.T) {
	if _, err := NewWriter(full{}, Format{48000, 1, 16, false}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
	if _, err := NewWriter(full{}, Format{48000, 1, 8, false}); !errors.Is(err, ErrFormat) {
		t.Errorf("error %v of 8 bits", err)
	}
}
