package weights

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Limits of an archive.
const (
	maxEntries  = 100_000
	maxUnpacked = 4 << 30 // bytes, of all that is read over
)

// ErrArchive is wrapped by errors about an archive's content.
var ErrArchive = errors.New("invalid archive")

// archive is a .tar.gz, or a .zip as wheels are.
type archive struct {
	r    io.ReaderAt
	size int64
}

// members gives each wanted member to take, in the archive's order; each is a
// regular file and there is one of each. What else is in the archive is passed
// over, and no name of it is ever a path here.
func (a archive) members(ctx context.Context, wanted map[string]bool, take func(name string, content io.Reader) error) error {
	var magic [4]byte
	if _, err := a.r.ReadAt(magic[:], 0); err != nil {
		return fmt.Errorf("%w: it is shorter than any archive: %w", ErrArchive, err)
	}
	missing := map[string]bool{}
	for name := range wanted {
		missing[name] = true
	}
	once := func(name string, content io.Reader) error {
		if !missing[name] {
			return fmt.Errorf("%w: there are two of %s", ErrArchive, name)
		}
		delete(missing, name)
		return take(name, reader{ctx, content})
	}
	var err error
	switch {
	case bytes.HasPrefix(magic[:], []byte{0x1f, 0x8b}): // RFC 1952, 2.3.1
		err = a.tar(ctx, wanted, once)
	case bytes.HasPrefix(magic[:], []byte("PK\x03\x04")): // APPNOTE.TXT, 4.3.7
		err = a.zip(wanted, once)
	default:
		return fmt.Errorf("%w: it is neither .tar.gz nor .zip", ErrArchive)
	}
	if err != nil {
		return err
	}
	for name := range missing {
		return fmt.Errorf("%w: it lacks %s", ErrArchive, name)
	}
	return nil
}

func (a archive) tar(ctx context.Context, wanted map[string]bool, take func(string, io.Reader) error) error {
	packed, err := gzip.NewReader(reader{ctx, io.NewSectionReader(a.r, 0, a.size)})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrArchive, err)
	}
	unpacked := tar.NewReader(&limited{r: packed, left: maxUnpacked})
	for entries := 0; ; entries++ {
		header, err := unpacked.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrArchive, err)
		}
		if entries >= maxEntries {
			return fmt.Errorf("%w: it has more than %d entries", ErrArchive, maxEntries)
		}
		if !wanted[header.Name] {
			continue
		}
		if header.Typeflag != tar.TypeReg {
			return fmt.Errorf("%w: %s is no regular file", ErrArchive, header.Name)
		}
		if err := take(header.Name, unpacked); err != nil {
			return err
		}
	}
}

func (a archive) zip(wanted map[string]bool, take func(string, io.Reader) error) error {
	unpacked, err := zip.NewReader(a.r, a.size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrArchive, err)
	}
	if len(unpacked.File) > maxEntries {
		return fmt.Errorf("%w: it has more than %d entries", ErrArchive, maxEntries)
	}
	for _, f := range unpacked.File {
		if !wanted[f.Name] {
			continue
		}
		if !f.Mode().IsRegular() {
			return fmt.Errorf("%w: %s is no regular file", ErrArchive, f.Name)
		}
		content, err := f.Open()
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrArchive, f.Name, err)
		}
		if err := errors.Join(take(f.Name, content), content.Close()); err != nil {
			return err
		}
	}
	return nil
}

// limited is a reader that fails at its end, as io.LimitedReader does not.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("%w: it unpacks to more than is allowed", ErrArchive)
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// unpack writes the wanted members of an archive's file to the paths given.
func unpack(ctx context.Context, path string, wanted map[string]string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for name := range wanted {
		names[name] = true
	}
	return archive{f, info.Size()}.members(ctx, names, func(name string, content io.Reader) error {
		return writeAll(wanted[name], &limited{r: content, left: maxFile + 1})
	})
}

// writeAll writes a file that is not there yet.
func writeAll(path string, content io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
