package clip

import (
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/folder"
	"github.com/virtualcube/virtualcube/models/clip/wave"
)

// waveWriter writes sound into a WAVE file.
type waveWriter struct {
	file *os.File
	out  *wave.Writer
}

func createWave(path string) (format, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	out, err := wave.NewWriter(f, wave.Format{Rate: capture.SampleRate, Channels: 1, Bits: 24})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &waveWriter{f, out}, nil
}

// Sound implements Writer.
func (w *waveWriter) Sound(s capture.Sound) error { return w.out.Write(s.Samples) }

// Frame implements Writer.
func (w *waveWriter) Frame(*capture.Frame) error { return nil }

// Set implements Writer.
func (w *waveWriter) Set(*capture.FrameSet) error { return errSets }

func (w *waveWriter) close() error { return errors.Join(w.out.Close(), w.file.Close()) }

// numberDigits are those of a picture's name.
const numberDigits = 6

// pictureWriter writes pictures into a folder.
type pictureWriter struct {
	dir    string
	stamps stamps
	png    png.Encoder
}

func createFolder(dir string, p Plan) (format, error) {
	if err := os.RemoveAll(dir); err != nil { // absent, empty or ours
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if p.Rig != nil {
		rig, err := folder.Create(dir, *p.Rig)
		if err != nil {
			return nil, err
		}
		return &rigWriter{rig}, nil
	}
	return &pictureWriter{dir: dir, stamps: stamps{Version: stampsVersion, Rate: p.Pictures.Rate}, png: png.Encoder{CompressionLevel: png.BestSpeed}}, nil
}

// Sound implements Writer.
func (w *pictureWriter) Sound(capture.Sound) error { return nil }

// Set implements Writer.
func (w *pictureWriter) Set(*capture.FrameSet) error { return errSets }

// Frame implements Writer.
func (w *pictureWriter) Frame(f *capture.Frame) (err error) {
	n := len(w.stamps.Nanoseconds)
	if n >= maxFiles {
		return fmt.Errorf("a folder holds at most %d pictures", maxFiles)
	}
	m, err := toImage(f)
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(w.dir, fmt.Sprintf("%0*d.png", numberDigits, n)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w.stamps.Nanoseconds = append(w.stamps.Nanoseconds, f.Captured.Sub(Start))
	return w.png.Encode(file, m)
}

func (w *pictureWriter) close() error {
	data, err := json.Marshal(w.stamps)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, stampsFile), data, 0o644)
}

// rigWriter writes frame sets into a folder.
type rigWriter struct{ *folder.Writer }

// Sound implements Writer.
func (rigWriter) Sound(capture.Sound) error { return nil }

// Frame implements Writer.
func (rigWriter) Frame(*capture.Frame) error {
	return errors.New("a rig's folder holds frame sets alone")
}

// Set implements Writer.
func (w rigWriter) Set(s *capture.FrameSet) error { return w.Write(s) }

func (w rigWriter) close() error { return w.Close() }
