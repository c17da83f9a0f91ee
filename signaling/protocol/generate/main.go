// Command generate writes the TypeScript types of package protocol, by
// reflection over its structs, to the file that is named. Comments stay in
// Go: the generated file points there.
package main

import (
	"fmt"
	"os"

	"github.com/virtualcube/virtualcube/signaling/protocol/typescript"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FILE")
		os.Exit(2)
	}
	source, err := typescript.Source()
	if err == nil {
		err = os.WriteFile(os.Args[1], source, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate protocol:", err)
		os.Exit(1)
	}
}
