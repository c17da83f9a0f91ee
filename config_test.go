package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// resolved runs `doctor --json` and returns the configuration that it prints.
func resolved(t *testing.T, args ...string) map[string]any {
	t.Helper()
	var out, errs bytes.Buffer
	code := execute(context.Background(), append([]string{"doctor", "--json"}, args...), &out, &errs)
	if code == exitUsage {
		t.Fatalf("doctor %q: %s", args, &errs)
	}
	var d struct{ Configuration map[string]any }
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("doctor printed %q: %v", &out, err)
	}
	return d.Configuration
}

func configFile(t *testing.T, text string) string {
	t.Helper()
	isolate(t)
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// isolate keeps the user's own configuration out of a test.
func isolate(t *testing.T) {
	t.Helper()
	for _, variable := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(variable, t.TempDir())
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "VIRTUALCUBE_") && name != "VIRTUALCUBE_TESTDATA" {
			t.Setenv(name, "") // restored by the test
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestConfigurationDefaults(t *testing.T) {
	isolate(t)
	got := resolved(t)
	for key, want := range map[string]any{
		"rig": "synthetic:", "size": "512x512", "listen": "127.0.0.1:8080", "media-port": 7882.0, "tls": "off", "viewers": 64.0, "views": 2.0,
		"cache-dir": filepath.Join(os.Getenv("XDG_CACHE_HOME"), "virtualcube"),
		"state-dir": filepath.Join(os.Getenv("XDG_STATE_HOME"), "virtualcube"),
	} {
		if got[key] != want {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
}

func TestConfigurationPrecedence(t *testing.T) {
	path := configFile(t, "listen: 127.0.0.1:1001\nsize: 256x256\nviewers: 3\norigins: [https://one.example, 'https://two.example']\n")
	t.Setenv("VIRTUALCUBE_LISTEN", "127.0.0.1:1002")
	t.Setenv("VIRTUALCUBE_VIEWERS", "4")
	got := resolved(t, "--config", path, "--viewers", "5")
	for key, want := range map[string]any{"size": "256x256", "listen": "127.0.0.1:1002", "viewers": 5.0} {
		if got[key] != want {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
	if origins, _ := got["origins"].([]any); len(origins) != 2 || origins[1] != "https://two.example" {
		t.Errorf("origins = %v", got["origins"])
	}
}

func TestConfigurationFileIsFound(t *testing.T) {
	isolate(t)
	folder := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "virtualcube")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte("media-port: 7000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := resolved(t)["media-port"]; got != 7000.0 {
		t.Errorf("media-port = %v, want 7000", got)
	}
}

func TestConfigurationHidesSecrets(t *testing.T) {
	path := configFile(t, "keys: [correct-horse-battery, 'a, b and c, staple']\napi-keys: ['main:correct-horse-battery']\n")
	got := resolved(t, "--config", path)
	if keys, _ := got["api-keys"].([]any); len(keys) != 1 || keys[0] != "(secret)" {
		t.Errorf("api-keys are printed as %v", got["api-keys"])
	}
	if keys, _ := got["keys"].([]any); len(keys) != 2 || keys[0] != "(secret)" || keys[1] != "(secret)" {
		t.Errorf("keys are printed as %v", got["keys"])
	}
}

func TestConfigurationRefuses(t *testing.T) {
	for _, test := range []struct {
		name, file string
		args       []string
		want       []string // in the message
	}{
		{"unknown key", "viewers: 3\nlissten: 127.0.0.1:1\n", nil, []string{"config.yaml", "[2:1]", "lissten"}},
		{"wrong type", "viewers: many\n", nil, []string{"config.yaml", "[1:10]"}},
		{"wrong size", "size: big\n", nil, []string{"config.yaml", "WIDTHxHEIGHT"}},
		{"not yaml", "{", nil, []string{"config.yaml"}},
		{"odd size", "", []string{"--size", "500x512"}, []string{"size"}},
		{"no port", "", []string{"--listen", "localhost"}, []string{"listen", "HOST:PORT"}},
		{"port range", "", []string{"--media-port", "70000"}, []string{"media-port", "65535"}},
		{"half a certificate", "", []string{"--tls-cert", "a.pem"}, []string{"tls-key"}},
		{"two certificates", "", []string{"--tls", "self", "--tls-cert", "a.pem", "--tls-key", "b.pem"}, []string{"tls"}},
		{"guessable key", "keys: [secret]\n", nil, []string{"keys", "16"}},
		{"guessable API key", "api-keys: ['main:secret']\n", nil, []string{"api-keys", "16"}},
		{"API key without a name", "api-keys: [correct-horse-battery]\n", nil, []string{"api-keys", "NAME:SECRET", "token keys"}},
		{"key set that can be changed", "", []string{"--jwks", "http://id.example/keys"}, []string{"jwks", "https"}},
		{"bitrates", "", []string{"--bitrate-floor", "2000000"}, []string{"bitrate"}},
		{"unknown mode", "", []string{"--tls", "maybe"}, []string{"tls", "self"}},
		{"name of the cube", "", []string{"--cube", "a/b"}, []string{"cube"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := configFile(t, test.file)
			var out, errs bytes.Buffer
			code := execute(context.Background(), append([]string{"doctor", "--config", path}, test.args...), &out, &errs)
			if code != exitUsage {
				t.Errorf("exit code %d, want %d", code, exitUsage)
			}
			for _, want := range test.want {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("message %q lacks %q", &errs, want)
				}
			}
		})
	}
}

func TestConfigurationFileMissing(t *testing.T) {
	isolate(t)
	var out, errs bytes.Buffer
	if code := execute(context.Background(), []string{"version", "--config", "/nowhere/config.yaml"}, &out, &errs); code != exitUsage || !strings.Contains(errs.String(), "/nowhere/config.yaml") {
		t.Errorf("exit code %d, message %q", code, &errs)
	}
}

// TestSettingsHaveOneName holds that file keys are the flags' names.
func TestSettingsHaveOneName(t *testing.T) {
	var line commandLine
	parser, err := kong.New(&line, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range parser.Model.Flags {
		if flag.Name == "help" || flag.Name == "config" {
			continue
		}
		if _, err := parseConfig([]byte(flag.Name + ": null\n")); err != nil {
			t.Errorf("flag --%s is no key of the file: %v", flag.Name, err)
		}
	}
}

func FuzzConfigurationFile(f *testing.F) {
	for _, seed := range []string{"", "listen: 127.0.0.1:1", "keys: [a, b]", "size: 64x64", "viewers: 1e3", "a: &a [*a]", "- 1", "? {}", "origins: {a: b}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		values, err := parseConfig(data)
		if err != nil && len(values) != 0 {
			t.Errorf("refused and still %d values", len(values))
		}
	})
}

func TestCommandLine(t *testing.T) {
	isolate(t)
	for _, test := range []struct {
		args       []string
		code       int
		out, error string
	}{
		{[]string{"version"}, exitOK, "virtualcube ", ""},
		{[]string{"--help"}, exitOK, "synthetic:", ""},
		{[]string{}, exitUsage, "", "expected one of"},
		{[]string{"runn"}, exitUsage, "", "run"},
		{[]string{"run", "--nonsense"}, exitUsage, "", "--nonsense"},
	} {
		var out, errs bytes.Buffer
		code := execute(context.Background(), test.args, &out, &errs)
		if code != test.code || !strings.Contains(out.String(), test.out) || !strings.Contains(errs.String(), test.error) {
			t.Errorf("%q: exit code %d, prints %q and %q", test.args, code, &out, &errs)
		}
	}
}
