package encode

import (
	"errors"

	"github.com/virtualcube/virtualcube/capture"
)

// ClockRate is the unit of timestamps, in hertz: that of video in RTP.
const ClockRate = 90000

// BaseShare is the part of an encoder's bitrate that its base layer takes.
const BaseShare = 0.6

// ErrClosed is returned by every method of a closed encoder but Close.
var ErrClosed = errors.New("encoder is closed")

// Packet is one encoded picture.
type Packet struct {
	// Data is the access unit. It belongs to the encoder and is valid until
	// the next call of Encode or Close: copy what shall live longer.
	Data []byte
	// Key says that it can be decoded without the ones before it.
	Key bool
	// Layer is the temporal layer: 0 is the base, which can be decoded without
	// the pictures of layer 1. Those refer to the base's last picture alone, so
	// that each of them can be sent or left out. A key frame is of the base.
	Layer int
}

// Encoder encodes pictures of one size, in one temporal layer or in two: then a
// picture of the base comes after one of the upper layer. It is not safe for
// concurrent use.
type Encoder interface {
	// Encode encodes a picture (I420, limited range, BT.601), which is only
	// borrowed. The timestamp, in units of 1/ClockRate seconds, should
	// increase from picture to picture. key asks for a key frame; the first
	// picture becomes one anyway. A picture of another size or format is
	// refused, and the encoder stays usable.
	Encode(picture capture.Picture, timestamp int64, key bool) (Packet, error)
	// SetBitrate changes the target in bits a second, from the next picture
	// on and without a key frame.
	SetBitrate(bitsPerSecond int) error
	// SetLayers divides what comes into two layers, or into the base alone as
	// at first: pictures predicted from the one before take fewer bits than
	// those predicted from the base's last. It takes effect with the next
	// picture and without a key frame.
	SetLayers(two bool) error
	// Close frees the encoder. Closing it again does nothing.
	Close() error
}
