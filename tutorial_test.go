package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/client"
	"github.com/virtualcube/virtualcube/models/onnx/onnxtest"
)

// tutorialFile is what TestTutorial follows.
const tutorialFile = "models/TUTORIAL.md"

// A tutorialStep is one code block: commands and what they print, or a file.
type tutorialStep struct {
	line     int    // of the opening fence
	commands string // "": it is a file
	prints   string // "": what is printed is not shown
	path     string
	content  string
}

// A tutorialSection is what is below one heading.
type tutorialSection struct {
	heading string
	steps   []tutorialStep
}

// has says whether any command contains a text.
func (s tutorialSection) has(text string) bool {
	for _, step := range s.steps {
		if strings.Contains(step.commands, text) {
			return true
		}
	}
	return false
}

var tutorialPath = regexp.MustCompile("`([^`]+)`:$")

// tutorialSections parses the tutorial. A block of sh is commands; one of text
// is what those before it print; any other is the file that the line above ends
// with.
func tutorialSections(t *testing.T) []tutorialSection {
	t.Helper()
	var sections []tutorialSection
	var block []string
	language, above, begin := "", "", 0
	for i, line := range strings.Split(read(t, tutorialFile), "\n") {
		switch {
		case language != "" && line == "```":
			last := &sections[len(sections)-1]
			last.add(t, begin, language, above, strings.Join(block, "\n")+"\n")
			language, above = "", ""
		case language != "":
			block = append(block, line)
		case strings.HasPrefix(line, "## "):
			sections = append(sections, tutorialSection{heading: line[3:]})
		case strings.HasPrefix(line, "```"):
			language, block, begin = line[3:], nil, i+1
			if language == "" || len(sections) == 0 {
				t.Fatalf("%s:%d: a block of no language, or before the first heading", tutorialFile, begin)
			}
		case strings.TrimSpace(line) != "":
			above = line
		}
	}
	return sections
}

func (s *tutorialSection) add(t *testing.T, line int, language, above, block string) {
	t.Helper()
	switch language {
	case "sh":
		s.steps = append(s.steps, tutorialStep{line: line, commands: block})
	case "text":
		n := len(s.steps)
		if n == 0 || s.steps[n-1].commands == "" || s.steps[n-1].prints != "" || above != "" {
			t.Fatalf("%s:%d: this is what no command prints", tutorialFile, line)
		}
		s.steps[n-1].prints = block
	default:
		path := tutorialPath.FindStringSubmatch(above)
		if path == nil {
			t.Fatalf("%s:%d: the line above does not end with the name of the file", tutorialFile, line)
		}
		s.steps = append(s.steps, tutorialStep{line: line, path: path[1], content: block})
	}
}

// TestTutorial follows the tutorial word for word, in a copy of the repository.
func TestTutorial(t *testing.T) {
	if err := client.Built(); err != nil {
		t.Skipf("%v: run make, so that the tutorial's copy need not build the page", err)
	}
	sections := tutorialSections(t)
	if len(sections) < 5 {
		t.Fatalf("%s has %d sections", tutorialFile, len(sections))
	}
	c := copyRepository(t)
	for _, s := range sections {
		done := t.Run(s.heading, func(t *testing.T) {
			s.need(t, c)
			for _, step := range s.steps {
				began := time.Now()
				c.follow(t, step)
				t.Logf("line %d: %.1f s", step.line, time.Since(began).Seconds())
			}
		})
		if !done {
			return // what follows builds on it
		}
	}
	c.isBrown(t, "bin/sepia/000029/0-left-top_color.png")
}

// need provides what a section would fetch, or skips it.
func (s tutorialSection) need(t *testing.T, c *repositoryCopy) {
	t.Helper()
	if s.has("ffmpeg ") {
		if _, err := exec.LookPath("ffmpeg"); err != nil {
			t.Skipf("%v: run make setup", err)
		}
	}
	if s.has("models pull onnxruntime") {
		c.environ = append(c.environ, "VIRTUALCUBE_MODELS="+filepath.Dir(filepath.Dir(onnxtest.Library(t))))
	}
	if s.has("make example") {
		modules, err := filepath.Abs("models/wasm/example/node_modules")
		if err == nil {
			_, err = os.Stat(modules)
		}
		if err != nil {
			t.Skipf("the compiler of the example is missing (%v): run make example", err)
		}
		if err := os.Symlink(modules, filepath.Join(c.root, "models/wasm/example/node_modules")); err != nil {
			t.Fatal(err)
		}
	}
}
