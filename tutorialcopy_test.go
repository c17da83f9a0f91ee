package main

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// repositoryCopy is a copy of the repository in which commands are run.
type repositoryCopy struct {
	root    string
	environ []string
}

// copyRepository copies what git would keep, the page as it was built, and the
// memo by which make knows that the page's modules are there.
func copyRepository(t *testing.T) *repositoryCopy {
	t.Helper()
	listed, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("not a git checkout (%v): which files are the repository's is not known", err)
	}
	c := &repositoryCopy{root: t.TempDir()}
	c.environ = append(os.Environ(),
		"SETUP=:", // nothing is installed
		"MAKEFLAGS=", "MAKELEVEL=",
		"VIRTUALCUBE_LISTEN=127.0.0.1:0", "VIRTUALCUBE_MEDIA_PORT=0",
		"VIRTUALCUBE_CACHE_DIR="+t.TempDir(), "VIRTUALCUBE_STATE_DIR="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(),
	)
	old := time.Unix(1e9, 0) // older than all that was made of it
	for name := range strings.SplitSeq(strings.TrimSuffix(string(listed), "\x00"), "\x00") {
		if _, err := os.Lstat(name); errors.Is(err, os.ErrNotExist) || strings.HasPrefix(name, "shared") {
			continue // deleted, or data
		}
		c.copyFile(t, name, old)
	}
	c.write(t, "client/node_modules/.package-lock.json", "{}\n")
	page, err := filepath.Glob("client/dist/*")
	assets, failed := filepath.Glob("client/dist/assets/*")
	if err = errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(assets, page...) {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			c.copyFile(t, name, time.Now())
		}
	}
	return c
}

// copyFile copies a file, which gets a time of its own.
func (c *repositoryCopy) copyFile(t *testing.T, name string, changed time.Time) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c.write(t, name, string(data))
	info, err := os.Stat(name)
	if err == nil {
		err = errors.Join(os.Chmod(filepath.Join(c.root, name), info.Mode()), os.Chtimes(filepath.Join(c.root, name), changed, changed))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (c *repositoryCopy) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(c.root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// follow does what a step says, and looks at what comes of it.
func (c *repositoryCopy) follow(t *testing.T, s tutorialStep) {
	t.Helper()
	if s.commands == "" {
		c.write(t, s.path, s.content)
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", s.commands)
	shell.Dir, shell.Env = c.root, c.environ
	// Commands have children; all get the signals that a terminal would send.
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) }
	var errs bytes.Buffer
	shell.Stderr = &errs
	var printed string
	var err error
	if strings.HasPrefix(s.commands, "make run") {
		printed, err = live(ctx, shell)
	} else {
		var out []byte
		out, err = shell.Output()
		printed = string(out)
	}
	if err != nil {
		t.Fatalf("%s:%d: %v\n%s%s", tutorialFile, s.line, err, printed, &errs)
	}
	if s.prints != "" && !prints(s.prints).MatchString(oneSpace(printed)) {
		t.Errorf("%s:%d: this is printed:\n%sand shown is:\n%s", tutorialFile, s.line, printed, s.prints)
	}
}

var spaces = regexp.MustCompile(`[ \t]+`)

// oneSpace takes away how columns are set.
func oneSpace(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(spaces.ReplaceAllString(lines[i], " "))
	}
	return strings.Join(lines, "\n") + "\n"
}

// prints is a pattern of what a block shows: three dots are anything, and in a
// line of their own any lines.
func prints(block string) *regexp.Regexp {
	var pattern strings.Builder
	for line := range strings.Lines(oneSpace(block)) {
		if line == "...\n" {
			pattern.WriteString(`(?:.*\n)*`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, `.+`))
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`)
}

// isBrown holds a picture to the chroma that the tutorial's filter gives it.
func (c *repositoryCopy) isBrown(t *testing.T, name string) {
	t.Helper()
	f, err := os.Open(filepath.Join(c.root, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	size, brown := picture.Bounds().Size(), 0
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := picture.At(x, y).RGBA()
			if r > g && g > b {
				brown++
			}
		}
	}
	if share := float64(brown) / float64(size.X*size.Y); share < 0.95 {
		t.Errorf("%.0f %% of the picture is brown", 100*share)
	}
}
