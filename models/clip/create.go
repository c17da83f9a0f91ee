package clip

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
)

// Plan is what a clip that is written will hold.
type Plan struct {
	Sound    bool
	Pictures *PictureInfo // of frames; nil: none
	Rig      *capture.Rig // of frame sets; nil: none
	Force    bool         // write over what is there
}

// Writer writes a clip. What it is given it borrows. Sound comes without a gap
// from Start on, frames and sets with instants that increase; of both what comes
// first is given first.
type Writer interface {
	Sound(capture.Sound) error // at most capture.SoundSamples samples, fewer at the end
	Frame(*capture.Frame) error
	Set(*capture.FrameSet) error
	// Close ends the clip. Where it is complete it gets its name, else it keeps
	// the name that says that it is not; the one that it has is returned. Of one
	// that is not complete and has nothing yet, nothing is left.
	Close(complete bool) (path string, err error)
}

// format writes one format, to a name that is there for it alone.
type format interface {
	Sound(capture.Sound) error
	Frame(*capture.Frame) error
	Set(*capture.FrameSet) error
	close() error
}

// ErrExists is wrapped where something has the name that a clip shall get.
var ErrExists = errors.New("it is there already: --force writes over it")

// Create begins a clip. Its format is that of the name's ending; a name without
// one is a folder.
func Create(ctx context.Context, path string, p Plan) (Writer, error) {
	path = filepath.Clean(path)
	ending := strings.ToLower(filepath.Ext(path))
	if err := p.fits(ending); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	w := &writing{path: path, partial: strings.TrimSuffix(path, filepath.Ext(path)) + ".partial" + filepath.Ext(path), folder: ending == ""}
	for _, name := range []string{w.path, w.partial} {
		if err := w.vacant(name, p.Force); err != nil {
			return nil, fmt.Errorf("write %s: %w", name, unwrapped(err))
		}
	}
	var err error
	switch {
	case w.folder:
		w.format, err = createFolder(w.partial, p)
	case ending == ".wav":
		w.format, err = createWave(w.partial)
	default:
		w.format, err = createMedia(ctx, w.partial, ending, p)
	}
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, unwrapped(err))
	}
	return w, nil
}

// fits says whether a format can hold what is planned.
func (p Plan) fits(ending string) error {
	known := []string{".wav"}
	for _, c := range codings {
		known = append(known, c.ending)
	}
	switch {
	case ending == "" && p.Rig == nil && p.Pictures == nil:
		return errors.New("a folder holds pictures, and there are none: name a file " + strings.Join(known, ", "))
	case ending == "":
	case !slices.Contains(known, ending):
		return fmt.Errorf("the format %s is unknown: there are %s, and folders (a name without an ending) for pictures", ending, strings.Join(known, ", "))
	case p.Rig != nil:
		return errors.New("frame sets of a rig are written into a folder: give a name without an ending")
	case ending == ".wav" && !p.Sound:
		return errors.New("a WAVE file holds sound, and there is none")
	}
	return nil
}

// writing is a clip under its name for now.
type writing struct {
	format
	path, partial string
	folder        bool
	begun         bool // something was written
	closed        bool
}

// Sound implements Writer.
func (w *writing) Sound(s capture.Sound) error {
	w.begun = true
	return w.format.Sound(s)
}

// Frame implements Writer.
func (w *writing) Frame(f *capture.Frame) error {
	w.begun = true
	return w.format.Frame(f)
}

// Set implements Writer.
func (w *writing) Set(s *capture.FrameSet) error {
	w.begun = true
	return w.format.Set(s)
}

// vacant makes sure that a name is free, or, with force, that it may be written
// over.
func (w *writing) vacant(name string, force bool) error {
	info, err := os.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.folder != info.IsDir() {
		if w.folder {
			return errors.New("it is a file: give it an ending, or another name")
		}
		return errors.New("it is a folder")
	}
	if w.folder {
		entries, err := os.ReadDir(name)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			if !ours(e.Name()) {
				return fmt.Errorf("it holds %s, which no clip does: name another folder", e.Name())
			}
		}
	}
	if !force {
		return ErrExists
	}
	return nil
}

// ours says whether a name in a folder is one that is written here.
func ours(name string) bool {
	digits := strings.TrimSuffix(name, ".png")
	number := len(digits) == numberDigits && strings.Trim(digits, "0123456789") == ""
	return number || name == stampsFile || name == "cameras.json"
}

// Close implements Writer.
func (w *writing) Close(complete bool) (string, error) {
	if w.closed {
		return "", nil
	}
	w.closed = true
	err := w.close()
	if !complete && !w.begun {
		return "", os.RemoveAll(w.partial) // why it cannot be closed is that it is empty
	}
	if err != nil {
		return w.partial, fmt.Errorf("write %s: %w", w.partial, unwrapped(err))
	}
	if !complete {
		return w.partial, nil
	}
	if w.folder {
		if err := os.RemoveAll(w.path); err != nil { // empty, or ours: see vacant
			return w.partial, fmt.Errorf("write %s: %w", w.path, unwrapped(err))
		}
	}
	if err := os.Rename(w.partial, w.path); err != nil {
		return w.partial, fmt.Errorf("name clip: %w", err)
	}
	return w.path, nil
}
