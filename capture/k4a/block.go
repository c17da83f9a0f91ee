package k4a

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// block is where one frame of a track lies in the file.
type block struct {
	track uint64
	stamp int64 // nanoseconds since the recording's beginning
	at    int64
	size  int64
}

// maxBlocks bounds the frames and samples of one cluster.
const maxBlocks = 1 << 20

// errDamaged says that a cluster is not whole inside.
var errDamaged = errors.New("damaged cluster")

// blocks lists a cluster's frames of the wanted tracks. With an error the
// blocks before the damage are returned too.
func (x *index) blocks(r io.ReaderAt, cluster element, want ...uint64) ([]block, error) {
	var found []block
	stamp := int64(-1)
	for at, n := cluster.body, 0; at < cluster.end(); n++ {
		e, err := head(r, at)
		if err != nil || e.size < 0 || e.end() > cluster.end() || n == maxBlocks {
			return found, fmt.Errorf("%w at byte %d", errDamaged, at)
		}
		at = e.end()
		switch e.id {
		case idTimestamp:
			body, err := e.read(r, 8)
			if err != nil {
				return found, fmt.Errorf("%w at byte %d: %w", errDamaged, e.body, err)
			}
			stamp = 0
			for _, b := range body {
				stamp = stamp<<8 | int64(b)
			}
			if stamp < 0 || stamp > 1<<62/x.scale {
				return found, fmt.Errorf("%w: stamp of %d ticks", errDamaged, stamp)
			}
			continue
		case idBlockGroup:
			inner, err := head(r, e.body)
			if err != nil || inner.id != idBlock || inner.size < 0 || inner.end() > e.end() {
				continue // no video: those come as simple blocks or lead their group
			}
			e = inner
		case idSimpleBlock:
		default:
			continue
		}
		b, err := x.block(r, e, stamp)
		if err != nil {
			return found, err
		}
		for _, w := range want {
			if b.track == w {
				found = append(found, b)
			}
		}
	}
	return found, nil
}

// block reads the head of a Block or SimpleBlock (RFC 9559, section 10).
func (x *index) block(r io.ReaderAt, e element, stamp int64) (block, error) {
	var buffer [11]byte
	b := buffer[:min(e.size, int64(len(buffer)))]
	if _, err := r.ReadAt(b, e.body); err != nil {
		return block{}, fmt.Errorf("%w at byte %d: %w", errDamaged, e.body, err)
	}
	number, n, err := varint(b, false)
	if err != nil || len(b) < n+3 || stamp < 0 {
		return block{}, fmt.Errorf("%w: block at byte %d has no head or no time", errDamaged, e.body)
	}
	const lacing = 0x06
	if b[n+2]&lacing != 0 {
		return block{}, fmt.Errorf("%w: block at byte %d is laced", errDamaged, e.body)
	}
	ticks := stamp + int64(int16(binary.BigEndian.Uint16(b[n:])))
	skip := int64(n + 3)
	return block{track: number, stamp: ticks * x.scale, at: e.body + skip, size: e.size - skip}, nil
}
