package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// maxConfigFile bounds the configuration file, in bytes.
const maxConfigFile = 1 << 20

// fileValues are the settings that a configuration file names, as flags write
// them.
type fileValues map[string]string

// readConfigFile reads the file, whose keys must all be known. A file that was
// not asked for by name may be missing.
func readConfigFile(path string, required bool) (fileValues, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfigFile+1))
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	if len(data) > maxConfigFile {
		return nil, fmt.Errorf("read configuration %s: it is larger than %d bytes", path, maxConfigFile)
	}
	values, err := parseConfig(data)
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	return values, nil
}

// parseConfig checks the file against Config first, so that an unknown key or
// a value of the wrong type is refused with its line.
func parseConfig(data []byte) (fileValues, error) {
	var config Config
	err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&config)
	if err != nil && !errors.Is(err, io.EOF) { // EOF: nothing but comments
		return nil, errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	var keys map[string]any
	if err := yaml.Unmarshal(data, &keys); err != nil {
		return nil, err
	}
	values := fileValues{}
	for key, value := range keys {
		switch value := value.(type) {
		case nil:
		case []any:
			words := make([]string, len(value))
			for i, word := range value {
				words[i] = fmt.Sprint(word)
			}
			values[key] = kong.JoinEscaped(words, ',')
		default:
			values[key] = fmt.Sprint(value)
		}
	}
	return values, nil
}

// resolve gives kong the file's value of a flag that the environment does not
// set. (kong puts resolvers above the environment by itself.)
func (v fileValues) resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if value, ok := v[flag.Name]; ok {
		return value, nil
	}
	return nil, nil
}

// defaultConfigFile is where the file is looked for when none is named.
func defaultConfigFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "virtualcube", "config.yaml")
}
