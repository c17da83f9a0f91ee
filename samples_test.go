package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// array reads a file of the NPY format, version 1.0.
func array(t *testing.T, name string) (header string, data []byte) {
	t.Helper()
	file, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(file, []byte("\x93NUMPY\x01\x00")) {
		t.Fatalf("%s begins with %q", name, file[:min(8, len(file))])
	}
	end := 10 + int(binary.LittleEndian.Uint16(file[8:]))
	if end%64 != 0 || file[end-1] != '\n' {
		t.Errorf("%s: the header ends at %d with %q", name, end, file[end-1])
	}
	return string(file[10:end]), file[end:]
}

func TestSamples(t *testing.T) {
	isolate(t)
	folder := filepath.Join(t.TempDir(), "samples")
	var out, errs bytes.Buffer
	if code := execute(t.Context(), []string{"samples", "--out", folder, "--instants", "1", "--eyes", "5", "synthetic:?frames=4&size=320x180"}, &out, &errs); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	for _, name := range []string{"0000", "0004"} { // the fifth lacks cameras
		header, shown := array(t, filepath.Join(folder, name+".shown.npy"))
		if !strings.Contains(header, "'<f2'") || !strings.Contains(header, "(8, 512, 512, 4, )") || len(shown) != 2*8*4*512*512 {
			t.Fatalf("%s: %s, %d bytes", name, header, len(shown))
		}
		header, truth := array(t, filepath.Join(folder, name+".truth.npy"))
		if !strings.Contains(header, "'|u1'") || !strings.Contains(header, "(512, 512, 4, )") || len(truth) != 4*512*512 {
			t.Fatalf("%s: %s, %d bytes", name, header, len(truth))
		}
		// Where the person is, something is known: feature 25 is 1.
		const one = 0x3c00 // of 16 bits
		person, known := 0, 0
		for i := range 512 * 512 {
			if truth[4*i+3] == 255 {
				person++
				if binary.LittleEndian.Uint16(shown[2*(4*(6*512*512+i)+1):]) == one {
					known++
				}
			}
		}
		if person < 20_000 || known < person*8/10 {
			t.Errorf("%s: of %d pixels of the person %d are known", name, person, known)
		}
	}
}

func TestSamplesRefuse(t *testing.T) {
	isolate(t)
	used := t.TempDir()
	if err := os.WriteFile(filepath.Join(used, "0000.shown.npy"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"samples", "synthetic:"},
		{"samples", "--out", used, "synthetic:?frames=4&size=320x180"},
		{"samples", "--out", t.TempDir(), "--eyes", "0", "synthetic:?frames=4&size=320x180"},
		{"samples", "--out", t.TempDir(), "folder:nowhere"},
	} {
		var out, errs bytes.Buffer
		if code := execute(t.Context(), args, &out, &errs); code == exitOK || errs.Len() == 0 {
			t.Errorf("%q: exit code %d, %q", args, code, &errs)
		}
	}
}
