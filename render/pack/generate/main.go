// Command generate writes the packed view's constants for the shaders and the
// client, and the test vectors that Go and TypeScript share.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/virtualcube/virtualcube/render/pack/generate/emit"
)

func main() {
	root := flag.String("root", "../..", "the repository's root")
	flag.Parse()
	files, err := emit.Files()
	if err != nil {
		log.Fatal(err)
	}
	for path, data := range files {
		full := filepath.Join(*root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			log.Fatal(fmt.Errorf("write generated layout: %w", err))
		}
	}
}
