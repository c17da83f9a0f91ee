package k4a

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/jpeg"
	pixels "github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/replay"
)

// loss is a frame that cannot be used, and why.
type loss struct {
	reason capture.DropReason
	err    error
}

func (l *loss) Error() string { return l.err.Error() }
func (l *loss) Unwrap() error { return l.err }

// pooled is how many pictures of each kind are kept for the next frames. More
// released ones are left to the garbage collector.
const pooled = 16

// decoder turns blocks into pictures. One goroutine uses it.
type decoder struct {
	file          io.ReaderAt
	colour, depth track
	jpeg          *jpeg.Decoder
	payload       []byte
	colours       chan capture.Picture
	depths        chan capture.DepthPicture
}

func newDecoder(file io.ReaderAt, colour, depth track) (*decoder, error) {
	d := &decoder{
		file: file, colour: colour, depth: depth,
		colours: make(chan capture.Picture, pooled), depths: make(chan capture.DepthPicture, pooled),
	}
	var err error
	if colour.format == mjpg {
		d.jpeg, err = jpeg.NewDecoder()
	}
	return d, err
}

func (d *decoder) close() {
	if d.jpeg != nil {
		d.jpeg.Close()
	}
}

// shot decodes a pair. A *loss means that this frame cannot be used.
func (d *decoder) shot(c, z block) (replay.Shot, error) {
	depth, err := d.depthPicture(z)
	if err != nil {
		return replay.Shot{}, err
	}
	colour, err := d.colourPicture(c)
	if err != nil {
		d.give(capture.Picture{}, depth)
		return replay.Shot{}, err
	}
	return replay.Shot{Colour: colour, Depth: depth, Free: func() { d.give(colour, depth) }}, nil
}

// give takes planes back.
func (d *decoder) give(c capture.Picture, z capture.DepthPicture) {
	if !c.Empty() {
		capture.Poison(c.Planes[0], c.Planes[1])
		select {
		case d.colours <- c:
		default:
		}
	}
	if !z.Empty() {
		select {
		case d.depths <- z:
		default:
		}
	}
}

// read reads a block's payload into the decoder's own memory.
func (d *decoder) read(b block, track string, want int) ([]byte, error) {
	if want != 0 && b.size != int64(want) {
		reason := capture.DropSize
		if b.size < int64(want) {
			reason = capture.DropTorn
		}
		return nil, &loss{reason, fmt.Errorf("%s frame at byte %d has %d bytes, %d expected", track, b.at, b.size, want)}
	}
	if b.size > jpeg.MaxBytes && want == 0 {
		return nil, &loss{capture.DropSize, fmt.Errorf("%s frame at byte %d has %d bytes, %d at most", track, b.at, b.size, jpeg.MaxBytes)}
	}
	if int64(cap(d.payload)) < b.size {
		d.payload = make([]byte, b.size)
	}
	d.payload = d.payload[:b.size]
	if _, err := d.file.ReadAt(d.payload, b.at); err != nil {
		return nil, &loss{capture.DropTorn, fmt.Errorf("%s frame at byte %d: %w", track, b.at, err)}
	}
	return d.payload, nil
}

func (d *decoder) depthPicture(b block) (capture.DepthPicture, error) {
	data, err := d.read(b, "DEPTH", d.depth.frameBytes())
	if err != nil {
		return capture.DepthPicture{}, err
	}
	var z capture.DepthPicture
	select {
	case z = <-d.depths:
	default:
		z = capture.DepthPicture{Width: d.depth.width, Height: d.depth.height, Millimetres: make([]uint16, d.depth.width*d.depth.height)}
	}
	bits := uint16(0)
	for i := range z.Millimetres {
		v := binary.BigEndian.Uint16(data[2*i:])
		z.Millimetres[i] = v
		bits |= v
	}
	if bits == 0 {
		d.give(capture.Picture{}, z)
		return capture.DepthPicture{}, &loss{capture.DropBlack, fmt.Errorf("DEPTH frame at byte %d has no valid pixel", b.at)}
	}
	return z, nil
}

func (d *decoder) colourPicture(b block) (capture.Picture, error) {
	data, err := d.read(b, "COLOR", d.colour.frameBytes())
	if err != nil {
		return capture.Picture{}, err
	}
	var p capture.Picture
	select {
	case p = <-d.colours:
	default:
		p = pixels.New(d.colour.width, d.colour.height, d.colour.valueRange())
	}
	switch d.colour.format {
	case mjpg:
		err = d.jpeg.Decode(data, p)
	case nv12:
		copy(p.Planes[0], data)
		copy(p.Planes[1], data[p.Width*p.Height:])
	case yuy2:
		err = pixels.FromYUY2(p, data, 2*p.Width)
	case bgra:
		err = pixels.FromPacked(p, data, 4*p.Width, pixels.BGRA)
	}
	if err == nil && !replay.Dark(p) {
		return p, nil
	}
	d.give(p, capture.DepthPicture{})
	switch {
	case err == nil:
		return capture.Picture{}, &loss{capture.DropBlack, fmt.Errorf("COLOR frame at byte %d has no light", b.at)}
	case errors.Is(err, jpeg.ErrSize):
		return capture.Picture{}, &loss{capture.DropSize, fmt.Errorf("COLOR frame at byte %d: %w", b.at, err)}
	}
	return capture.Picture{}, &loss{capture.DropCorrupt, fmt.Errorf("COLOR frame at byte %d: %w", b.at, err)}
}

// valueRange returns the range of the decoded picture: JPEG is full, the
// camera's own YUV is limited as its SDK converts it, and BGRA is ours.
func (t track) valueRange() capture.Range {
	if t.format == nv12 || t.format == yuy2 {
		return capture.Limited
	}
	return capture.Full
}
