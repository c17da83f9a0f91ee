// Package shaders holds the OpenGL 4.5 programs of the renderer. Every file
// begins with its inputs, outputs and spaces. Programs are put together from
// named parts, so that one definition serves several of them.
package shaders

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.glsl *.vert *.frag
var files embed.FS

// Source joins the named parts behind the version line and the definitions,
// which are lines of GLSL. It fails for a part that does not exist.
func Source(definitions string, parts ...string) (string, error) {
	var b strings.Builder
	b.WriteString("#version 450 core\n" + definitions)
	for _, name := range parts {
		text, err := files.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("read shader part: %w", err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String(), nil
}
