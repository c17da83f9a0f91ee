package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models/weights"
)

// shelved runs a command on a folder of weights of its own, and reads its JSON.
func shelved(t *testing.T, folder string, args ...string) (code int, reports []map[string]any, stderr string) {
	t.Helper()
	code, out, stderr := run(t, append([]string{"models", "--models", folder}, args...)...)
	if out != "" {
		if err := json.Unmarshal([]byte(out), &reports); err != nil {
			t.Fatalf("%q printed %q: %v", args, out, err)
		}
	}
	return code, reports, stderr
}

func TestModelsList(t *testing.T) {
	isolate(t)
	catalogue, err := weights.OwnCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	code, reports, _ := shelved(t, t.TempDir(), "list", "--json")
	if code != exitOK || len(reports) != len(catalogue.Weights) {
		t.Fatalf("exit code %d, %d weights of %d", code, len(reports), len(catalogue.Weights))
	}
	for _, r := range reports {
		if r["name"] != "silero-vad" {
			continue
		}
		for _, field := range []string{"summary", "problem", "path", "size", "sha256", "licence", "licence_evidence", "source", "package", "used_by"} {
			if r[field] == nil {
				t.Errorf("silero-vad lacks %s: %v", field, r)
			}
		}
		if r["state"] != "missing" || r["licence"] != "MIT" || r["size"] != 2327524.0 {
			t.Errorf("silero-vad is %v", r)
		}
	}
	code, out, _ := run(t, "models", "list", "--models", t.TempDir())
	if code != exitOK || strings.Count(out, "\n") != 1+len(catalogue.Weights) || !strings.Contains(out, "silero-vad") {
		t.Errorf("exit code %d, printed %q", code, out)
	}
}

// TestModelsDamaged holds that damage fails every command that looks.
func TestModelsDamaged(t *testing.T) {
	isolate(t)
	folder := t.TempDir()
	if code, reports, _ := shelved(t, folder, "verify", "--json"); code != exitOK || reports[0]["state"] != "missing" {
		t.Errorf("nothing here: exit code %d, %v", code, reports)
	}
	if code, _, stderr := shelved(t, folder, "verify", "--json", "silero-vad"); code != exitFailed || !strings.Contains(stderr, "virtualcube models pull silero-vad") {
		t.Errorf("named and not here: exit code %d, %q", code, stderr)
	}
	path := filepath.Join(folder, "silero-vad", "silero_vad_v6.onnx")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("no weights"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"list", "--json"}, {"verify", "--json"}, {"info", "--json", "silero-vad"}} {
		code, reports, stderr := shelved(t, folder, args...)
		damaged := slices.IndexFunc(reports, func(r map[string]any) bool { return r["state"] == "damaged" })
		if code != exitFailed || damaged < 0 || reports[damaged]["name"] != "silero-vad" || !strings.Contains(stderr, path) {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
	}
}

func TestModelsRefuse(t *testing.T) {
	isolate(t)
	t.Setenv("PATH", t.TempDir())
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"pull"}, exitUsage, "--all"},
		{[]string{"pull", "magic"}, exitFailed, `"magic"; there are onnxruntime, silero-vad`},
		{[]string{"pull", "--for", "magic"}, exitFailed, `no filter "magic"`},
		{[]string{"pull", "silero-vad"}, exitFailed, "install Node's npm"},
		{[]string{"info", "magic"}, exitFailed, `"magic"`},
		{[]string{"verify", "magic"}, exitFailed, `"magic"`},
	} {
		code, _, stderr := shelved(t, t.TempDir(), test.args...)
		if code != test.code || !strings.Contains(stderr, test.says) {
			t.Errorf("%v: exit code %d, %q; want %d and %q", test.args, code, stderr, test.code, test.says)
		}
	}
}

// TestFiltersWeights holds that what filters need can be pulled.
func TestFiltersWeights(t *testing.T) {
	table, err := filters()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := weights.OwnCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, definition := range table {
		for _, name := range definition.Weights {
			if _, err := catalogue.Find(name); err != nil {
				t.Errorf("filter %s: %v", definition.Name, err)
			}
		}
	}
}

func TestModelsInfo(t *testing.T) {
	isolate(t)
	code, out, _ := run(t, "models", "info", "selfie", "--models", t.TempDir())
	for _, want := range []string{"Apache-2.0", "sha512-", "npm @mediapipe/selfie_segmentation@", "tflite", "missing"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit code %d, %q lacks %q", code, out, want)
		}
	}
}
