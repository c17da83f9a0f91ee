package onnxtest

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/virtualcube/virtualcube/models"
)

// Library is the path of ONNX Runtime: the file libonnxruntime.so* in the folder
// onnxruntime of $VIRTUALCUBE_MODELS, or else of virtualcube/models in the user's
// cache folder. Where it is missing the test is skipped.
func Library(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("VIRTUALCUBE_MODELS")
	if folder == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Skipf("no folder of models: %v; name one in VIRTUALCUBE_MODELS", err)
		}
		folder = filepath.Join(cache, "virtualcube", "models")
	}
	pattern := filepath.Join(folder, "onnxruntime", "libonnxruntime.so*")
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if info, err := os.Stat(path); err == nil && info.Size() > 1<<20 { // no memo beside it
			return path
		}
	}
	t.Skipf("no %s: run `virtualcube models pull onnxruntime`", pattern)
	return ""
}

// Environment is one with the provider cpu, whose weights are the library and the
// given models, by name.
func Environment(t testing.TB, given map[string]Model) models.Environment {
	t.Helper()
	paths := map[string]string{"onnxruntime": Library(t)}
	for name, m := range given {
		paths[name] = Write(t, filepath.Join(t.TempDir(), name+".onnx"), m)
	}
	return models.Environment{
		Provider: models.CPU,
		Weights: func(name string) (string, error) {
			if path := paths[name]; path != "" {
				return path, nil
			}
			return "", fmt.Errorf("no weights %s in this test", name)
		},
		Observe: func(models.Observation) {},
		Log:     slog.New(slog.DiscardHandler),
	}
}

// Write writes a model into a file and returns its path.
func Write(t testing.TB, path string, m Model) string {
	t.Helper()
	if err := os.WriteFile(path, m.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
