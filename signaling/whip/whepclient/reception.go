package whepclient

import "github.com/virtualcube/virtualcube/render/pack"

// Reception is what a viewer has received since it dialled.
type Reception struct {
	Frames uint64 // whole pictures
	Upper  uint64 // of them of the upper temporal layer
	Keys   uint64 // of them key frames
	Bits   uint64 // of RTP payload
	Lost   uint64 // packets that did not come in their place
	// Switches counts the changes of the picture's size after the first.
	Switches uint64
	// Layout is that of the newest key frame: the rung that is watched.
	Layout pack.Layout
}

// Since returns the counts since an earlier reception, with the newer layout.
func (r Reception) Since(before Reception) Reception {
	r.Frames -= before.Frames
	r.Upper -= before.Upper
	r.Keys -= before.Keys
	r.Bits -= before.Bits
	r.Lost -= before.Lost
	r.Switches -= before.Switches
	return r
}

// count adds a whole picture.
func (r *Reception) count(u *AccessUnit) {
	r.Frames++
	r.Upper += uint64(u.Layer)
	if !u.Key {
		return
	}
	r.Keys++
	width, height, ok := keySize(u.Data)
	if !ok {
		return
	}
	layout, err := pack.LayoutOf(width, height)
	if err != nil {
		return // not a packed view; the decoder's user will say so
	}
	if r.Layout != (pack.Layout{}) && r.Layout != layout {
		r.Switches++
	}
	r.Layout = layout
}

// keySize reads the size of a key frame (RFC 6386 section 9.1).
func keySize(data []byte) (width, height int, ok bool) {
	if len(data) < 10 || data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a {
		return 0, 0, false
	}
	return int(data[6]) | int(data[7]&0x3f)<<8, int(data[8]) | int(data[9]&0x3f)<<8, true
}
