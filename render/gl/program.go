package gl

import (
	"fmt"
	"strings"

	gl45 "github.com/go-gl/gl/v4.5-core/gl"
)

// Program is a linked pair of vertex and fragment shaders.
type Program struct {
	name     string
	id       uint32
	uniforms map[string]int32
}

// NewProgram compiles and links. The error holds the driver's log.
func NewProgram(name, vertex, fragment string) (*Program, error) {
	p := &Program{name: name, id: gl45.CreateProgram(), uniforms: map[string]int32{}}
	for _, s := range []struct {
		kind   uint32
		source string
	}{{gl45.VERTEX_SHADER, vertex}, {gl45.FRAGMENT_SHADER, fragment}} {
		id := gl45.CreateShader(s.kind)
		source, free := gl45.Strs(s.source + "\x00")
		gl45.ShaderSource(id, 1, source, nil)
		free()
		gl45.CompileShader(id)
		var ok int32
		if gl45.GetShaderiv(id, gl45.COMPILE_STATUS, &ok); ok == 0 {
			err := fmt.Errorf("compile shader %s: %s", name, shaderLog(id))
			gl45.DeleteShader(id)
			p.Delete()
			return nil, err
		}
		gl45.AttachShader(p.id, id)
		gl45.DeleteShader(id)
	}
	gl45.LinkProgram(p.id)
	var ok int32
	if gl45.GetProgramiv(p.id, gl45.LINK_STATUS, &ok); ok == 0 {
		var n int32
		gl45.GetProgramiv(p.id, gl45.INFO_LOG_LENGTH, &n)
		log := strings.Repeat("\x00", int(n)+1)
		gl45.GetProgramInfoLog(p.id, n, nil, gl45.Str(log))
		p.Delete()
		return nil, fmt.Errorf("link shader %s: %s", name, strings.TrimRight(log, "\x00\n"))
	}
	return p, nil
}

func shaderLog(id uint32) string {
	var n int32
	gl45.GetShaderiv(id, gl45.INFO_LOG_LENGTH, &n)
	log := strings.Repeat("\x00", int(n)+1)
	gl45.GetShaderInfoLog(id, n, nil, gl45.Str(log))
	return strings.TrimRight(log, "\x00\n")
}

// Use makes the program draw.
func (p *Program) Use() { gl45.UseProgram(p.id) }

func (p *Program) uniform(name string) int32 {
	at, ok := p.uniforms[name]
	if !ok {
		at = gl45.GetUniformLocation(p.id, gl45.Str(name+"\x00"))
		p.uniforms[name] = at
	}
	return at
}

// Ints sets an int, ivec2, ivec3 or ivec4. Uniforms that the compiler removed
// are passed over.
func (p *Program) Ints(name string, v ...int32) {
	at := p.uniform(name)
	switch len(v) {
	case 1:
		gl45.ProgramUniform1i(p.id, at, v[0])
	case 2:
		gl45.ProgramUniform2i(p.id, at, v[0], v[1])
	case 3:
		gl45.ProgramUniform3i(p.id, at, v[0], v[1], v[2])
	case 4:
		gl45.ProgramUniform4i(p.id, at, v[0], v[1], v[2], v[3])
	default:
		panic("gl: an int uniform has 1 to 4 components")
	}
}

// Floats sets a float, vec2, vec3 or vec4.
func (p *Program) Floats(name string, v ...float64) {
	at := p.uniform(name)
	switch len(v) {
	case 1:
		gl45.ProgramUniform1f(p.id, at, float32(v[0]))
	case 2:
		gl45.ProgramUniform2f(p.id, at, float32(v[0]), float32(v[1]))
	case 3:
		gl45.ProgramUniform3f(p.id, at, float32(v[0]), float32(v[1]), float32(v[2]))
	case 4:
		gl45.ProgramUniform4f(p.id, at, float32(v[0]), float32(v[1]), float32(v[2]), float32(v[3]))
	default:
		panic("gl: a float uniform has 1 to 4 components")
	}
}

// Matrix3 sets a mat3 from row-major values.
func (p *Program) Matrix3(name string, m [9]float64) {
	var f [9]float32
	for i, v := range m {
		f[i] = float32(v)
	}
	gl45.ProgramUniformMatrix3fv(p.id, p.uniform(name), 1, true, &f[0])
}

// Delete frees the program. It may be nil.
func (p *Program) Delete() {
	if p != nil {
		gl45.DeleteProgram(p.id)
	}
}
