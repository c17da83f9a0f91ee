package k4a

import (
	"errors"
	"fmt"
	"io"
)

// Element ids of Matroska (RFC 9559, section 5) that the walk needs.
const (
	idEBML        = 0x1A45DFA3
	idSegment     = 0x18538067
	idInfo        = 0x1549A966
	idTracks      = 0x1654AE6B
	idTags        = 0x1254C367
	idAttachments = 0x1941A469
	idCluster     = 0x1F43B675
	idCues        = 0x1C53BB6B
	idSeekHead    = 0x114D9B74
	idChapters    = 0x1043A770
	idTimestamp   = 0xE7
	idSimpleBlock = 0xA3
	idBlockGroup  = 0xA0
	idBlock       = 0xA1
)

// topLevel says whether an element ends a cluster of unknown size.
func topLevel(id uint64) bool {
	switch id {
	case idInfo, idTracks, idTags, idAttachments, idCluster, idCues, idSeekHead, idChapters, idSegment, idEBML:
		return true
	}
	return false
}

// unknownSize is the size of an element that ends where the next one of its
// level begins.
const unknownSize = -1

// element is the head of one EBML element: where its body begins and ends.
type element struct {
	id   uint64
	body int64 // file offset
	size int64 // bytes of the body, or unknownSize
}

func (e element) end() int64 { return e.body + e.size }

var errVarint = errors.New("not an EBML number")

// varint decodes an EBML number (RFC 8794, section 4); ids keep their marker.
func varint(b []byte, keepMarker bool) (value uint64, length int, err error) {
	if len(b) == 0 {
		return 0, 0, io.ErrUnexpectedEOF
	}
	length = 1
	for marker := byte(0x80); marker != 0 && b[0]&marker == 0; marker >>= 1 {
		length++
	}
	if length > 8 {
		return 0, 0, errVarint
	}
	if len(b) < length {
		return 0, 0, io.ErrUnexpectedEOF
	}
	value = uint64(b[0])
	if !keepMarker {
		value &= 1<<(8-length) - 1
	}
	for _, c := range b[1:length] {
		value = value<<8 | uint64(c)
	}
	return value, length, nil
}

// head reads the head of the element at an offset. io.EOF means that nothing
// begins there, io.ErrUnexpectedEOF that the head is cut off.
func head(r io.ReaderAt, at int64) (element, error) {
	var b [12]byte
	n, err := r.ReadAt(b[:], at)
	if n == 0 {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.EOF
		}
		return element{}, err
	}
	id, idLength, err := varint(b[:n], true)
	if err == nil && idLength > 4 {
		err = errVarint
	}
	if err != nil {
		return element{}, err
	}
	size, sizeLength, err := varint(b[idLength:n], false)
	if err != nil {
		return element{}, err
	}
	e := element{id: id, body: at + int64(idLength+sizeLength), size: int64(size)}
	if size == 1<<(7*sizeLength)-1 {
		e.size = unknownSize
	}
	return e, nil
}

// read returns the body of an element that may have at most limit bytes.
func (e element) read(r io.ReaderAt, limit int64) ([]byte, error) {
	if e.size < 0 || e.size > limit {
		return nil, fmt.Errorf("element %X of %d bytes, at most %d are possible", e.id, e.size, limit)
	}
	b := make([]byte, e.size)
	if _, err := io.ReadFull(io.NewSectionReader(r, e.body, e.size), b); err != nil {
		return nil, err
	}
	return b, nil
}
