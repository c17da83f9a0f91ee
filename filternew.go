package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/scaffold"
)

// filterNewCommand begins a filter.
type filterNewCommand struct {
	Kind string `env:"-" placeholder:"KIND" default:"video" enum:"audio,video,rgbd" help:"audio, video or rgbd (${default})."`
	Dir  string `env:"-" placeholder:"DIR" default:"." help:"The repository's root (${default})."`
	Name string `arg:"" help:"Name of the filter: a lower-case word, or several joined by \"-\"."`
}

// Run writes the filter's folder and adds it to filters.go.
func (c *filterNewCommand) Run(env *environment) error {
	if err := c.write(); err != nil {
		return fmt.Errorf("begin filter: %w", err)
	}
	pack, _ := scaffold.Package(c.Name, models.Kind(c.Kind)) // write has asked
	in := map[string]string{"audio": "IN.wav OUT.wav", "video": "IN.mp4 OUT.mp4", "rgbd": `"synthetic:?cameras=1&frames=30" OUT`}[c.Kind]
	fmt.Fprintf(env.stdout, `%[1]s holds a filter that works, and filters.go has it.

  go test ./models/%[2]s
  make
  bin/virtualcube filter %[3]s --chain "%[4]s" --time

Change %[1]s/%[2]s.go next; models/TUTORIAL.md shows how.
`, filepath.Join(c.Dir, "models", pack), pack, in, c.Name)
	return nil
}

// write writes nothing where anything is wrong.
func (c *filterNewCommand) write() error {
	table, err := filters()
	if err != nil {
		return err
	}
	if _, err := table.Find(c.Name); err == nil {
		return fmt.Errorf("there is a filter %s already", c.Name)
	}
	files, err := scaffold.Files(c.Name, models.Kind(c.Kind))
	if err != nil {
		return err
	}
	pack, err := scaffold.Package(c.Name, models.Kind(c.Kind))
	if err != nil {
		return err
	}
	list := filepath.Join(c.Dir, "filters.go")
	old, err := os.ReadFile(list)
	if err != nil {
		return fmt.Errorf("%w: run it in the repository's root, or name that with --dir", err)
	}
	added, err := scaffold.Add(old, pack)
	if err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	dir := filepath.Join(c.Dir, "models", pack)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(list, added, 0o644)
}
