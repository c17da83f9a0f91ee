package clip

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

// openMedia opens a file that ffmpeg reads. Sound and pictures come from a child
// process each, which wait for whoever reads them: neither can hold the other up.
func openMedia(ctx context.Context, path string) (*Clip, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, sound, pictures, err := probe(ctx, path)
	if err != nil {
		return nil, err
	}
	c := &Clip{Info: info}
	var heard *sounds
	var seen *pictureReader
	c.close = func() error {
		if heard != nil {
			_ = heard.end(true) // it is no longer of interest why
		}
		if seen != nil {
			seen.close()
		}
		return nil
	}
	if sound != nil {
		if heard, err = readSound(ctx, path, *sound); err != nil {
			return nil, err
		}
		c.Sounds, c.Samples = heard.stretches.next, heard.stretches.total
	}
	if pictures != nil {
		if seen, err = readPictures(ctx, path, *pictures, *info.Pictures); err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.Frames = seen.next
	}
	c.Found = func() (notes []string) {
		if heard != nil {
			notes = append(heard.stretches.notes(), complaints("sound", heard.child)...)
		}
		if seen != nil {
			notes = append(append(notes, seen.notes()...), complaints("pictures", seen.child)...)
		}
		return notes
	}
	return c, nil
}

// complaints are what ffmpeg said though it went on.
func complaints(what string, c *child) []string {
	if text := c.said.String(); text != "" {
		return []string{fmt.Sprintf("ffmpeg of the %s: %s", what, text)}
	}
	return nil
}

// sounds reads the sound of a file.
type sounds struct {
	*child
	out       *bufio.Reader
	bytes     []byte
	channels  int
	stretches stretches
}

// readSound starts ffmpeg for the sound: at 48 kHz, with silence where the file
// has none, so that its place says its instant.
func readSound(ctx context.Context, path string, s probedStream) (*sounds, error) {
	channels := min(s.Channels, 2)
	filter := fmt.Sprintf("asetpts=PTS-%f/TB,aresample=48000:async=1:first_pts=0", s.origin.Seconds())
	c, err := newChild(ctx, "ffmpeg", path, "-nostdin", "-copyts", "-i", "file:"+path, "-map", "0:"+strconv.Itoa(s.Index),
		"-af", filter, "-ac", strconv.Itoa(channels), "-ar", "48000", "-f", "f32le", "pipe:1")
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start ffmpeg: %w", err)
	}
	const frames = 4096
	r := &sounds{child: c, out: bufio.NewReaderSize(out, 1<<16), bytes: make([]byte, frames*channels*4), channels: channels}
	r.stretches.read = r.read
	return r, nil
}

func (s *sounds) read() ([]float32, error) {
	n, err := io.ReadFull(s.out, s.bytes)
	samples := make([]float32, n/4/s.channels*s.channels)
	for i := range samples {
		samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(s.bytes[4*i:]))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	if errors.Is(err, io.EOF) {
		if failed := s.end(false); failed != nil {
			err = fmt.Errorf("read sound: %w", failed)
		}
	}
	return mix(samples, s.channels), err
}

// pictureReader reads the pictures of a file.
type pictureReader struct {
	*child
	out     *bufio.Reader
	stamps  *bufio.Scanner
	pipe    *os.File
	shape   capture.FrameShape
	pool    *capture.FramePool
	origin  time.Duration
	period  time.Duration
	last    time.Duration
	count   uint64
	clamped int
}

// readPictures starts ffmpeg for the pictures. Their instants come by a pipe
// beside them, as raw video has none: a line each, before its picture.
func readPictures(ctx context.Context, path string, s probedStream, p PictureInfo) (*pictureReader, error) {
	filter := "settb=1/1000000000,metadata=mode=add:key=instant:value=1,metadata=mode=print:file='pipe\\:3':direct=1," +
		"crop=floor(iw/2)*2:floor(ih/2)*2:0:0," +
		fmt.Sprintf("scale=%d:%d:out_color_matrix=bt601:out_range=tv,format=yuv420p", p.Width, p.Height)
	c, err := newChild(ctx, "ffmpeg", path, "-nostdin", "-copyts", "-i", "file:"+path, "-map", "0:"+strconv.Itoa(s.Index),
		"-vf", filter, "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1")
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.ExtraFiles = []*os.File{write}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err = errors.Join(err, write.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("start ffmpeg: %w", err), read.Close())
	}
	r := &pictureReader{
		child: c, out: bufio.NewReaderSize(out, 1<<20), stamps: bufio.NewScanner(read), pipe: read, pool: capture.NewFramePool(4),
		shape: capture.FrameShape{Format: capture.I420, Width: p.Width, Height: p.Height}, period: time.Second / defaultRate, last: -1,
		origin: s.origin,
	}
	if p.Rate > 0 {
		r.period = time.Duration(float64(time.Second) / p.Rate)
	}
	return r, nil
}

func (r *pictureReader) next() (*capture.Frame, error) {
	f, err := r.pool.Frame(r.shape)
	if err != nil {
		return nil, err
	}
	for i := range f.Colour.Planes {
		if _, err = io.ReadFull(r.out, f.Colour.Planes[i]); err != nil {
			break
		}
	}
	if err == nil {
		err = r.stamp(f)
	}
	if err == nil {
		return f, nil
	}
	f.Release()
	failed := r.end(false)
	switch {
	case failed != nil:
		return nil, fmt.Errorf("read pictures: %w", failed)
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	}
	return nil, fmt.Errorf("read pictures: %w", err)
}

// stamp reads the instant of a picture. They increase, whatever the file says.
func (r *pictureReader) stamp(f *capture.Frame) error {
	for r.stamps.Scan() {
		instant, ok := instantOf(r.stamps.Text())
		if !ok {
			continue
		}
		if instant == noInstant {
			instant = r.last + r.period
		} else {
			instant -= r.origin
		}
		if instant < 0 || instant <= r.last {
			instant = r.last + time.Millisecond
			r.clamped++
		}
		r.last = instant
		f.Sequence, f.Captured = r.count, Start.Add(instant)
		f.Emitted = f.Captured
		r.count++
		return nil
	}
	if err := r.stamps.Err(); err != nil {
		return err
	}
	return errors.New("ffmpeg told the instants of fewer pictures than it sent")
}

const noInstant = time.Duration(math.MinInt64)

// instantOf reads "frame:12 pts:400000000 pts_time:0.4"; ok is false for other
// lines.
func instantOf(line string) (_ time.Duration, ok bool) {
	if !strings.HasPrefix(line, "frame:") {
		return 0, false
	}
	for _, field := range strings.Fields(line) {
		if text, is := strings.CutPrefix(field, "pts:"); is {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil || n < 0 && -time.Duration(n) > maxLength || time.Duration(n) > maxLength {
				return noInstant, true
			}
			return time.Duration(n), true
		}
	}
	return noInstant, true
}

func (r *pictureReader) notes() []string {
	if r.clamped == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d pictures were stamped before the one that they follow, and came a millisecond after it", r.clamped)}
}

func (r *pictureReader) close() {
	_ = r.end(true) // it is no longer of interest why
	_ = r.pipe.Close()
}
