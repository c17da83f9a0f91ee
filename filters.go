package main

import "github.com/virtualcube/virtualcube/models"

// filters are the filters that this program has. To add one, write a folder
// beside models/host with a function Definition, hold it to the contract with
// filtertest.Run, and name it here.
func filters() (models.Table, error) {
	var table models.Table
	for _, define := range []func() (models.Definition, error){} {
		definition, err := define()
		if err != nil {
			return nil, err
		}
		table = append(table, definition)
	}
	return table, table.Validate()
}
