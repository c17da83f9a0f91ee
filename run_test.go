package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/client"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/whip/whepclient"
)

// patience bounds what a busy machine may take.
const patience = 2 * time.Minute

var links = regexp.MustCompile(`https?://\S+`)

// startRun executes `run` until the returned function is called, which gives
// its exit code and all that it printed.
func startRun(t *testing.T, args ...string) (link string, stop func() (int, string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	reader, writer := io.Pipe()
	var errs bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- execute(ctx, append([]string{"run", "--listen", "127.0.0.1:0", "--media-port", "0"}, args...), writer, &errs)
		_ = writer.Close()
	}()
	var out strings.Builder
	lines := bufio.NewScanner(reader)
	for link == "" && lines.Scan() {
		out.WriteString(lines.Text() + "\n")
		link = links.FindString(lines.Text())
	}
	if link == "" {
		cancel()
		t.Fatalf("run ended with %d and printed no link: %s%s", <-code, &out, &errs)
	}
	rest := make(chan struct{})
	go func() {
		defer close(rest)
		for lines.Scan() {
			out.WriteString(lines.Text() + "\n")
		}
	}()
	return link, func() (int, string) {
		cancel()
		c := <-code
		<-rest
		if c != exitOK {
			t.Logf("run printed %s%s", &out, &errs)
		}
		return c, out.String() + errs.String()
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport, Timeout: patience}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestRunServesAndEnds(t *testing.T) {
	isolate(t)
	link, stop := startRun(t, "--size", "128x128", "--cube", "anna", smallRig)
	if status, body := get(t, link+"api/node"); status != http.StatusOK {
		t.Errorf("api/node: %d %s", status, body)
	} else {
		var node protocol.Node
		if err := json.Unmarshal([]byte(body), &node); err != nil || len(node.Cubes) != 1 || node.Cubes[0].WHEP != "/anna/whep" || node.Cubes[0].Rig != smallRig {
			t.Errorf("api/node: %v %s", err, body)
		}
	}
	status, body := get(t, link)
	if client.Built() == nil && (status != http.StatusOK || !strings.Contains(body, "<canvas")) {
		t.Errorf("the page: %d %s", status, body)
	}
	if client.Built() != nil && (status == http.StatusOK || !strings.Contains(body, "make build")) {
		t.Errorf("the page that was not built: %d %s", status, body)
	}

	watch(t, link+"anna/whep", 3)

	status, body = get(t, link+"readyz")
	if client.Built() == nil && status != http.StatusOK {
		t.Errorf("readyz after views came: %d %s", status, body)
	}
	if _, body := get(t, link+"metrics"); !strings.Contains(body, `virtualcube_encodes_total{cube="anna"}`) {
		t.Errorf("metrics lack the encodes: %s", body)
	}
	code, out := stop()
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if found := links.FindAllString(out, -1); len(found) != 1 {
		t.Errorf("run prints %d links, one is wanted: %q", len(found), found)
	}
}

// watch receives some access units.
func watch(t *testing.T, whep string, wanted int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true}
	enough := make(chan struct{})
	seen := 0
	viewer, err := whepclient.Dial(ctx, whepclient.Config{URL: whep, Client: &http.Client{Transport: transport}, Unit: func(u whepclient.AccessUnit) {
		if seen == 0 && !u.Key {
			t.Error("the first access unit is no key frame")
		}
		if seen++; seen == wanted {
			close(enough)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	running, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- viewer.Run(running) }()
	select {
	case <-enough:
	case err := <-ended:
		ended <- err
	case <-ctx.Done():
		t.Errorf("%d access units did not come", wanted)
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := viewer.Close(ctx); err != nil {
		t.Error(err)
	}
}

// TestWithoutOpenGL runs in processes of their own, since EGL looks for its
// drivers once a process.
func TestWithoutOpenGL(t *testing.T) {
	isolate(t)
	for _, args := range [][]string{{"run", smallRig}, {"bench", smallRig}, {"eval", smallRig}, {"doctor"}} {
		t.Run(args[0], func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			command := exec.CommandContext(ctx, os.Args[0], append(args, "--listen", "127.0.0.1:0", "--media-port", "0", "--log-level", "error")...)
			command.Env = append(os.Environ(), asCommand+"=1", "__EGL_VENDOR_LIBRARY_FILENAMES="+os.DevNull)
			out, err := command.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
				t.Errorf("%v, want exit code %d", err, exitFailed)
			}
			if !bytes.Contains(out, []byte("OpenGL 4.5")) || !bytes.Contains(out, []byte("install")) || bytes.Contains(out, []byte("panic")) {
				t.Errorf("the message should say what lacks and what to do: %s", out)
			}
		})
	}
}

func TestRunWithOwnCertificate(t *testing.T) {
	isolate(t)
	link, stop := startRun(t, "--tls", "self", smallRig)
	if !strings.HasPrefix(link, "https://127.0.0.1:") {
		t.Errorf("link %s", link)
	}
	if code, out := stop(); code != exitOK || !regexp.MustCompile(`([0-9A-F]{2}:){31}[0-9A-F]{2}`).MatchString(out) {
		t.Errorf("exit code %d, no fingerprint in %q", code, out)
	}
}

func TestRunEndsWithTheRecording(t *testing.T) {
	isolate(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	rig := "folder:" + testData(t, "person5") + "?loop=0"
	if code := execute(ctx, []string{"run", "--listen", "127.0.0.1:0", "--media-port", "0", rig}, &out, &errs); code != exitOK {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}

func TestRunRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		want []string
	}{
		{"page port in use", []string{"--listen", taken.Addr().String(), smallRig}, []string{taken.Addr().String(), "in use", "--listen"}},
		{"media port in use", []string{"--media-port", port, smallRig}, []string{port, "--media-port"}},
		{"others let in without key", []string{"--listen", "0.0.0.0:0", smallRig}, []string{"--keys", "--tls"}},
		{"unknown scheme", []string{"webcam:0"}, []string{"webcam:0", "synthetic:", "k4a:", "folder:", "rig:"}},
		{"no scheme", []string{"recording.mkv"}, []string{"recording.mkv", "k4a:recording.mkv"}},
		{"missing recording", []string{"k4a:nowhere.mkv"}, []string{"nowhere.mkv"}},
		{"missing folder", []string{"folder:nowhere"}, []string{"nowhere"}},
		{"missing rig", []string{"rig:nowhere.yaml"}, []string{"nowhere.yaml"}},
		{"unknown option", []string{"synthetic:?camera=3"}, []string{"camera", "cameras"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolate(t)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			args := append([]string{"run", "--listen", "127.0.0.1:0", "--media-port", "0"}, test.args...)
			var out, errs bytes.Buffer
			if code := execute(ctx, args, &out, &errs); code != exitFailed {
				t.Errorf("exit code %d, want %d", code, exitFailed)
			}
			for _, want := range test.want {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("message %q lacks %q", &errs, want)
				}
			}
			if out.Len() > 0 {
				t.Errorf("printed %q", &out)
			}
		})
	}
}
