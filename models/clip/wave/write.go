package wave

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// headerBytes precede the samples.
const headerBytes = 44

// Writer writes a file.
type Writer struct {
	w      io.WriteSeeker
	format Format
	bytes  int64 // of samples
	buffer []byte
}

// NewWriter writes the header of a file that has no samples yet. 16, 24 and 32
// bits are possible, and floats of 32.
func NewWriter(w io.WriteSeeker, f Format) (*Writer, error) {
	if err := f.validate(); err != nil {
		return nil, err
	}
	if f.Bits == 8 || f.Bits == 64 {
		return nil, fmt.Errorf("%w: %s is read only", ErrFormat, f)
	}
	out := &Writer{w: w, format: f}
	_, err := w.Write(out.header())
	return out, err
}

func (w *Writer) header() []byte {
	f := w.format
	tag := uint16(tagPCM)
	if f.Float {
		tag = tagFloat
	}
	b := append(make([]byte, 0, headerBytes), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(headerBytes-8+w.bytes+w.bytes&1))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, tag)
	b = binary.LittleEndian.AppendUint16(b, uint16(f.Channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(f.Rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(f.Rate*f.block()))
	b = binary.LittleEndian.AppendUint16(b, uint16(f.block()))
	b = binary.LittleEndian.AppendUint16(b, uint16(f.Bits))
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, uint32(w.bytes))
}

// Write adds samples, those of all channels beside one another. What is beyond
// full scale is limited to it, except of floats.
func (w *Writer) Write(samples []float32) error {
	if len(samples)%w.format.Channels != 0 {
		return fmt.Errorf("write WAVE: %d samples for %d channels", len(samples), w.format.Channels)
	}
	w.buffer = w.buffer[:0]
	for _, s := range samples {
		w.buffer = w.format.encode(w.buffer, s)
	}
	if w.bytes+int64(len(w.buffer)) > math.MaxUint32-headerBytes {
		return fmt.Errorf("write WAVE: the file would be larger than 4 GiB, which its format cannot say")
	}
	n, err := w.w.Write(w.buffer)
	w.bytes += int64(n)
	return err
}

func (f Format) encode(to []byte, s float32) []byte {
	if f.Float {
		return binary.LittleEndian.AppendUint32(to, math.Float32bits(s))
	}
	full := float64(int64(1) << (f.Bits - 1))
	v := int32(max(-full, min(full-1, math.RoundToEven(float64(s)*full))))
	switch f.Bits {
	case 16:
		return binary.LittleEndian.AppendUint16(to, uint16(v))
	case 24:
		return append(to, byte(v), byte(v>>8), byte(v>>16))
	}
	return binary.LittleEndian.AppendUint32(to, uint32(v))
}

// Close states the length in the header. It does not close what it writes to.
func (w *Writer) Close() error {
	if w.bytes%2 != 0 {
		if _, err := w.w.Write([]byte{0}); err != nil {
			return err
		}
	}
	if _, err := w.w.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := w.w.Write(w.header()); err != nil {
		return err
	}
	_, err := w.w.Seek(0, io.SeekEnd)
	return err
}
