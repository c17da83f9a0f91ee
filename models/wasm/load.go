package wasm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// ErrInvalid is wrapped by every error about a module that cannot be a filter.
var ErrInvalid = errors.New("invalid filter module")

// Limits bound what a module may use. A field that is 0 has its default.
type Limits struct {
	Memory int           // bytes of an instance, rounded down to pages of 64 KiB; 32 MiB, at most 256 MiB
	Call   time.Duration // of one stretch, waiting for a busy machine included; 1 s
	Open   time.Duration // of what comes before the first stretch; 2 s
}

const (
	pageSize = 64 << 10

	defaultMemory = 32 << 20
	maxMemory     = 256 << 20
	defaultCall   = time.Second // at 200 ms, a machine ten times overloaded ended modules that were well
	defaultOpen   = 2 * time.Second

	maxModule = 4 << 20 // bytes of a file
	maxFolder = 64      // modules
)

// filled returns the limits with their defaults.
func (l Limits) filled() (Limits, error) {
	if l.Memory == 0 {
		l.Memory = defaultMemory
	}
	if l.Call == 0 {
		l.Call = defaultCall
	}
	if l.Open == 0 {
		l.Open = defaultOpen
	}
	if l.Memory < pageSize || l.Memory > maxMemory {
		return l, fmt.Errorf("limits of filter modules: %d bytes of memory, %d to %d are possible", l.Memory, pageSize, maxMemory)
	}
	if l.Call < 0 || l.Open < 0 {
		return l, fmt.Errorf("limits of filter modules: times of %v and %v", l.Call, l.Open)
	}
	return l, nil
}

// Load makes a filter of a .wasm file. The module is compiled once, and asked
// what it is, under the limits.
func Load(ctx context.Context, path string, limits Limits) (models.Definition, error) {
	module, err := read(path)
	if err != nil {
		return models.Definition{}, fmt.Errorf("load filter module: %w", err)
	}
	d, err := Define(ctx, module, limits)
	if err != nil {
		return d, fmt.Errorf("load filter module %s: %w", path, err)
	}
	return d, nil
}

// LoadFolder loads every *.wasm file of a folder, in the order of their names. It
// returns the filters that could be made, and one error that names each of the
// others.
func LoadFolder(ctx context.Context, folder string, limits Limits) ([]models.Definition, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("load filter modules: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return filepath.Ext(e.Name()) != ".wasm" })
	if len(entries) > maxFolder {
		return nil, fmt.Errorf("load filter modules: %s holds %d, at most %d are possible", folder, len(entries), maxFolder)
	}
	var made []models.Definition
	var bad []error
	for _, e := range entries {
		d, err := Load(ctx, filepath.Join(folder, e.Name()), limits)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		made = append(made, d)
	}
	return made, errors.Join(bad...)
}

func read(path string) (module []byte, err error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() { // a pipe would block
		return nil, fmt.Errorf("%w: %s is no file", ErrInvalid, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxModule+1))
}
