package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/denoise"
	"github.com/virtualcube/virtualcube/models/gain"
	"github.com/virtualcube/virtualcube/models/grade"
	"github.com/virtualcube/virtualcube/models/landmarks"
	"github.com/virtualcube/virtualcube/models/lift"
	"github.com/virtualcube/virtualcube/models/manifest"
	"github.com/virtualcube/virtualcube/models/matte"
	"github.com/virtualcube/virtualcube/models/vad"
	"github.com/virtualcube/virtualcube/models/wasm"
)

// filters are the filters that this program has. To add one, write a folder
// beside models/host with a function Definition, hold it to the contract with
// filtertest.Run, and name it here.
func filters() (models.Table, error) {
	var table models.Table
	for _, define := range []func() (models.Definition, error){
		denoise.Definition,
		gain.Definition,
		grade.Definition,
		landmarks.Definition,
		lift.Definition,
		matte.Definition,
		vad.Definition,
	} {
		definition, err := define()
		if err != nil {
			return nil, err
		}
		table = append(table, definition)
	}
	return table, table.Validate()
}

// filterSet is every filter that can be used: those of the program, and those of
// a folder.
type filterSet struct {
	models.Table
	manifests map[string]string // paths, by filter
}

// allFilters adds those of a folder, if it is not empty: manifests of ONNX models
// (*.yaml) and WebAssembly modules (*.wasm).
func allFilters(ctx context.Context, folder string) (filterSet, error) {
	table, err := filters()
	set := filterSet{Table: table, manifests: make(map[string]string)}
	if err != nil || folder == "" {
		return set, err
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return set, err
	}
	var errs []error
	for _, path := range paths {
		d, err := manifest.Load(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		set.Table, set.manifests[d.Name] = append(set.Table, d), path
	}
	modules, err := wasm.LoadFolder(ctx, folder, wasm.Limits{})
	set.Table = append(set.Table, modules...)
	return set, errors.Join(errors.Join(errs...), err, set.Validate())
}
