package clip

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
)

// coding is how ffmpeg writes a file.
type coding struct {
	ending          string
	pictures, sound []string // arguments of ffmpeg
}

var (
	h264 = []string{"-c:v", "libx264", "-preset", "veryfast", "-crf", "17"}
	vp9  = []string{"-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "5", "-row-mt", "1", "-crf", "24", "-b:v", "0"}
	mp4  = []string{"-video_track_timescale", "90000", "-movflags", "+faststart"}
	aac  = []string{"-c:a", "aac", "-b:a", "160k"}
	flac = []string{"-c:a", "flac"}
	// Of Opus ffmpeg 5.1 states the delay so that sound is 7 ms early.
	vorbis = []string{"-c:a", "libvorbis", "-q:a", "5", "-avoid_negative_ts", "disabled"}
)

// codings are the formats that ffmpeg writes.
var codings = []coding{
	{".mp4", append(h264[:len(h264):len(h264)], mp4...), aac},
	{".mov", append(h264[:len(h264):len(h264)], mp4...), aac},
	{".mkv", h264, flac},
	{".webm", vp9, vorbis},
}

// mediaWriter hands raw sound and pictures to ffmpeg by one pipe.
type mediaWriter struct {
	*child
	pipe io.WriteCloser
	in   *bufio.Writer
	plan Plan
	row  []byte
}

// createMedia starts ffmpeg. It outlives the context, so that a clip that was
// stopped is whole.
func createMedia(ctx context.Context, path, ending string, p Plan) (format, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	arguments := []string{"-nostdin", "-y", "-f", "matroska", "-i", "pipe:0"}
	for _, c := range codings {
		if c.ending != ending {
			continue
		}
		if p.Pictures != nil {
			arguments = append(append(arguments, "-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "-1",
				"-pix_fmt", "yuv420p", "-colorspace", "smpte170m", "-color_range", "tv"), c.pictures...)
			if p.Pictures.Aspect != "" {
				arguments = append(arguments, "-vf", "setsar="+strings.Replace(p.Pictures.Aspect, ":", "/", 1))
			}
		}
		if p.Sound {
			arguments = append(append(arguments, "-map", "0:a:0"), c.sound...)
		}
	}
	c, err := newChild(context.WithoutCancel(ctx), "ffmpeg", path, append(arguments, "file:"+path)...)
	if err != nil {
		return nil, err
	}
	pipe, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start ffmpeg: %w", err)
	}
	w := &mediaWriter{child: c, pipe: pipe, in: bufio.NewWriterSize(pipe, 1<<16), plan: p}
	return w, w.write(matroskaHeader(p))
}

// write writes to ffmpeg. Where it has ended, it has said why.
func (w *mediaWriter) write(parts ...[]byte) error {
	for _, p := range parts {
		if _, err := w.in.Write(p); err != nil {
			_ = w.pipe.Close()
			if failed := w.end(false); failed != nil {
				err = failed
			}
			return err
		}
	}
	return nil
}

// Sound implements Writer.
func (w *mediaWriter) Sound(s capture.Sound) error {
	w.row = w.row[:0]
	for _, x := range s.Samples {
		w.row = binary.LittleEndian.AppendUint32(w.row, math.Float32bits(x))
	}
	return w.write(matroskaBlock(soundTrack, s.Captured.Sub(Start), len(w.row)), w.row)
}

// Frame implements Writer.
func (w *mediaWriter) Frame(f *capture.Frame) error {
	c, p := f.Colour, w.plan.Pictures
	if c.Format != capture.I420 || c.Range != capture.Limited {
		return fmt.Errorf("a picture is %v, I420 in limited range is needed", c.Format)
	}
	if c.Width != p.Width || c.Height != p.Height {
		return fmt.Errorf("a picture of %dx%d follows ones of %dx%d: a folder can hold both, a file cannot", c.Width, c.Height, p.Width, p.Height)
	}
	if err := c.Validate(); err != nil {
		return err
	}
	if err := w.write(matroskaBlock(pictureTrack, f.Captured.Sub(Start), c.Width*c.Height*3/2)); err != nil {
		return err
	}
	for i, width := range []int{c.Width, c.Width / 2, c.Width / 2} {
		for y := range c.Height * width / c.Width {
			if err := w.write(c.Planes[i][y*c.Strides[i]:][:width]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Set implements Writer.
func (w *mediaWriter) Set(*capture.FrameSet) error { return errSets }

var errSets = errors.New("a file cannot hold frame sets")

func (w *mediaWriter) close() error {
	err := w.in.Flush()
	closed := w.pipe.Close()
	if failed := w.end(false); failed != nil {
		return failed
	}
	return errors.Join(err, closed)
}
