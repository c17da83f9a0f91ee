package clip

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
)

const (
	stampsFile    = "stamps.json"
	stampsVersion = 1
	maxStamps     = 64 << 20 // bytes of the file
	defaultRate   = 30       // hertz
	maxRate       = 1000     // hertz
)

// stamps is the file beside the pictures of a folder: their instants in
// nanoseconds after the clip's beginning, in the order of the names.
type stamps struct {
	Version     int             `json:"version"`
	Rate        float64         `json:"rate,omitempty"` // hertz, on average
	Nanoseconds []time.Duration `json:"nanoseconds"`
}

// parseStamps reads the stamps of n pictures.
func parseStamps(data []byte, n int) (stamps, error) {
	var s stamps
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("read %s: %w", stampsFile, err)
	}
	if s.Version != stampsVersion {
		return s, fmt.Errorf("read %s: its version is %d, %d is known", stampsFile, s.Version, stampsVersion)
	}
	if len(s.Nanoseconds) != n {
		return s, fmt.Errorf("read %s: it has the instants of %d pictures, there are %d: remove it, and say --rate", stampsFile, len(s.Nanoseconds), n)
	}
	if s.Rate < 0 || s.Rate > maxRate {
		return s, fmt.Errorf("read %s: a rate of %g Hz, 0 to %d are possible", stampsFile, s.Rate, maxRate)
	}
	for i, t := range s.Nanoseconds {
		if t < 0 || t > maxLength || i > 0 && t <= s.Nanoseconds[i-1] {
			return s, fmt.Errorf("read %s: instant %d is %v: they must increase from 0 to %v", stampsFile, i, t, maxLength)
		}
	}
	return s, nil
}

// maxLength bounds a clip.
const maxLength = 100 * 24 * time.Hour

// sequence is the pictures of a folder.
type sequence struct {
	dir   string
	names []string
	times []time.Duration
	pool  *capture.FramePool
	at    int
}

// openSequence opens a folder of pictures.
func openSequence(dir string, o Options) (*Clip, error) {
	s := &sequence{dir: dir, pool: capture.NewFramePool(4)}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Name() == "cameras.json" {
			return nil, errors.New("the folder holds cameras.json: a recorded rig is opened by its address, folder:DIR")
		}
		if !e.IsDir() && strings.EqualFold(filepath.Ext(e.Name()), ".png") {
			s.names = append(s.names, e.Name())
		}
	}
	slices.Sort(s.names)
	switch n := len(s.names); {
	case n == 0:
		return nil, errors.New("the folder holds no PNG pictures; a recorded rig is opened by its address, folder:DIR")
	case n > maxFiles:
		return nil, fmt.Errorf("the folder holds %d pictures, at most %d are possible", n, maxFiles)
	}
	rate, err := s.stamp(o.Rate)
	if err != nil {
		return nil, err
	}
	first, err := s.decode(0)
	if err != nil {
		return nil, err
	}
	defer first.Release()
	info := Info{Format: "png", Length: s.times[len(s.times)-1] + time.Duration(float64(time.Second)/rate)}
	info.Pictures = &PictureInfo{Codec: "png", Width: first.Colour.Width, Height: first.Colour.Height, Rate: rate, Frames: len(s.names)}
	return &Clip{Info: info, Frames: s.next}, nil
}

// stamp gives the pictures their instants: at a rate, or those of the file.
func (s *sequence) stamp(rate float64) (float64, error) {
	if rate == 0 {
		data, err := readLimited(filepath.Join(s.dir, stampsFile), maxStamps)
		if err == nil {
			known, err := parseStamps(data, len(s.names))
			s.times = known.Nanoseconds
			if known.Rate == 0 {
				known.Rate = defaultRate
			}
			return known.Rate, err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return 0, err
		}
		rate = defaultRate
	}
	if !(rate > 0 && rate <= maxRate) {
		return 0, fmt.Errorf("a rate of %g Hz, up to %d are possible", rate, maxRate)
	}
	for i := range s.names {
		s.times = append(s.times, time.Duration(math.Round(float64(i)/rate*float64(time.Second))))
	}
	return rate, nil
}

func readLimited(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("read %s: it has more than %d bytes", path, most)
	}
	return data, err
}

func (s *sequence) next() (*capture.Frame, error) {
	if s.at == len(s.names) {
		return nil, io.EOF
	}
	f, err := s.decode(s.at)
	if err != nil {
		return nil, err
	}
	f.Sequence, f.Captured = uint64(s.at), Start.Add(s.times[s.at])
	f.Emitted = f.Captured
	s.at++
	return f, nil
}

func (s *sequence) decode(i int) (*capture.Frame, error) {
	path := filepath.Join(s.dir, s.names[i])
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	size, err := png.DecodeConfig(r)
	if err == nil && (size.Width > MaxSide || size.Height > MaxSide || size.Width*size.Height > MaxPixels) {
		err = fmt.Errorf("%dx%d pixels are too many", size.Width, size.Height)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	r.Reset(f)
	m, err := png.Decode(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	frame, err := toFrame(s.pool, m)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return frame, nil
}
