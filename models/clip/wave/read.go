package wave

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Limits of a file.
const (
	MinRate     = 1000
	MaxRate     = 384000
	MaxChannels = 32
)

// ErrFormat is wrapped by every error about what a file holds.
var ErrFormat = errors.New("invalid WAVE file")

// Format is how the samples of a file are held.
type Format struct {
	Rate     int // Hz
	Channels int
	Bits     int  // a sample: 8, 16, 24, 32; of floats 32, 64
	Float    bool // IEEE floats, full scale at -1 and 1
}

func (f Format) validate() error {
	switch {
	case f.Rate < MinRate || f.Rate > MaxRate:
		return fmt.Errorf("%w: %d Hz, %d to %d are possible", ErrFormat, f.Rate, MinRate, MaxRate)
	case f.Channels < 1 || f.Channels > MaxChannels:
		return fmt.Errorf("%w: %d channels, 1 to %d are possible", ErrFormat, f.Channels, MaxChannels)
	case f.Float && f.Bits != 32 && f.Bits != 64:
		return fmt.Errorf("%w: floats of %d bits, 32 and 64 are possible", ErrFormat, f.Bits)
	case !f.Float && f.Bits != 8 && f.Bits != 16 && f.Bits != 24 && f.Bits != 32:
		return fmt.Errorf("%w: %d bits a sample, 8, 16, 24 and 32 are possible", ErrFormat, f.Bits)
	}
	return nil
}

// String says what the samples are, as in "16-bit PCM".
func (f Format) String() string {
	if f.Float {
		return fmt.Sprintf("%d-bit float", f.Bits)
	}
	return fmt.Sprintf("%d-bit PCM", f.Bits)
}

// block is the bytes of one sample of all channels.
func (f Format) block() int { return f.Channels * f.Bits / 8 }

// Tags of the format chunk.
const (
	tagPCM        = 1
	tagFloat      = 3
	tagExtensible = 0xfffe
)

const (
	unknownLength = math.MaxUint32
	maxChunks     = 1000 // before the samples
)

// Reader reads the samples of a file.
type Reader struct {
	r      *bufio.Reader
	format Format
	left   int64 // bytes of samples; -1: to the end of the file
	frames int64 // that the header states; -1: it does not
	short  bool
	buffer []byte
}

// NewReader reads up to the first sample.
func NewReader(r io.Reader) (*Reader, error) {
	w := &Reader{r: bufio.NewReaderSize(r, 1<<16)}
	var head [12]byte
	if _, err := io.ReadFull(w.r, head[:]); err != nil {
		return nil, cut(err)
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return nil, fmt.Errorf("%w: it does not begin with RIFF and WAVE", ErrFormat)
	}
	for range maxChunks {
		var chunk [8]byte
		if _, err := io.ReadFull(w.r, chunk[:]); err != nil {
			return nil, cut(err)
		}
		size := binary.LittleEndian.Uint32(chunk[4:])
		switch string(chunk[:4]) {
		case "fmt ":
			if err := w.describe(size); err != nil {
				return nil, err
			}
		case "data":
			return w, w.begin(size)
		default:
			if _, err := io.CopyN(io.Discard, w.r, int64(size)+int64(size&1)); err != nil {
				return nil, cut(err)
			}
		}
	}
	return nil, fmt.Errorf("%w: no samples within %d chunks", ErrFormat, maxChunks)
}

// cut says that a file ends too early, where it does.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends before the samples", ErrFormat)
	}
	return err
}

// describe reads the format chunk.
func (w *Reader) describe(size uint32) error {
	const least, extended, most = 16, 40, 1 << 10
	if size < least || size > most {
		return fmt.Errorf("%w: its format takes %d bytes", ErrFormat, size)
	}
	b := make([]byte, size+size&1)
	if _, err := io.ReadFull(w.r, b); err != nil {
		return cut(err)
	}
	tag := binary.LittleEndian.Uint16(b)
	w.format = Format{
		Channels: int(binary.LittleEndian.Uint16(b[2:])), Rate: int(min(binary.LittleEndian.Uint32(b[4:]), math.MaxInt32)),
		Bits: int(binary.LittleEndian.Uint16(b[14:])),
	}
	if tag == tagExtensible && size >= extended {
		tag = binary.LittleEndian.Uint16(b[24:]) // of the sub-format's GUID
	}
	switch tag {
	case tagPCM:
	case tagFloat:
		w.format.Float = true
	default:
		return fmt.Errorf("%w: its samples are compressed (format %#x): PCM and floats are possible", ErrFormat, tag)
	}
	if err := w.format.validate(); err != nil {
		return err
	}
	if block := int(binary.LittleEndian.Uint16(b[12:])); block != w.format.block() {
		return fmt.Errorf("%w: %d channels of %d bits are said to take %d bytes", ErrFormat, w.format.Channels, w.format.Bits, block)
	}
	return nil
}

// begin comes to the samples.
func (w *Reader) begin(size uint32) error {
	if w.format.Channels == 0 {
		return fmt.Errorf("%w: samples come before their format", ErrFormat)
	}
	w.left, w.frames = int64(size), int64(size)/int64(w.format.block())
	if size == 0 || size == unknownLength {
		w.left, w.frames = -1, -1
	}
	return nil
}

// Format returns how the file holds its samples.
func (w *Reader) Format() Format { return w.format }

// Frames is how many samples each channel has as the header states it, -1 where
// it does not.
func (w *Reader) Frames() int64 { return w.frames }

// Short says, after Read returned io.EOF, that samples are missing that the
// header states.
func (w *Reader) Short() bool { return w.short }

// Read reads samples, those of all channels beside one another, full scale at -1
// and 1. It returns how many it read, a multiple of the channels, and io.EOF
// where there are none. Floats are as they are in the file: they may be beyond
// full scale, and NaN.
func (w *Reader) Read(samples []float32) (int, error) {
	block := w.format.block()
	want := len(samples) / w.format.Channels * block
	if w.left >= 0 {
		want = int(min(int64(want), w.left/int64(block)*int64(block)))
	}
	if want == 0 {
		return 0, io.EOF
	}
	if len(w.buffer) < want {
		w.buffer = make([]byte, want)
	}
	n, err := io.ReadFull(w.r, w.buffer[:want])
	if w.left >= 0 {
		w.left -= int64(n)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		w.short, err = w.left > 0, nil
		w.left = 0
	}
	n -= n % block
	if err == nil && n == 0 {
		err = io.EOF
	}
	w.format.decode(samples, w.buffer[:n])
	return n / (w.format.Bits / 8), err
}

func (f Format) decode(to []float32, from []byte) {
	switch {
	case f.Float && f.Bits == 32:
		for i := range len(from) / 4 {
			to[i] = math.Float32frombits(binary.LittleEndian.Uint32(from[4*i:]))
		}
	case f.Float:
		for i := range len(from) / 8 {
			to[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(from[8*i:])))
		}
	case f.Bits == 8:
		for i, b := range from {
			to[i] = float32(int(b)-1<<7) / (1 << 7)
		}
	case f.Bits == 16:
		for i := range len(from) / 2 {
			to[i] = float32(int16(binary.LittleEndian.Uint16(from[2*i:]))) / (1 << 15)
		}
	case f.Bits == 24:
		for i := range len(from) / 3 {
			v := int32(from[3*i])<<8 | int32(from[3*i+1])<<16 | int32(from[3*i+2])<<24
			to[i] = float32(v>>8) / (1 << 23)
		}
	default:
		for i := range len(from) / 4 {
			to[i] = float32(float64(int32(binary.LittleEndian.Uint32(from[4*i:]))) / (1 << 31))
		}
	}
}
