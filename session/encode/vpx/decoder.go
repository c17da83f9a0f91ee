package vpx

// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
)

// Decoder decodes VP8. It is not safe for concurrent use.
type Decoder struct {
	state *decoderState // C memory; nil when closed
}

type decoderState struct {
	ctx     C.vpx_codec_ctx_t
	picture C.vc_picture
}

var errDecoderClosed = errors.New("decoder is closed")

// maxAccessUnit bounds what Decode takes, in bytes.
const maxAccessUnit = 16 << 20

// NewDecoder opens a decoder, on the caller's thread alone.
func NewDecoder() (*Decoder, error) {
	state := (*decoderState)(C.calloc(1, C.size_t(unsafe.Sizeof(decoderState{}))))
	if e := C.vc_decoder_open(&state.ctx); e != C.VPX_CODEC_OK {
		C.free(unsafe.Pointer(state))
		return nil, fmt.Errorf("open vp8 decoder: %s", C.GoString(C.vpx_codec_err_to_string(e)))
	}
	return &Decoder{state: state}, nil
}

// Decode decodes one access unit. The picture (I420) belongs to the decoder
// and is valid until the next call; it is empty where the unit shows nothing.
func (d *Decoder) Decode(data []byte) (capture.Picture, error) {
	if d.state == nil {
		return capture.Picture{}, fmt.Errorf("decode vp8: %w", errDecoderClosed)
	}
	if len(data) == 0 || len(data) > maxAccessUnit {
		return capture.Picture{}, fmt.Errorf("decode vp8: access unit of %d bytes, 1 to %d are possible", len(data), maxAccessUnit)
	}
	s := d.state
	if e := C.vc_decode(&s.ctx, (*C.uint8_t)(unsafe.SliceData(data)), C.uint(len(data)), &s.picture); e != C.VPX_CODEC_OK {
		return capture.Picture{}, fmt.Errorf("decode vp8: %s", problem(&s.ctx))
	}
	w, h := int(s.picture.width), int(s.picture.height)
	if w == 0 {
		return capture.Picture{}, nil
	}
	p := capture.Picture{Format: capture.I420, Width: w, Height: h}
	for i, rows := range [3]int{h, (h + 1) / 2, (h + 1) / 2} {
		stride := int(s.picture.strides[i])
		width := w
		if i > 0 {
			width = (w + 1) / 2
		}
		p.Strides[i] = stride
		p.Planes[i] = unsafe.Slice((*byte)(s.picture.planes[i]), stride*(rows-1)+width)
	}
	return p, nil
}

// Close frees the decoder. Closing it again does nothing.
func (d *Decoder) Close() error {
	if d.state == nil {
		return nil
	}
	C.vpx_codec_destroy(&d.state.ctx)
	C.free(unsafe.Pointer(d.state))
	d.state = nil
	return nil
}
