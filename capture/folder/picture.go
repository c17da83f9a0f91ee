package folder

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/jpeg"
	"github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/space"
)

// maxPixels bounds a picture before it is decoded.
const maxPixels = 32 << 20

// loss is a frame that cannot be used, and why.
type loss struct {
	reason capture.DropReason
	err    error
}

func (l *loss) Error() string { return l.err.Error() }
func (l *loss) Unwrap() error { return l.err }

func lose(reason capture.DropReason, path string, err error) *loss {
	return &loss{reason, fmt.Errorf("read %s: %w", path, err)}
}

// readColour decodes a colour file to NV12.
func readColour(path string) (capture.Picture, error) {
	if e := strings.ToLower(filepath.Ext(path)); e == ".jpg" || e == ".jpeg" {
		return readJPEG(path)
	}
	m, err := readPNG(path)
	if err != nil {
		return capture.Picture{}, err
	}
	p, err := nv12.FromImage(m)
	if err != nil {
		return p, lose(capture.DropSize, path, err)
	}
	return p, nil
}

func readJPEG(path string) (capture.Picture, error) {
	f, err := os.Open(path)
	if err != nil {
		return capture.Picture{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, jpeg.MaxBytes+1))
	if err != nil {
		return capture.Picture{}, fmt.Errorf("read %s: %w", path, err)
	}
	d, err := jpeg.NewDecoder()
	if err != nil {
		return capture.Picture{}, err
	}
	defer d.Close()
	w, h, err := d.Size(data)
	if err != nil {
		return capture.Picture{}, lose(jpegReason(err), path, err)
	}
	p := nv12.New(w, h, capture.Full)
	if err := d.Decode(data, p); err != nil {
		return p, lose(jpegReason(err), path, err)
	}
	return p, nil
}

func jpegReason(err error) capture.DropReason {
	if errors.Is(err, jpeg.ErrSize) {
		return capture.DropSize
	}
	return capture.DropCorrupt
}

// readPNG decodes a PNG after a look at its size.
func readPNG(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	c, err := png.DecodeConfig(r)
	if err != nil {
		return nil, lose(pngReason(f), path, err)
	}
	if c.Width > space.MaxPictureSide || c.Height > space.MaxPictureSide || c.Width*c.Height > maxPixels {
		return nil, lose(capture.DropSize, path, fmt.Errorf("%dx%d pixels are too many", c.Width, c.Height))
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	r.Reset(f)
	m, err := png.Decode(r)
	if err != nil {
		return nil, lose(pngReason(f), path, err)
	}
	return m, nil
}

// pngReason tells a file that ends early, without its IEND chunk, from one
// that is wrong inside.
func pngReason(f *os.File) capture.DropReason {
	var end [12]byte
	if _, err := f.Seek(-int64(len(end)), io.SeekEnd); err != nil {
		return capture.DropTorn
	}
	if _, err := io.ReadFull(f, end[:]); err != nil || string(end[4:8]) != "IEND" {
		return capture.DropTorn
	}
	return capture.DropCorrupt
}

// readDepth decodes a 16-bit depth PNG to millimetres.
func readDepth(path string, unit float64, invalid uint16) (capture.DepthPicture, error) {
	m, err := readPNG(path)
	if err != nil {
		return capture.DepthPicture{}, err
	}
	g, ok := m.(*image.Gray16)
	if !ok {
		return capture.DepthPicture{}, lose(capture.DropCorrupt, path, errors.New("depth is not a 16-bit grey PNG"))
	}
	w, h := g.Rect.Dx(), g.Rect.Dy()
	d := capture.DepthPicture{Width: w, Height: h, Millimetres: make([]uint16, w*h)}
	for y := range h {
		row := g.Pix[y*g.Stride:][:2*w]
		out := d.Millimetres[y*w:][:w]
		for x := range out {
			v := uint16(row[2*x])<<8 | uint16(row[2*x+1])
			if invalid != 0 && v == invalid {
				v = 0
			}
			out[x] = v
		}
	}
	if unit != 1 {
		for i, v := range d.Millimetres {
			mm := math.Round(float64(v) * unit)
			if mm > math.MaxUint16 {
				mm = 0
			}
			d.Millimetres[i] = uint16(mm)
		}
	}
	return d, nil
}
