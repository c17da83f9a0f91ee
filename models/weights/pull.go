package weights

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Progress shows a step: the function that it returns is called with how much of
// the total is done, in the unit that the step's name says.
type Progress func(step string) func(done, total int)

// wanted are weights that are to be pulled.
type wanted struct {
	Weights
	File
}

// Pull gets the named weights that are not here yet, or damaged, and each package
// once. What could be had stays where something else could not. Only one process
// pulls into a folder at a time, others wait for it.
func (s *Store) Pull(ctx context.Context, names []string, show Progress) error {
	if show == nil {
		show = func(string) func(done, total int) { return func(int, int) {} }
	}
	if all, err := s.lacking(names); err != nil || len(all) == 0 {
		return err
	}
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return fmt.Errorf("pull weights: %w", err)
	}
	unlock, err := lock(ctx, s.folder, show("waiting for another process that pulls into "+s.folder))
	if err != nil {
		return fmt.Errorf("pull weights: %w", err)
	}
	defer unlock()
	if err := s.sweep(); err != nil {
		return fmt.Errorf("pull weights: %w", err)
	}
	all, err := s.lacking(names) // another process may have pulled them meanwhile
	if err != nil {
		return err
	}
	var errs []error
	for len(all) > 0 && ctx.Err() == nil {
		var group, rest []wanted
		for _, w := range all {
			if w.Package == all[0].Package {
				group = append(group, w)
			} else {
				rest = append(rest, w)
			}
		}
		errs = append(errs, s.pull(ctx, group, show))
		all = rest
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// lacking are the weights that have to be pulled.
func (s *Store) lacking(names []string) (lacking []wanted, err error) {
	seen := map[string]bool{}
	for _, name := range names {
		w, err := s.catalogue.Find(name)
		if err != nil {
			return nil, err
		}
		f, err := w.File()
		if err != nil {
			return nil, err
		}
		if state, _ := s.State(name); state != Here && !seen[name] {
			lacking = append(lacking, wanted{w, f})
		}
		seen[name] = true
	}
	return lacking, nil
}

// temporary are the folders that pulls work in, within the store, since a file
// can only be renamed within one file system.
const temporary = ".pull-"

// sweep removes what a pull that was killed has left. It needs the lock.
func (s *Store) sweep() error {
	left, err := filepath.Glob(filepath.Join(s.folder, temporary+"*"))
	for _, folder := range left {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	return err
}

// pull gets the weights of one package.
func (s *Store) pull(ctx context.Context, group []wanted, show Progress) (err error) {
	p := s.catalogue.Packages[group[0].Package]
	folder, err := os.MkdirTemp(s.folder, temporary)
	if err != nil {
		return fmt.Errorf("pull weights: %w", err)
	}
	defer func() { err = errors.Join(full(err, s.folder), os.RemoveAll(folder)) }()
	// A client may hold a package twice, in its cache and as a file.
	if err := room(s.folder, 2*p.Size+total(group)); err != nil {
		return err
	}
	step := fmt.Sprintf("pulling %s, MB", p)
	archive, err := download{Package: p, folder: folder, timeout: fetchTimeout, show: show(step)}.fetch(ctx)
	if err != nil {
		return err
	}
	parts, err := extract(ctx, archive, folder, group)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", p, err)
	}
	var errs []error
	for k, w := range group {
		made := filepath.Join(folder, "weights-"+strconv.Itoa(k))
		if err := s.put(ctx, w, parts, made); err != nil {
			errs = append(errs, fmt.Errorf("pull weights %s: %w", w.Weights.Name, err))
		}
	}
	return errors.Join(errs...)
}

// put makes the weights of a package's parts, and puts them in their place if they
// are what the catalogue says.
func (s *Store) put(ctx context.Context, w wanted, parts extracted, made string) error {
	f, err := os.OpenFile(made, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if err := w.assemble(ctx, parts, io.MultiWriter(f, hash)); err != nil {
		return err
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != w.SHA256 {
		return fmt.Errorf("%w: the SHA-256 of what the package holds is %s, the catalogue's %s", ErrChecksum, sum, w.SHA256)
	}
	if err := f.Sync(); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	path := s.path(w.Weights, w.File)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.Rename(made, path); err != nil {
		return err
	}
	return writeMemo(path, memoOf(info, w.File))
}

func total(group []wanted) (bytes int64) {
	for _, w := range group {
		bytes += 2 * w.Size // as a member, and made of it
	}
	return bytes
}

// room refuses what a folder's disk has no room for.
func room(folder string, need int64) error {
	var disk unix.Statfs_t
	if err := unix.Statfs(folder, &disk); err != nil {
		return fmt.Errorf("measure the disk of %s: %w", folder, err)
	}
	if free := int64(disk.Bavail) * disk.Bsize; free < need {
		return fmt.Errorf("%w: %s has %s, %s are needed; free some, or name another folder in VIRTUALCUBE_MODELS", ErrFull, folder, megabytes(free), megabytes(need))
	}
	return nil
}

// full says so where a disk has filled up.
func full(err error, folder string) error {
	if errors.Is(err, unix.ENOSPC) && !errors.Is(err, ErrFull) {
		return fmt.Errorf("%w: %s; free some, or name another folder in VIRTUALCUBE_MODELS: %w", ErrFull, folder, err)
	}
	return err
}
