package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func doctor(t *testing.T, args ...string) (d diagnosis, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = execute(context.Background(), append([]string{"doctor", "--json"}, args...), &out, &errs)
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("doctor printed %q and %q: %v", &out, &errs, err)
	}
	return d, code
}

func find(t *testing.T, d diagnosis, check, text string) finding {
	t.Helper()
	for _, f := range d.Findings {
		if f.Check == check && strings.Contains(f.Found, text) {
			return f
		}
	}
	t.Fatalf("no finding %s with %q in %+v", check, text, d.Findings)
	return finding{}
}

func TestDoctorFindsOpenGL(t *testing.T) {
	isolate(t)
	d, _ := doctor(t, "--listen", "127.0.0.1:0", "--media-port", "0")
	for _, check := range []string{"opengl", "vp8", "signalling", "media"} {
		if f := find(t, d, check, ""); f.Level != good {
			t.Errorf("%s: %s: %s", check, f.Level, f.Found)
		}
	}
	if f := find(t, d, "opengl", ""); !strings.Contains(f.Found, "OpenGL 4.") {
		t.Errorf("opengl: %s", f.Found)
	}
}

func TestDoctorNamesTheRemedy(t *testing.T) {
	isolate(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	port := taken.Addr().(*net.TCPAddr).Port
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VIRTUALCUBE_LISTTEN", "127.0.0.1:1")

	d, code := doctor(t, "--listen", address, "--media-port", strconv.Itoa(port), "--cache-dir", filepath.Join(file, "cache"))
	if code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	for _, want := range []struct {
		check, found, remedy string
		level                level
	}{
		{"signalling", address, "--listen", lack},
		{"media", address, "--media-port", lack},
		{"cache folder", file, "--cache-dir", lack},
		{"environment", "VIRTUALCUBE_LISTTEN", "--help", warning},
	} {
		if f := find(t, d, want.check, want.found); f.Level != want.level || !strings.Contains(f.Remedy, want.remedy) {
			t.Errorf("%s: %s, remedy %q; want %s, remedy with %q", want.check, f.Level, f.Remedy, want.level, want.remedy)
		}
	}
}

func TestDoctorInWords(t *testing.T) {
	isolate(t)
	var out, errs bytes.Buffer
	execute(context.Background(), []string{"doctor", "--size", "640x640"}, &out, &errs)
	for _, want := range []string{"opengl", "configuration", "size: 640x640"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("doctor lacks %q: %s%s", want, &out, &errs)
		}
	}
}

// TestDoctorLooksAtFilters has no weights at all.
func TestDoctorLooksAtFilters(t *testing.T) {
	isolate(t)
	d, _ := doctor(t, "--listen", "127.0.0.1:0", "--media-port", "0", "--models", t.TempDir())
	if f := find(t, d, "filters", "have all that they need"); f.Level != good || !strings.Contains(f.Found, "gain") || strings.Contains(f.Found, "matte") {
		t.Errorf("%+v", f)
	}
	if f := find(t, d, "filters", "matte lacks the weights selfie (missing)"); f.Level != warning || !strings.Contains(f.Remedy, "models pull selfie onnxruntime") {
		t.Errorf("%+v", f)
	}
}
