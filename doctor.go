package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
)

// doctorCommand looks at the machine and prints what it found.
type doctorCommand struct {
	JSON bool `name:"json" env:"-" help:"Print JSON."`
}

// level says how bad a finding is.
type level string

const (
	good    level = "ok"
	warning level = "warning" // works, with a limit
	lack    level = "missing" // the node does not start without it
)

// finding is what one check of the doctor found.
type finding struct {
	Check  string `json:"check"`
	Level  level  `json:"level"`
	Found  string `json:"found"`
	Remedy string `json:"remedy,omitempty"`
}

// diagnosis is all that the doctor says.
type diagnosis struct {
	Version       string          `json:"version"`
	Findings      []finding       `json:"findings"`
	Configuration json.RawMessage `json:"configuration"`
}

// Run prints the diagnosis and fails where something required is missing.
func (c *doctorCommand) Run(env *environment) error {
	var findings []finding
	for _, check := range checks {
		findings = append(findings, check(env)...)
	}
	settings, err := yaml.Marshal(env.config)
	if err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	if c.JSON {
		err = printDiagnosisJSON(env.stdout, findings, settings)
	} else {
		printDiagnosis(env.stdout, findings, settings)
	}
	if err != nil {
		return err
	}
	for _, f := range findings {
		if f.Level == lack {
			return errSaid
		}
	}
	return nil
}

func printDiagnosisJSON(w io.Writer, findings []finding, settings []byte) error {
	configuration, err := yaml.YAMLToJSON(settings)
	if err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(diagnosis{Version: version(), Findings: findings, Configuration: configuration})
}

func printDiagnosis(w io.Writer, findings []finding, settings []byte) {
	fmt.Fprintln(w, "virtualcube", version())
	fmt.Fprintln(w)
	for _, f := range findings {
		fmt.Fprintf(w, "%-8s %-15s %s\n", f.Level, f.Check, f.Found)
		if f.Remedy != "" {
			fmt.Fprintf(w, "%-8s %-15s -> %s\n", "", "", f.Remedy)
		}
	}
	fmt.Fprintln(w, "\nconfiguration (file below environment below flags):")
	for line := range strings.Lines(string(settings)) {
		fmt.Fprint(w, "  ", line)
	}
}
