package learned

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Sizes of the network's ends, in channels. features.frag and learned.frag say
// what each means.
const (
	Features = 32 // that a pixel is judged by
	Outputs  = 40 // 36 taps, matte, sharpening of all sides, of rows, of columns
)

// Network is the layers, first to last. All but the last are convolutions of
// 3 x 3 pixels and a rectifier; the last looks at one pixel.
type Network struct{ Layers []Layer }

// Layer holds numbers in the order in which a shader reads them.
type Layer struct {
	Taps    int // pixels that are looked at: 9, by rows, or 1
	In, Out int // channels, multiples of four
	// Values are 4 x 4 matrices by tap, input and output, each by columns (four
	// outputs of one input side by side), then an offset an output.
	Values []float32
}

// The weights that are shipped and their checksum, as models/train/blend.py
// writes both.
var (
	//go:embed blend.weights
	shipped []byte
	//go:embed blend.weights.sha256
	checksum string
)

// Shipped returns the network that this build carries. It fails where the
// weights are not those of the checksum.
func Shipped() (*Network, error) { return verified(shipped, checksum) }

func verified(data []byte, checksum string) (*Network, error) {
	want, _, _ := strings.Cut(checksum, " ")
	if sum := fmt.Sprintf("%x", sha256.Sum256(data)); sum != want {
		return nil, fmt.Errorf("read the learned blend: the weights' SHA-256 is %s, shipped were %s: build from a clean checkout or train again", sum, want)
	}
	return Parse(data)
}

// ErrFormat is wrapped by errors of Parse.
var ErrFormat = errors.New("no weights of a learned blend")

const (
	magic     = "vcblend1"
	maxLayers = 8
	maxWidth  = 32 // channels between layers: eight targets of four
)

// Parse reads weights: the magic, the number of layers, for each its taps,
// inputs and outputs (all uint32), then all values (float32), little endian.
func Parse(data []byte) (*Network, error) {
	rest, ok := cut(data, magic)
	if !ok || len(rest) < 4 {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrFormat, magic)
	}
	count := binary.LittleEndian.Uint32(rest)
	rest = rest[4:]
	if count < 2 || count > maxLayers || len(rest) < 12*int(count) {
		return nil, fmt.Errorf("%w: %d layers in %d bytes, 2 to %d are possible", ErrFormat, count, len(data), maxLayers)
	}
	n := &Network{Layers: make([]Layer, count)}
	for i := range n.Layers {
		l := &n.Layers[i]
		l.Taps, l.In, l.Out = word(rest), word(rest[4:]), word(rest[8:])
		rest = rest[12:]
	}
	if err := n.validate(); err != nil {
		return nil, err
	}
	for i := range n.Layers {
		l := &n.Layers[i]
		size := l.Taps*l.In*l.Out + l.Out
		if len(rest) < 4*size {
			return nil, fmt.Errorf("%w: layer %d ends after %d of %d values", ErrFormat, i+1, len(rest)/4, size)
		}
		l.Values = make([]float32, size)
		for k := range l.Values {
			l.Values[k] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*k:]))
			if v := float64(l.Values[k]); math.IsNaN(v) || math.Abs(v) > 1e3 {
				return nil, fmt.Errorf("%w: value %d of layer %d is %g", ErrFormat, k, i+1, v)
			}
		}
		rest = rest[4*size:]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes follow the last layer", ErrFormat, len(rest))
	}
	return n, nil
}

func cut(data []byte, prefix string) ([]byte, bool) {
	if len(data) < len(prefix) || string(data[:len(prefix)]) != prefix {
		return nil, false
	}
	return data[len(prefix):], true
}

func word(b []byte) int { return int(binary.LittleEndian.Uint32(b)) }

func (n *Network) validate() error {
	in := Features
	for i, l := range n.Layers {
		taps, out := 9, l.Out
		if i == len(n.Layers)-1 {
			taps, out = 1, Outputs
		}
		if l.Taps != taps || l.In != in || l.Out != out || l.Out < 4 || l.Out%4 != 0 || i < len(n.Layers)-1 && l.Out > maxWidth {
			return fmt.Errorf("%w: layer %d is %d taps, %d inputs, %d outputs", ErrFormat, i+1, l.Taps, l.In, l.Out)
		}
		in = l.Out
	}
	return nil
}

// Width is the largest number of channels between two layers.
func (n *Network) Width() (width int) {
	for _, l := range n.Layers[:len(n.Layers)-1] {
		width = max(width, l.Out)
	}
	return width
}

// Offset is that of an output.
func (l *Layer) Offset(out int) float32 { return l.Values[l.Taps*l.In*l.Out+out] }

// Weight is what an input at a tap counts for an output.
func (l *Layer) Weight(tap, in, out int) float32 {
	matrix := (tap*(l.In/4)+in/4)*(l.Out/4) + out/4
	return l.Values[16*matrix+4*(in%4)+out%4]
}
