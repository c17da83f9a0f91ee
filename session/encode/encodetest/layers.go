package encodetest

import (
	"bytes"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// layers says that the base decodes alone, to the very pictures that whoever
// gets both layers sees, that pictures of the upper layer can be left out and
// come back at any time, and that the base takes the smaller part of the bits
// of two pictures but more than half of them.
func layers(t *testing.T, codec Codec) {
	e := open(t, codec)
	if err := e.SetLayers(true); err != nil {
		t.Fatal(err)
	}
	both, base, some := codec.Decoder(t), codec.Decoder(t), codec.Decoder(t)
	var bits [2]int
	last := 1
	for n := range 60 {
		key := n == 25 || n == 40 // one in place of a base picture, one of an upper
		packet := mustEncode(t, e, Scene(width, height, width, n), n, key)
		if packet.Layer < 0 || packet.Layer > 1 || last == 1 && packet.Layer == 1 || packet.Key && packet.Layer != 0 {
			t.Fatalf("picture %d is of layer %d, key %v, after one of layer %d", n, packet.Layer, packet.Key, last)
		}
		last = packet.Layer
		if !packet.Key {
			bits[packet.Layer] += len(packet.Data)
		}
		whole := mustDecode(t, both, packet.Data, n)
		if packet.Layer == 0 {
			same(t, n, "the base alone", whole, mustDecode(t, base, packet.Data, n))
		}
		if packet.Layer == 0 || n%3 != 0 {
			same(t, n, "with some of the upper layer", whole, mustDecode(t, some, packet.Data, n))
		}
	}
	if bits[1] == 0 || bits[0] < bits[1] {
		t.Errorf("the base takes %d bytes, the upper layer %d", bits[0], bits[1])
	}
}

// oneLayer says that all pictures are of the base until there are two layers
// and after, that whoever gets only the base sees the same through all changes,
// and that the bitrate is kept through them.
func oneLayer(t *testing.T, codec Codec) {
	e := open(t, codec)
	both, base := codec.Decoder(t), codec.Decoder(t)
	rates := map[bool]int{}
	n := 0
	for _, two := range []bool{false, true, false} {
		if err := e.SetLayers(two); err != nil {
			t.Fatal(err)
		}
		if err := e.SetBitrate(bitrate / 2); err != nil {
			t.Fatal(err)
		}
		upper := 0
		for i := range 90 {
			packet := mustEncode(t, e, Scene(width, height, width, n), n, false)
			if packet.Key && n > 0 {
				t.Errorf("picture %d became a key frame", n)
			}
			upper += packet.Layer
			if i >= 30 {
				rates[two] += len(packet.Data)
			}
			whole := mustDecode(t, both, packet.Data, n)
			if packet.Layer == 0 {
				same(t, n, "the base alone", whole, mustDecode(t, base, packet.Data, n))
			}
			n++
		}
		if two != (upper > 40) || !two && upper > 0 {
			t.Errorf("two layers: %v, and %d pictures of the upper one", two, upper)
		}
	}
	if one, two := float64(rates[false])/2, float64(rates[true]); one > 1.25*two || two > 1.25*one {
		t.Errorf("%.0f bytes in one layer, %.0f in two, at one bitrate", one, two)
	}
}

// mustDecode returns the luma plane, copied, row by row.
func mustDecode(t *testing.T, decode func([]byte) (capture.Picture, error), data []byte, n int) []byte {
	t.Helper()
	p, err := decode(data)
	if err != nil {
		t.Fatalf("picture %d: %v", n, err)
	}
	var luma []byte
	for y := range p.Height {
		luma = append(luma, p.Planes[0][y*p.Strides[0]:][:p.Width]...)
	}
	return luma
}

func same(t *testing.T, n int, what string, want, got []byte) {
	t.Helper()
	if !bytes.Equal(want, got) {
		t.Fatalf("picture %d decodes differently: %s", n, what)
	}
}
