package jpeg

/*
#cgo pkg-config: libturbojpeg
#include <stdlib.h>
#include <turbojpeg.h>

// The array of plane pointers is built here, because Go may not hand C memory
// that holds Go pointers.
static int decode(tjhandle h, const unsigned char *data, unsigned long size,
                  unsigned char *y, unsigned char *u, unsigned char *v,
                  int ystride, int ustride, int vstride, int width, int height) {
	unsigned char *planes[3] = {y, u, v};
	int strides[3] = {ystride, ustride, vstride};
	return tjDecompressToYUVPlanes(h, data, size, planes, width, strides, height,
	                               TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
)

// Limits on a picture; both are checked before anything is decoded.
const (
	MaxSide   = 8192     // pixels
	MaxPixels = 32 << 20 // Azure Kinect's largest has 12.6 million
	MaxBytes  = 64 << 20 // of compressed data
)

// Errors that a caller may tell apart. Each is wrapped with what was found.
var (
	ErrCorrupt = errors.New("corrupt JPEG")
	ErrSize    = errors.New("unusable JPEG size")
	ErrKind    = errors.New("unusable kind of JPEG")
)

// Decoder holds one libjpeg-turbo instance and its scratch memory. It is not
// safe for several goroutines; Close frees it.
type Decoder struct {
	handle  C.tjhandle
	scratch [2][]byte
}

// NewDecoder returns a decoder.
func NewDecoder() (*Decoder, error) {
	h := C.tjInitDecompress()
	if h == nil {
		return nil, errors.New("start libjpeg-turbo: no memory")
	}
	return &Decoder{handle: h}, nil
}

// Close frees the decoder. It may be called twice.
func (d *Decoder) Close() {
	if d.handle != nil {
		C.tjDestroy(d.handle)
		d.handle = nil
	}
}

// header is what a picture says about itself.
type header struct {
	width, height int
	sampling      C.int
}

// Size reads a picture's header.
func (d *Decoder) Size(data []byte) (width, height int, err error) {
	h, err := d.header(data)
	return h.width, h.height, err
}

func (d *Decoder) header(data []byte) (header, error) {
	if d.handle == nil {
		return header{}, errors.New("decode JPEG: decoder is closed or without memory")
	}
	if len(data) == 0 {
		return header{}, fmt.Errorf("%w: no data", ErrCorrupt)
	}
	if len(data) > MaxBytes {
		return header{}, fmt.Errorf("%w: %d bytes, %d at most", ErrSize, len(data), MaxBytes)
	}
	var width, height, sampling, space C.int
	if C.tjDecompressHeader3(d.handle, (*C.uchar)(unsafe.Pointer(&data[0])), C.ulong(len(data)), &width, &height, &sampling, &space) != 0 {
		return header{}, d.corrupt()
	}
	h := header{int(width), int(height), sampling}
	if h.width > MaxSide || h.height > MaxSide || h.width*h.height > MaxPixels {
		return header{}, fmt.Errorf("%w: %dx%d, at most %d a side and %d pixels are possible", ErrSize, h.width, h.height, MaxSide, MaxPixels)
	}
	if h.width < 2 || h.height < 2 || h.width%2 != 0 || h.height%2 != 0 {
		return header{}, fmt.Errorf("%w: %dx%d, even sides are needed", ErrSize, h.width, h.height)
	}
	if space != C.TJCS_YCbCr && space != C.TJCS_GRAY {
		return header{}, fmt.Errorf("%w: its colours are not YCbCr or grey", ErrKind)
	}
	return h, nil
}

// corrupt returns the library's error and starts a new instance: after a bad
// header libjpeg-turbo 2.1 refuses the next picture ("two SOI markers").
func (d *Decoder) corrupt() error {
	err := fmt.Errorf("%w: %s", ErrCorrupt, C.GoString(C.tjGetErrorStr2(d.handle)))
	C.tjDestroy(d.handle)
	d.handle = C.tjInitDecompress()
	return err
}

// Decode decodes into the planes of dst, whose Format (I420 or NV12), Width,
// Height and Strides the caller has set; a picture of another size is ErrSize.
// The result has full range. After an error the planes hold anything.
func (d *Decoder) Decode(data []byte, dst capture.Picture) error {
	h, err := d.header(data)
	if err != nil {
		return err
	}
	if h.width != dst.Width || h.height != dst.Height {
		return fmt.Errorf("%w: %dx%d, expected %dx%d", ErrSize, h.width, h.height, dst.Width, dst.Height)
	}
	if err := dst.Validate(); err != nil {
		return fmt.Errorf("decode JPEG: %w", err)
	}
	if dst.Format != capture.I420 && dst.Format != capture.NV12 {
		return fmt.Errorf("decode JPEG: %v is not I420 or NV12", dst.Format)
	}
	if h.sampling == C.TJSAMP_420 && dst.Format == capture.I420 {
		return d.planes(data, h, dst, dst.Planes[1], dst.Planes[2], dst.Strides[1], dst.Strides[2])
	}
	if h.sampling == C.TJSAMP_GRAY {
		if err := d.planes(data, h, dst, nil, nil, 0, 0); err != nil {
			return err
		}
		neutral(dst)
		return nil
	}
	if h.sampling < 0 || h.sampling >= C.TJ_NUMSAMP {
		return fmt.Errorf("%w: its chroma sampling is unknown", ErrKind)
	}
	cw := int(C.tjPlaneWidth(1, C.int(h.width), h.sampling))
	ch := int(C.tjPlaneHeight(1, C.int(h.height), h.sampling))
	for i := range d.scratch {
		if len(d.scratch[i]) < cw*ch {
			d.scratch[i] = make([]byte, cw*ch)
		}
	}
	if err := d.planes(data, h, dst, d.scratch[0], d.scratch[1], cw, cw); err != nil {
		return err
	}
	for i, s := range d.scratch {
		reduce(dst, i, s, cw, ch)
	}
	return nil
}

// planes decodes at the picture's own chroma size.
func (d *Decoder) planes(data []byte, h header, dst capture.Picture, u, v []byte, ustride, vstride int) error {
	rc := C.decode(d.handle, (*C.uchar)(unsafe.Pointer(&data[0])), C.ulong(len(data)),
		(*C.uchar)(unsafe.Pointer(&dst.Planes[0][0])), pointer(u), pointer(v),
		C.int(dst.Strides[0]), C.int(ustride), C.int(vstride), C.int(h.width), C.int(h.height))
	if rc != 0 {
		return d.corrupt()
	}
	return nil
}

func pointer(b []byte) *C.uchar {
	if len(b) == 0 {
		return nil
	}
	return (*C.uchar)(unsafe.Pointer(&b[0]))
}
