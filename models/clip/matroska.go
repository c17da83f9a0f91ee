package clip

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"time"
)

// What follows is as much of Matroska (RFC 9559) as carries raw sound and
// pictures with exact instants into ffmpeg, which raw streams cannot: a segment
// of unknown size, a cluster for each block, a tick of a microsecond.

const (
	tick           = time.Microsecond
	pictureTrack   = 1
	soundTrack     = 2
	videoType      = 1
	audioType      = 2
	bt601, limited = 6, 1 // as Matroska numbers matrices and ranges
)

func element(id uint64, body ...[]byte) []byte {
	b := bytes.Join(body, nil)
	return append(binary.BigEndian.AppendUint64(elementID(id), 1<<56|uint64(len(b))), b...)
}

func elementID(id uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, id)
	return b[bits.LeadingZeros64(id)/8:]
}

func number(id, v uint64) []byte { return element(id, binary.BigEndian.AppendUint64(nil, v)) }

func text(id uint64, s string) []byte { return element(id, []byte(s)) }

// matroskaHeader begins a stream.
func matroskaHeader(p Plan) []byte {
	var tracks [][]byte
	if p.Pictures != nil {
		entry := [][]byte{
			number(0xD7, pictureTrack), number(0x73C5, pictureTrack), number(0x83, videoType), text(0x86, "V_UNCOMPRESSED"),
			element(0xE0, number(0xB0, uint64(p.Pictures.Width)), number(0xBA, uint64(p.Pictures.Height)), text(0x2EB524, "I420"),
				element(0x55B0, number(0x55B1, bt601), number(0x55B9, limited))),
		}
		if p.Pictures.Rate > 0 {
			entry = append(entry, number(0x23E383, uint64(math.Round(float64(time.Second)/p.Pictures.Rate))))
		}
		tracks = append(tracks, element(0xAE, entry...))
	}
	if p.Sound {
		rate := binary.BigEndian.AppendUint64(nil, math.Float64bits(48000))
		tracks = append(tracks, element(0xAE, number(0xD7, soundTrack), number(0x73C5, soundTrack), number(0x83, audioType), text(0x86, "A_PCM/FLOAT/IEEE"),
			element(0xE1, element(0xB5, rate), number(0x9F, 1), number(0x6264, 32))))
	}
	unknown := binary.BigEndian.AppendUint64(elementID(0x18538067), 1<<57-1) // the segment, to the end
	return bytes.Join([][]byte{
		element(0x1A45DFA3, number(0x4286, 1), number(0x42F7, 1), number(0x42F2, 4), number(0x42F3, 8), text(0x4282, "matroska"), number(0x4287, 4), number(0x4285, 2)),
		unknown,
		element(0x1549A966, number(0x2AD7B1, uint64(tick))),
		element(0x1654AE6B, tracks...),
	}, nil)
}

// matroskaBlock begins a block of a track: its payload of so many bytes follows.
func matroskaBlock(track byte, at time.Duration, size int) []byte {
	const head = 4 // of a simple block: the track, its instant in the cluster, flags
	b := binary.BigEndian.AppendUint64(elementID(0xA3), 1<<56|uint64(head+size))
	b = append(b, 0x80|track, 0, 0, 0x80)
	time := number(0xE7, uint64(at.Round(tick)/tick))
	return append(binary.BigEndian.AppendUint64(elementID(0x1F43B675), 1<<56|uint64(len(time)+len(b)+size)), append(time, b...)...)
}
