package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/session/assembly"
)

// layoutCommand checks a layout of a room and draws it from above.
type layoutCommand struct {
	JSON     bool    `name:"json" env:"-" help:"Print JSON."`
	Seats    int     `env:"-" placeholder:"N" help:"Seats, 1 to 12 (as many as the file has; 4 at a round table, else 2)."`
	Screens  int     `env:"-" placeholder:"N" default:"1" help:"Screens of 27 inches that everybody has, 1 to 3, the outer ones turned by 60 degrees (${default})."`
	Distance float64 `env:"-" placeholder:"METRES" help:"From a seat to its front screen (0.7)."`
	Width    float64 `env:"-" placeholder:"METRES" help:"That a cubicle is wide (1.2)."`
	Out      string  `env:"-" placeholder:"FILE" help:"Draw it from above into this SVG file."`
	Layout   string  `arg:"" placeholder:"NAME|FILE" help:"face-to-face, round-table, side-by-side, or a layout file (YAML)."`
}

// maxLayoutBytes is more than a layout file can have.
const maxLayoutBytes = 1 << 20

// Validate finds what is wrong with the command line itself.
func (c *layoutCommand) Validate() error {
	if c.Seats < 0 || c.Seats > assembly.MaxSeats {
		return fmt.Errorf("--seats %d: 1 to %d are possible", c.Seats, assembly.MaxSeats)
	}
	if c.Screens < 1 || c.Screens > assembly.MaxScreens {
		return fmt.Errorf("--screens %d: 1 to %d are possible", c.Screens, assembly.MaxScreens)
	}
	if c.Layout == "" {
		return fmt.Errorf("name a layout: %s, or a layout file", strings.Join(assembly.Names(), ", "))
	}
	if slices.Contains(assembly.Names(), c.Layout) {
		layout, _, err := c.open()
		if err == nil {
			_, err = assembly.New(layout, 1) // are the lengths possible?
		}
		return err
	}
	if c.Distance != 0 || c.Width != 0 {
		return fmt.Errorf("--distance and --width are for %s: a layout file says where its seats are", strings.Join(assembly.Names(), ", "))
	}
	if _, err := os.Stat(c.Layout); err != nil {
		return fmt.Errorf("layout %q is none of %s, and no file that can be read: %w", c.Layout, strings.Join(assembly.Names(), ", "), err)
	}
	return nil
}

// Run checks, prints and draws the layout, and fails if it should not be used.
func (c *layoutCommand) Run(env *environment) error {
	layout, seats, err := c.open()
	if err != nil {
		return err
	}
	a, err := assembly.New(layout, seats)
	if err != nil {
		return err
	}
	distance := layout.Distance
	if distance == 0 {
		distance = assembly.DefaultDistance
	}
	screens := assembly.DefaultScreens(c.Screens)
	for k := range screens { // they stand where the layout has its screens
		screens[k].Center.Z += distance - assembly.DefaultDistance
	}
	checked := a.Check(slices.Repeat([][]assembly.Screen{screens}, seats))
	report := newLayoutReport(a, screens, checked)
	if c.Out != "" {
		if err := os.WriteFile(c.Out, drawLayout(a, screens, checked), 0o644); err != nil {
			return fmt.Errorf("draw layout: %w", err)
		}
	}
	if !c.JSON {
		report.print(env.stdout)
	} else {
		out := json.NewEncoder(env.stdout)
		out.SetIndent("", "  ")
		if err := out.Encode(report); err != nil {
			return err
		}
	}
	if wrong := slices.Concat(checked.Overlaps, checked.Problems); len(wrong) > 0 {
		return fmt.Errorf("layout %s with %d seats should not be used: %s", a.Layout, seats, strings.Join(wrong, "; "))
	}
	return nil
}

// open finds the layout and the number of its seats.
func (c *layoutCommand) open() (layout assembly.Layout, seats int, err error) {
	seats = c.Seats
	if slices.Contains(assembly.Names(), c.Layout) {
		layout, err = assembly.Named(c.Layout)
		if c.Distance != 0 {
			layout.Distance = c.Distance
		}
		if c.Width != 0 {
			layout.Width = c.Width
		}
		if seats == 0 {
			seats = 2
			if c.Layout == assembly.RoundTable {
				seats = 4
			}
		}
		return layout, seats, err
	}
	layout, own, err := readLayout(c.Layout)
	if seats == 0 {
		seats = own
	}
	return layout, seats, err
}

// readLayout reads a layout file and says how many seats it has.
func readLayout(path string) (layout assembly.Layout, seats int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return layout, 0, fmt.Errorf("open layout: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxLayoutBytes))
	if err != nil {
		return layout, 0, fmt.Errorf("read layout: %w", err)
	}
	file, err := assembly.Parse(data)
	if err != nil {
		return layout, 0, fmt.Errorf("read layout %s: %w", path, err)
	}
	base := filepath.Base(path)
	return file.Layout(strings.TrimSuffix(base, filepath.Ext(base))), len(file.Seats), nil
}

// degrees is an angle for people, to a thousandth.
func degrees(radians float64) float64 { return math.Round(radians*180/math.Pi*1000) / 1000 }
