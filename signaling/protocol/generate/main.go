// Command generate writes the TypeScript types of package protocol, by
// reflection over its structs, into the folder that is named, and the JSON
// Schema of the room protocol beside this package's sources. Comments stay in
// Go: the generated files point there.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/virtualcube/virtualcube/signaling/protocol/schema"
	"github.com/virtualcube/virtualcube/signaling/protocol/typescript"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate CLIENT-FOLDER SCHEMA-FILE")
		os.Exit(2)
	}
	for _, file := range []struct {
		path   string
		source func() ([]byte, error)
	}{
		{filepath.Join(os.Args[1], "protocol.gen.ts"), typescript.Source},
		{filepath.Join(os.Args[1], "room.gen.ts"), typescript.Room},
		{os.Args[2], schema.Room},
	} {
		text, err := file.source()
		if err == nil {
			err = os.WriteFile(file.path, text, 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "generate %s: %v\n", file.path, err)
			os.Exit(1)
		}
	}
}
