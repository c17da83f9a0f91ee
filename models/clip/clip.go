package clip

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// Start is the instant of a clip's beginning. It leaves room for what looks
// ahead, whose first sound is stamped before it.
const Start = capture.Time(time.Second + models.MaxLinks*models.MaxLookAhead)

// Limits of what is read.
const (
	MaxSide   = 8192     // pixels
	MaxPixels = 32 << 20 // a picture
	maxFiles  = 1_000_000
)

// Clip is an open recording. Of its three streams those are nil that it does not
// have. Each returns what comes next, in the order of its instants, and io.EOF
// after the last; the caller owns one reference to what it is given.
type Clip struct {
	Info   Info
	Sounds func() (capture.Sound, error)
	Frames func() (*capture.Frame, error)
	Sets   func() (*capture.FrameSet, error)

	// Samples is how many samples of sound were read: the last stretch ends with
	// silence where it is not full. It may be called from any goroutine.
	Samples func() int64
	// Found says what was found while reading, for Info.Notes.
	Found func() []string

	close func() error
}

// Info is what is known of a clip before it is read.
type Info struct {
	Path     string        `json:"path"`
	Format   string        `json:"format"` // "wav", "png", "rig", or ffprobe's name
	Length   time.Duration `json:"length_ns,omitempty"`
	Sound    *SoundInfo    `json:"sound,omitempty"`
	Pictures *PictureInfo  `json:"pictures,omitempty"`
	Rig      *capture.Rig  `json:"-"`
	Notes    []string      `json:"notes,omitempty"`
}

// SoundInfo is the sound as the file has it.
type SoundInfo struct {
	Codec    string `json:"codec"`
	Rate     int    `json:"rate"` // Hz
	Channels int    `json:"channels"`
}

// PictureInfo is the pictures as they are read.
type PictureInfo struct {
	Codec  string  `json:"codec"`
	Width  int     `json:"width"`
	Height int     `json:"height"`
	Rate   float64 `json:"rate"`             // hertz, on average; 0 where unknown
	Frames int     `json:"frames,omitempty"` // 0 where unknown
	Aspect string  `json:"aspect,omitempty"` // of a pixel, "4:3"; empty: square
}

// Options say how a clip is read.
type Options struct {
	// Rate is the pictures a second of a folder without stamps.json, 30 if it is
	// zero.
	Rate float64
}

// Open opens a file or a folder. The context ends its child processes.
func Open(ctx context.Context, path string, o Options) (*Clip, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, unwrapped(err))
	}
	var c *Clip
	switch {
	case info.IsDir():
		c, err = openSequence(path, o)
	case !info.Mode().IsRegular():
		err = errors.New("it is neither a file nor a folder")
	case strings.EqualFold(filepath.Ext(path), ".wav"):
		c, err = openWave(path)
	default:
		c, err = openMedia(ctx, path)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, unwrapped(err))
	}
	c.Info.Path = path
	return c, nil
}

// unwrapped leaves the path out of an error that says it again.
func unwrapped(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) && p.Error() == err.Error() {
		return p.Err
	}
	return err
}

// Close ends what reads the clip and closes its files.
func (c *Clip) Close() error {
	if c.close == nil {
		return nil
	}
	return c.close()
}
