package main

import "github.com/virtualcube/virtualcube/render"

// levels are the choices behind --level; the size is the command line's. What
// each gains and costs stands in the README. auto is the best that keeps 24
// views a second of 512x512 on two cores without a GPU.
var levels = map[string]render.Options{
	"low":    {Geometry: 2, Colour: 3},
	"medium": {Geometry: 3, Colour: 4},
	"high":   {Geometry: 4, Colour: 4, Learned: true},
	"auto":   {Geometry: 4, Colour: 4},
}

// oursLevel is the level that a node draws with unless told otherwise.
const oursLevel = "auto"

// options are those of a renderer of the configured level and size.
func (c *Config) options() render.Options {
	o := levels[c.Level]
	o.Width, o.Height = c.Size.Width, c.Size.Height
	return o
}
