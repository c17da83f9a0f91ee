package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/virtualcube/virtualcube"

// sourceFile is one Go file of the repository.
type sourceFile struct {
	path    string // from the repository's root, with slashes
	folder  string // "." for package main
	imports []string
	syntax  *ast.File
}

func (f sourceFile) test() bool { return strings.HasSuffix(f.path, "_test.go") }

func goFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := entry.Name(); entry.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata" || base == "shared") {
			return fs.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		file := sourceFile{path: filepath.ToSlash(name), syntax: syntax}
		file.folder = path.Dir(file.path)
		for _, spec := range syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			file.imports = append(file.imports, imported)
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d Go files found: not in the repository's root?", len(files))
	}
	return files
}

// within says whether a folder is one of the given ones or below it.
func within(folder string, parents ...string) bool {
	return slices.ContainsFunc(parents, func(parent string) bool {
		return folder == parent || strings.HasPrefix(folder, parent+"/")
	})
}

func TestImportsPointLeft(t *testing.T) {
	// capture <- render, models <- session <- signaling <- main
	order := map[string]int{"capture": 0, "client": 0, "render": 1, "models": 1, "session": 2, "signaling": 3, ".": 4}
	for _, file := range goFiles(t) {
		own, _, _ := strings.Cut(file.folder, "/")
		rank, known := order[own]
		if !known {
			t.Errorf("%s: folder %s is not in the design", file.path, own)
		}
		for _, imported := range file.imports {
			folder, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			other, _, _ := strings.Cut(folder, "/")
			if other != own && order[other] >= rank {
				t.Errorf("%s: %s may not import %s", file.path, own, folder)
			}
			if other == "client" && own != "." {
				t.Errorf("%s: only package main knows the page", file.path)
			}
		}
	}
}

func TestPurePackages(t *testing.T) {
	allowed := map[string][]string{
		"capture/space":    {},
		"session/assembly": {"capture/space"},
		"session/gaze":     {"capture/space"},
		"session/vantage":  {"capture/space"},
	}
	for _, file := range goFiles(t) {
		may, pure := allowed[file.folder]
		if !pure {
			continue
		}
		for _, imported := range file.imports {
			if folder, ours := strings.CutPrefix(imported, module+"/"); ours && !slices.Contains(may, folder) && !(file.test() && folder == file.folder) {
				t.Errorf("%s: a pure package may not import %s", file.path, folder)
			}
		}
	}
}

func TestForeignImports(t *testing.T) {
	rules := []struct {
		imported string
		tests    bool // may test files anywhere import it?
		folders  []string
	}{
		{"C", false, []string{"render/gl", "capture/jpeg", "session/encode/vpx", "session/encode/openh264", "session/voice/opus", "models/onnx"}},
		{"github.com/go-gl/", false, []string{"render/gl"}},
		{"github.com/pion/", true, []string{"session/fanout", "signaling/media", "signaling/pionlog", "signaling/netem", "signaling/rtc", "signaling/whip", "signaling/turn", "signaling/room/roomclient"}},
		{"github.com/yalue/onnxruntime_go", false, []string{"models/onnx"}},
		{"github.com/tetratelabs/wazero", false, []string{"models/wasm"}},
		{"github.com/prometheus/", true, []string{"signaling", "session"}},
		{"github.com/alecthomas/kong", false, []string{"."}},
	}
	for _, file := range goFiles(t) {
		for _, imported := range file.imports {
			for _, rule := range rules {
				matches := imported == rule.imported || strings.HasSuffix(rule.imported, "/") && strings.HasPrefix(imported, rule.imported)
				if matches && !within(file.folder, rule.folders...) && !(rule.tests && file.test()) {
					t.Errorf("%s imports %q, which belongs into %s", file.path, imported, strings.Join(rule.folders, ", "))
				}
			}
		}
	}
}

func TestPackageComments(t *testing.T) {
	comments := map[string][]string{}
	for _, file := range goFiles(t) {
		if file.test() {
			continue
		}
		if _, seen := comments[file.folder]; !seen {
			comments[file.folder] = nil
		}
		if file.syntax.Doc == nil {
			continue
		}
		comments[file.folder] = append(comments[file.folder], file.path)
		prefix := "Package " + file.syntax.Name.Name + " "
		if file.syntax.Name.Name == "main" {
			prefix = "Command " + path.Base(file.folder) + " "
			if file.folder == "." {
				prefix = "Command virtualcube "
			}
		}
		if text := file.syntax.Doc.Text(); !strings.HasPrefix(text, prefix) || len(text) < len(prefix)+40 {
			t.Errorf("%s: the package comment should begin with %q and explain the folder", file.path, prefix)
		}
	}
	for folder, files := range comments {
		if len(files) != 1 {
			t.Errorf("folder %s has %d package comments, one is needed: %v", folder, len(files), files)
		}
	}
}

// TestGenerated holds the cheap half of "generated files are as their
// generator makes them": each says so and names its source. `make test` runs
// the generators and compares.
func TestGenerated(t *testing.T) {
	for _, name := range tracked(t) {
		if !strings.Contains(path.Base(name), ".gen.") || path.Ext(name) == ".json" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(data), "\n")
		pattern := regexp.MustCompile(`^// (Code g|G)enerated `)
		if path.Ext(name) == ".go" {
			pattern = regexp.MustCompile(`^// Code generated .+ DO NOT EDIT\.$`) // go.dev/s/generatedcode
		}
		if !pattern.MatchString(first) {
			t.Errorf("%s: the first line %q should match %s", name, first, pattern)
		}
	}
}

func TestTopLevel(t *testing.T) {
	given := regexp.MustCompile(`^(capture|render|session|signaling|models|client|go\.mod|go\.sum|README(\.zh)?\.md|LICENSE|Makefile|[a-z_0-9]+\.go|\..+)$`)
	for _, name := range tracked(t) {
		if top, _, _ := strings.Cut(name, "/"); !given.MatchString(top) {
			t.Errorf("%s: the top level holds nothing but what the design gives", top)
		}
	}
}

// TestNoMachineNames keeps names of one machine or network out of the
// repository. (The patterns are written so as not to match themselves.)
func TestNoMachineNames(t *testing.T) {
	forbidden := []*regexp.Regexp{
		regexp.MustCompile(`(^|[^a-zA-Z0-9_./-])/(wor[k]|far[m]|hom[e])/`),
		regexp.MustCompile(`registry\.npm[j]s|npm[j]s\.org|proxy\.gol[a]ng\.org|pyp[i]\.org|crate[s]\.io|regis[t]ry\.yarnpkg`),
		regexp.MustCompile(`"resolve[d]": "http`),
	}
	for _, name := range tracked(t) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(data, 0) >= 0 {
			continue // a picture or a recording
		}
		for number, line := range strings.Split(string(data), "\n") {
			for _, pattern := range forbidden {
				if found := pattern.FindString(line); found != "" {
					t.Errorf("%s:%d names %q", name, number+1, found)
				}
			}
		}
	}
}

// tracked are the files that git keeps and that are in the working tree.
func tracked(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skipf("not a git checkout (%v): what it holds beside the sources is nobody's business", err)
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if _, err := os.Lstat(name); err == nil {
			names = append(names, name)
		}
	}
	return names
}
