package encodetest

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/encode"
)

// Codec is what the contract needs of a codec.
type Codec struct {
	// Open makes an encoder for pictures of a size.
	Open func(width, height, bitsPerSecond int) (encode.Encoder, error)
	// Decoder makes a function that decodes one access unit after another.
	Decoder func(t *testing.T) func(data []byte) (capture.Picture, error)
}

const (
	width, height = 128, 96
	bitrate       = 500_000
	tick          = encode.ClockRate / 30
)

// Run checks the whole contract.
func Run(t *testing.T, codec Codec) {
	t.Run("simple", func(t *testing.T) { simple(t, codec, width) })
	t.Run("odd strides", func(t *testing.T) { simple(t, codec, width+13) })
	t.Run("key on demand", func(t *testing.T) { keyOnDemand(t, codec) })
	t.Run("same timestamp", func(t *testing.T) { sameTimestamp(t, codec) })
	t.Run("wrong picture", func(t *testing.T) { wrongPicture(t, codec) })
	t.Run("bitrate", func(t *testing.T) { bitrateChange(t, codec) })
	t.Run("layers", func(t *testing.T) { layers(t, codec) })
	t.Run("one layer", func(t *testing.T) { oneLayer(t, codec) })
	t.Run("close", func(t *testing.T) { closed(t, codec) })
}

// Scene draws picture n of a moving pattern, at a stride of the luma plane
// and of about half of it for chroma. It compresses neither well nor badly.
func Scene(width, height, stride, n int) capture.Picture {
	p := capture.Picture{Format: capture.I420, Width: width, Height: height, Strides: [3]int{stride, stride/2 + 3, stride/2 + 5}}
	r := rand.New(rand.NewPCG(7, 7))
	for i, rows := range [3]int{height, height / 2, height / 2} {
		columns := width
		if i > 0 {
			columns = width / 2
		}
		p.Planes[i] = make([]byte, p.Strides[i]*(rows-1)+columns)
		for y := range rows {
			for x := range columns {
				v := 90 + ((x+2*n)/8+(y+n)/8)%2*60 + r.IntN(12)
				if i > 0 {
					v = 100 + (x+n)%48
				}
				p.Planes[i][y*p.Strides[i]+x] = byte(v)
			}
		}
	}
	return p
}

func open(t *testing.T, codec Codec) encode.Encoder {
	t.Helper()
	e, err := codec.Open(width, height, bitrate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func mustEncode(t *testing.T, e encode.Encoder, p capture.Picture, n int, key bool) encode.Packet {
	t.Helper()
	packet, err := e.Encode(p, int64(n*tick), key)
	if err != nil {
		t.Fatalf("picture %d: %v", n, err)
	}
	if len(packet.Data) == 0 {
		t.Fatalf("picture %d: empty packet", n)
	}
	return packet
}

func simple(t *testing.T, codec Codec, stride int) {
	e, decode := open(t, codec), codec.Decoder(t)
	for n := range 10 {
		source := Scene(width, height, stride, n)
		packet := mustEncode(t, e, source, n, false)
		if packet.Key != (n == 0) {
			t.Errorf("picture %d: key is %v", n, packet.Key)
		}
		decoded, err := decode(packet.Data)
		if err != nil {
			t.Fatalf("picture %d: %v", n, err)
		}
		if decoded.Width != width || decoded.Height != height {
			t.Fatalf("picture %d decodes to %dx%d", n, decoded.Width, decoded.Height)
		}
		if e := meanError(source, decoded); e > 12 {
			t.Errorf("picture %d: mean luma error %.1f", n, e)
		}
	}
}

// meanError is the mean absolute difference of luma.
func meanError(a, b capture.Picture) float64 {
	sum := 0
	for y := range a.Height {
		for x := range a.Width {
			d := int(a.Planes[0][y*a.Strides[0]+x]) - int(b.Planes[0][y*b.Strides[0]+x])
			sum += max(d, -d)
		}
	}
	return float64(sum) / float64(a.Width*a.Height)
}

func keyOnDemand(t *testing.T, codec Codec) {
	e := open(t, codec)
	for n := range 12 {
		want := n == 0 || n == 5 || n == 6
		if got := mustEncode(t, e, Scene(width, height, width, n), n, want).Key; got != want {
			t.Errorf("picture %d: key is %v", n, got)
		}
	}
	// A viewer that joins at a key frame decodes from there.
	key := mustEncode(t, e, Scene(width, height, width, 12), 12, true)
	if _, err := codec.Decoder(t)(key.Data); err != nil {
		t.Errorf("decode from the key frame on: %v", err)
	}
}

func sameTimestamp(t *testing.T, codec Codec) {
	e := open(t, codec)
	for n, at := range []int{0, 1, 1, 0, 2} {
		if _, err := e.Encode(Scene(width, height, width, n), int64(at*tick), false); err != nil {
			t.Errorf("picture %d at %d: %v", n, at*tick, err)
		}
	}
}

func wrongPicture(t *testing.T, codec Codec) {
	e := open(t, codec)
	short := Scene(width, height, width, 0)
	short.Planes[2] = short.Planes[2][:10]
	nv12 := Scene(width, height, width, 0)
	nv12.Format = capture.NV12
	for name, p := range map[string]capture.Picture{
		"size":   Scene(width/2, height, width, 0),
		"short":  short,
		"format": nv12,
		"empty":  {},
	} {
		if _, err := e.Encode(p, 0, false); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if !mustEncode(t, e, Scene(width, height, width, 0), 0, false).Key {
		t.Error("the first good picture is no key frame")
	}
	for _, size := range [][2]int{{0, 96}, {-2, 96}, {1 << 20, 96}, {127, 96}} {
		if e, err := codec.Open(size[0], size[1], bitrate); err == nil {
			_ = e.Close()
			t.Errorf("size %v is accepted", size)
		}
	}
}

func bitrateChange(t *testing.T, codec Codec) {
	e := open(t, codec)
	n := 0
	rate := func(target int) float64 {
		if err := e.SetBitrate(target); err != nil {
			t.Fatal(err)
		}
		bytes := 0
		for i := range 90 {
			packet := mustEncode(t, e, Scene(width, height, width, n), n, false)
			if packet.Key && n > 0 {
				t.Errorf("picture %d became a key frame", n)
			}
			n++
			if i >= 30 { // the first second is the controller's to settle
				bytes += len(packet.Data)
			}
		}
		return float64(bytes*8) / 2
	}
	high, low := rate(400_000), rate(100_000)
	if !(high > 2*low) {
		t.Errorf("bitrate at 400 kbit/s is %.0f, at 100 kbit/s %.0f", high, low)
	}
	for _, bad := range []int{0, -1} {
		if err := e.SetBitrate(bad); err == nil {
			t.Errorf("bitrate %d is accepted", bad)
		}
	}
}

func closed(t *testing.T, codec Codec) {
	e, err := codec.Open(width, height, bitrate)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := e.Encode(Scene(width, height, width, 0), 0, false); !errors.Is(err, encode.ErrClosed) {
		t.Errorf("encode after close: %v", err)
	}
	if err := e.SetBitrate(bitrate); !errors.Is(err, encode.ErrClosed) {
		t.Errorf("bitrate after close: %v", err)
	}
	if err := e.SetLayers(true); !errors.Is(err, encode.ErrClosed) {
		t.Errorf("layers after close: %v", err)
	}
}
