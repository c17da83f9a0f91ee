package scaffold

import (
	"bytes"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models"
)

// TestFilterPassesItsTests builds and tests the filter of each kind, in a module
// beside this one.
func TestFilterPassesItsTests(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []models.Kind{models.KindAudio, models.KindVideo, models.KindRGBD} {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			files, err := Files("my-new-filter", k)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"doc.go", "mynewfilter.go", "mynewfilter_test.go"} {
				if files[name] == nil || len(files) != 3 {
					t.Errorf("%s is missing, or there are more; %d files", name, len(files))
				}
				if formatted, err := format.Source(files[name]); err != nil || !bytes.Equal(formatted, files[name]) {
					t.Errorf("%s is not formatted: %v", name, err)
				}
			}
			for _, name := range []string{"go.mod", "go.sum"} {
				if files[name], err = os.ReadFile(filepath.Join(root, name)); err != nil {
					t.Fatal(err)
				}
			}
			files["go.mod"] = append(bytes.Replace(files["go.mod"], []byte("module "+module), []byte("module mynewfilter"), 1),
				"\nrequire "+module+" v0.0.0\nreplace "+module+" => "+root+"\n"...)
			dir := t.TempDir()
			for name, data := range files {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			test := exec.CommandContext(t.Context(), "go", "test", "-mod=mod", "-v", ".")
			test.Dir = dir
			out, err := test.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if n := strings.Count(string(out), "--- PASS"); n < 5 {
				t.Errorf("%d tests passed\n%s", n, out)
			}
		})
	}
}

const table = `package main

import "github.com/virtualcube/virtualcube/models"

func filters() (models.Table, error) {
	for _, define := range []func() (models.Definition, error){} {
		_ = define
	}
}
`

func TestAdd(t *testing.T) {
	text := []byte(table)
	for _, pack := range []string{"matte", "denoise", "lift"} {
		var err error
		if text, err = Add(text, pack); err != nil {
			t.Fatal(err)
		}
		if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, text) {
			t.Errorf("it is not formatted: %v", err)
		}
	}
	want := `	for _, define := range []func() (models.Definition, error){
		matte.Definition,
		denoise.Definition,
		lift.Definition,
	} {
`
	imports := `import (
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/denoise"
	"github.com/virtualcube/virtualcube/models/lift"
	"github.com/virtualcube/virtualcube/models/matte"
)
`
	if !strings.Contains(string(text), want) || !strings.Contains(string(text), imports) {
		t.Errorf("%s", text)
	}
	for name, broken := range map[string]string{"it has matte already": string(text), "by hand": "package main\n"} {
		if _, err := Add([]byte(broken), "matte"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one with %q", err, name)
		}
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{"sharpen": true, "sharpen-2": true, "Sharpen": false, "a b": false, "../x": false, "func": false, "host": false, "": false, "my-": false} {
		if pack, err := Package(name, models.KindVideo); (err == nil) != ok {
			t.Errorf("%q: package %q, %v", name, pack, err)
		}
	}
	if _, err := Files("sharpen", "text"); err == nil {
		t.Error("a kind that there is not was taken")
	}
}
