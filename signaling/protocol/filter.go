package protocol

import (
	"fmt"
	"time"

	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/host"
)

// FilterKinds describes filters as pages are told.
func FilterKinds(table models.Table) []FilterKind {
	list := make([]FilterKind, len(table))
	for i, d := range table {
		list[i] = FilterKind{
			Name: d.Name, Summary: d.Summary, Kind: string(d.Kind), LookAhead: milliseconds(d.LookAhead), Latency: milliseconds(d.Latency),
			Private: d.Private, Parameters: []FilterParameter{},
		}
		for _, p := range d.Parameters.Parameters() {
			choices := p.Choices
			if choices == nil {
				choices = []string{}
			}
			list[i].Parameters = append(list[i].Parameters, FilterParameter{
				Name: p.Name, Type: string(p.Type), Default: fmt.Sprint(p.Default), Min: p.Min, Max: p.Max,
				Choices: choices, Unit: p.Unit, Help: p.Help, Live: p.Live,
			})
		}
	}
	return list
}

// FilterFiguresOf is how a link of a chain fared, as pages are told.
func FilterFiguresOf(l host.LinkStats) FilterFigures {
	return FilterFigures{
		Frames: int(l.Frames), Late: int(l.Late), Errors: int(l.Errors), Restarts: int(l.Restarts), Queue: l.Queue,
		Mean: milliseconds(l.Mean()), Longest: milliseconds(l.Longest),
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }
