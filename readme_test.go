package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// readmeCommands are the shell lines of the README's code blocks.
func readmeCommands(t *testing.T) (commands []string, firstLine int) {
	t.Helper()
	f, err := os.Open("README.md")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	inside := false
	lines := bufio.NewScanner(f)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "```"):
			inside = !inside && line == "```sh"
		case inside && line != "" && !strings.HasPrefix(line, "#"):
			command, _, _ := strings.Cut(line, "  #")
			commands = append(commands, strings.TrimSpace(command))
			if firstLine == 0 {
				firstLine = number
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return commands, firstLine
}

func TestReadmeStartsSomething(t *testing.T) {
	commands, line := readmeCommands(t)
	if len(commands) == 0 || line > 30 {
		t.Fatalf("the README's first command is in line %d; its first thirty lines should run something", line)
	}
	if !slices.Contains(commands[:min(3, len(commands))], "make run") {
		t.Errorf("the README should start with `make run`, its first commands are %q", commands[:min(3, len(commands))])
	}
}

// TestReadmeCommands checks every command of the README: a make target is in
// the Makefile and make accepts the line; a virtualcube line parses.
func TestReadmeCommands(t *testing.T) {
	commands, _ := readmeCommands(t)
	for _, command := range commands {
		t.Run(command, func(t *testing.T) {
			words, err := shellWords(command)
			if err != nil {
				t.Fatal(err)
			}
			switch words[0] {
			case "make":
				if out, err := exec.Command("make", append([]string{"-n"}, words[1:]...)...).CombinedOutput(); err != nil {
					t.Errorf("make does not know it: %v\n%s", err, out)
				}
			case "bin/virtualcube":
				var line commandLine
				parser, err := kong.New(&line, kong.DefaultEnvars("VIRTUALCUBE"), kong.Exit(func(int) {}))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := parser.Parse(words[1:]); err != nil {
					t.Error(err)
				}
			case "git", "cd":
			default:
				t.Errorf("%q is neither make nor bin/virtualcube: nothing tests it", words[0])
			}
		})
	}
}

func shellWords(command string) ([]string, error) {
	out, err := exec.Command("bash", "-c", `set -f; printf '%s\0' `+command).Output()
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), nil
}

// TestContinuousIntegration holds that CI runs what the README tells people to
// run, and that `make test` has all its parts.
func TestContinuousIntegration(t *testing.T) {
	ci := read(t, ".ci/run")
	if !regexp.MustCompile(`(?m)^make test$`).MatchString(ci) {
		t.Error(".ci/run does not call `make test`")
	}
	commands, _ := readmeCommands(t)
	if !slices.Contains(commands, "make test") {
		t.Error("the README does not tell about `make test`, which CI runs")
	}
	out, err := exec.Command("make", "-n", "--no-print-directory", "test").CombinedOutput()
	if err != nil {
		t.Fatalf("make -n test: %v\n%s", err, out)
	}
	for _, part := range []string{".ci/setup", ".ci/generated", "npm run --silent typecheck", "npm run --silent lint", "npm run --silent test", "go vet ./...", "go test -race", "go test -tags e2e"} {
		if !strings.Contains(string(out), part) {
			t.Errorf("`make test` does not run %q", part)
		}
	}
}

// TestReadmeConfiguration holds that the README's table has every setting.
func TestReadmeConfiguration(t *testing.T) {
	readme := read(t, "README.md")
	var line commandLine
	parser, err := kong.New(&line, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range parser.Model.Flags {
		if flag.Name != "help" && !strings.Contains(readme, "`"+flag.Name+"`") {
			t.Errorf("the README's table lacks the setting %s", flag.Name)
		}
	}
}

func TestReadmeLinks(t *testing.T) {
	for _, link := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(read(t, "README.md"), -1) {
		if strings.HasPrefix(link[1], "http") {
			continue
		}
		if _, err := os.Stat(link[1]); err != nil {
			t.Errorf("the README links to %s: %v", link[1], err)
		}
	}
}

// A readmeSection is what one section of a README has whatever its language.
type readmeSection struct {
	level   int      // of its heading
	code    []string // lines of code blocks, their fences among them
	spans   []string // code in the text, sorted: languages order words differently
	links   []string // targets, sorted; one to a heading is that heading's number
	numbers []string // sorted
	rows    []string // of a table, each as its bars and the code of its first cell
}

var (
	readmeHeading = regexp.MustCompile(`^(#+) (.+)$`)
	readmeSpan    = regexp.MustCompile("`[^`]+`")
	readmeLink    = regexp.MustCompile(`\]\(([^)]+)\)`)
	readmeNumber  = regexp.MustCompile(`[0-9]+([.,][0-9]+)*`)
)

// readmeSections are the sections of a README; its link to the other language
// must be there, and is left out.
func readmeSections(t *testing.T, name, other string) []readmeSection {
	t.Helper()
	text, rest, ok := strings.Cut(read(t, name), other)
	if !ok {
		t.Fatalf("%s does not link to the other language: %s", name, other)
	}
	text += rest
	var sections []readmeSection
	anchors := map[string]string{}
	section, fenced := &readmeSection{}, false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		fence := strings.HasPrefix(line, "```")
		if fence || fenced || strings.HasPrefix(line, "    ") {
			fenced = fenced != fence
			section.code = append(section.code, line)
			continue
		}
		if heading := readmeHeading.FindStringSubmatch(line); heading != nil {
			anchor := "#" + strings.ReplaceAll(strings.ToLower(heading[2]), " ", "-")
			anchors[anchor] = "#" + strconv.Itoa(len(sections))
			sections = append(sections, readmeSection{level: len(heading[1])})
			section = &sections[len(sections)-1]
		}
		if strings.HasPrefix(line, "|") {
			first, _, _ := strings.Cut(line[1:], "|")
			section.rows = append(section.rows, fmt.Sprint(strings.Count(line, "|"), readmeSpan.FindAllString(first, -1)))
		}
		section.spans = append(section.spans, readmeSpan.FindAllString(line, -1)...)
		line = readmeSpan.ReplaceAllString(line, "")
		for _, link := range readmeLink.FindAllStringSubmatch(line, -1) {
			section.links = append(section.links, link[1])
		}
		line = readmeLink.ReplaceAllString(line, "")
		section.numbers = append(section.numbers, readmeNumber.FindAllString(line, -1)...)
	}
	for _, section := range sections {
		for i, link := range section.links {
			if number, ok := anchors[link]; ok {
				section.links[i] = number
			} else if strings.HasPrefix(link, "#") {
				t.Errorf("%s links to %s, which is no heading of it", name, link)
			}
		}
		slices.Sort(section.spans)
		slices.Sort(section.links)
		slices.Sort(section.numbers)
	}
	return sections
}

// TestReadmeLanguages holds that the Chinese README says what the English one
// says, as far as that shows without reading: the same sections with the same
// code, links and figures, and tables of the same shape with the same settings.
func TestReadmeLanguages(t *testing.T) {
	english := readmeSections(t, "README.md", "\n[中文](README.zh.md)\n")
	chinese := readmeSections(t, "README.zh.md", "\n[English](README.md)\n")
	if len(english) != len(chinese) {
		t.Fatalf("README.md has %d headings, README.zh.md has %d", len(english), len(chinese))
	}
	for i, en := range english {
		zh := chinese[i]
		same := func(what string, en, zh []string) {
			if !slices.Equal(en, zh) {
				t.Errorf("section %d: %s differ:\nREADME.md    %q\nREADME.zh.md %q", i, what, en, zh)
			}
		}
		if en.level != zh.level {
			t.Errorf("section %d: a heading of level %d in README.md, of level %d in README.zh.md", i, en.level, zh.level)
		}
		same("code blocks", en.code, zh.code)
		same("code in the text", en.spans, zh.spans)
		same("links", en.links, zh.links)
		same("numbers", en.numbers, zh.numbers)
		same("rows of the table", en.rows, zh.rows)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
