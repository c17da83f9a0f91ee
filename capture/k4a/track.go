package k4a

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/virtualcube/virtualcube/capture/space"
)

// fourcc is the pixel format of a track.
type fourcc string

const (
	mjpg fourcc = "MJPG"
	nv12 fourcc = "NV12"
	yuy2 fourcc = "YUY2"
	bgra fourcc = "BGRA"
	b16g fourcc = "b16g"
)

// track is a video track that is played.
type track struct {
	number        uint64
	format        fourcc
	width, height int
	period        int64 // nanoseconds, 0 where not stated
}

const videoTrack = 1 // RFC 9559, 5.1.4.1.3

// find returns the track that a tag K4A_x_TRACK or else its name points at,
// as k4arecord does.
func (x *index) find(name string, formats ...fourcc) (track, error) {
	var uid uint64
	if value, t, ok := x.tag("K4A_" + name + "_TRACK"); ok {
		if len(t.Targets.TagTrackUID) > 0 {
			uid = t.Targets.TagTrackUID[0]
		} else if n, err := strconv.ParseUint(value, 10, 64); err == nil {
			uid = n
		}
	}
	i := slices.IndexFunc(x.tracks, func(t trackEntry) bool { return uid != 0 && t.TrackUID == uid })
	if i < 0 {
		i = slices.IndexFunc(x.tracks, func(t trackEntry) bool { return t.Name == name })
	}
	if i < 0 {
		return track{}, fmt.Errorf("%w: it has no %s track; record with both colour and depth on", ErrForeign, name)
	}
	return x.tracks[i].video(formats)
}

// video checks a track entry.
func (t trackEntry) video(formats []fourcc) (track, error) {
	fail := func(format string, values ...any) (track, error) {
		return track{}, fmt.Errorf("track %s: "+format, append([]any{t.Name}, values...)...)
	}
	w, h := t.Video.PixelWidth, t.Video.PixelHeight
	if t.TrackType != videoTrack || w < 2 || h < 2 || w > space.MaxPictureSide || h > space.MaxPictureSide || w%2 != 0 || h%2 != 0 {
		return fail("no video of an even size up to %d: type %d, %dx%d", space.MaxPictureSide, t.TrackType, w, h)
	}
	// A Windows BITMAPINFOHEADER: biCompression is at 16.
	if t.CodecID != "V_MS/VFW/FOURCC" || len(t.CodecPrivate) < 40 {
		return fail("codec %q with %d bytes of setup; V_MS/VFW/FOURCC expected", t.CodecID, len(t.CodecPrivate))
	}
	format := fourcc(t.CodecPrivate[16:20])
	if !slices.Contains(formats, format) {
		return fail("pixels are %q; %q can be read", format, formats)
	}
	bw, bh := binary.LittleEndian.Uint32(t.CodecPrivate[4:]), binary.LittleEndian.Uint32(t.CodecPrivate[8:])
	if uint64(bw) != w || uint64(bh) != h {
		return fail("states two sizes, %dx%d and %dx%d", w, h, bw, bh)
	}
	if t.DefaultDuration > 10e9 {
		return fail("%d ns a frame", t.DefaultDuration)
	}
	return track{number: t.TrackNumber, format: format, width: int(w), height: int(h), period: int64(t.DefaultDuration)}, nil
}

// frameBytes returns the size of an uncompressed frame, 0 for MJPG.
func (t track) frameBytes() int {
	switch t.format {
	case nv12:
		return t.width * t.height * 3 / 2
	case yuy2, b16g:
		return t.width * t.height * 2
	case bgra:
		return t.width * t.height * 4
	}
	return 0
}
