package main

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"slices"
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

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
