package onnx_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/onnx"
	"github.com/virtualcube/virtualcube/models/onnx/onnxtest"
)

// TestLibraryRefused runs in processes of their own, since one loads a library but
// once: the test calls itself with the library in an environment variable.
func TestLibraryRefused(t *testing.T) {
	folder := t.TempDir()
	model := onnxtest.Write(t, filepath.Join(folder, "scale.onnx"), scale)
	if library := os.Getenv("ONNX_TEST_LIBRARY"); library != "" {
		e := models.Environment{Provider: models.CPU, Weights: func(string) (string, error) { return library, nil }}
		if _, err := onnx.OpenFile(e, model, onnx.Options{}); !errors.Is(err, onnx.ErrLibrary) || !strings.Contains(err.Error(), os.Getenv("ONNX_TEST_SAYS")) {
			t.Fatalf("%v does not say %q", err, os.Getenv("ONNX_TEST_SAYS"))
		}
		good := onnxtest.Environment(t, nil) // another one may still be loaded
		s, err := onnx.OpenFile(good, model, onnx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := onnx.OpenFile(e, model, onnx.Options{}); !errors.Is(err, onnx.ErrLibrary) {
			t.Fatalf("a second library: %v", err)
		}
		return
	}
	text := filepath.Join(folder, "text.so")
	if err := os.WriteFile(text, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, library, says string }{
		{"missing", filepath.Join(folder, "none.so"), "virtualcube models pull onnxruntime"},
		{"no library", text, text},
		{"a folder", folder, "is not a file"},
		{"another library", compiled(t, folder, "other", "int other;"), "OrtGetApiBase"},
		{"an old one", compiled(t, folder, "old", `
			static const void *api(unsigned version) { return 0; }
			static const char *version(void) { return "1.13.0"; }
			static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = {api, version};
			const void *OrtGetApiBase(void) { return &base; }`), "older than version 1.24"},
	} {
		t.Run(c.name, func(t *testing.T) {
			own := exec.Command(os.Args[0], "-test.run=^TestLibraryRefused$")
			own.Env = append(os.Environ(), "ONNX_TEST_LIBRARY="+c.library, "ONNX_TEST_SAYS="+c.says)
			if out, err := own.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// compiled is a shared library of some C.
func compiled(t *testing.T, folder, name, source string) string {
	t.Helper()
	path := filepath.Join(folder, name+".so")
	gcc := exec.Command("gcc", "-shared", "-fPIC", "-x", "c", "-o", path, "-")
	gcc.Stdin = strings.NewReader(source)
	if out, err := gcc.CombinedOutput(); err != nil {
		t.Fatalf("compile %s: %v\n%s", name, err, out)
	}
	return path
}
