package onnx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// Library is the name of ONNX Runtime among the weights.
const Library = "onnxruntime"

// ErrLibrary is wrapped where ONNX Runtime itself cannot be used.
var ErrLibrary = errors.New("ONNX Runtime cannot be used")

// loaded is the library of this process (see the package comment).
var loaded struct {
	mu   sync.Mutex
	path string // without symbolic links; "": none yet
}

// load loads the library, if that has not been done.
func load(path string) error {
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("%w: %w; `virtualcube models pull %s` fetches it", ErrLibrary, err, Library)
	}
	if file, err = filepath.Abs(file); err != nil {
		return fmt.Errorf("%w: %w", ErrLibrary, err)
	}
	loaded.mu.Lock()
	defer loaded.mu.Unlock()
	switch {
	case loaded.path == file:
		return nil
	case loaded.path != "":
		return fmt.Errorf("%w: this process has loaded %s and cannot load %s beside it", ErrLibrary, loaded.path, file)
	}
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("%w: %s is not a file", ErrLibrary, file)
	}
	ort.SetSharedLibraryPath(file)
	// What goes wrong is returned by the call that it happens in.
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		if strings.Contains(err.Error(), "ORT API base: 2") {
			return fmt.Errorf("%w: %s is older than version 1.24", ErrLibrary, file)
		}
		return fmt.Errorf("%w: %s: %w", ErrLibrary, file, err)
	}
	loaded.path = file
	if err := ort.DisableTelemetry(); err != nil {
		return fmt.Errorf("%w: switch telemetry off: %w", ErrLibrary, err)
	}
	return nil
}

// Version is that of the loaded library, as "1.24.3"; "" before the first Open.
func Version() string {
	loaded.mu.Lock()
	defer loaded.mu.Unlock()
	if loaded.path == "" {
		return ""
	}
	return ort.GetVersion()
}
