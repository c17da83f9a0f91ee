package wasm_test

import (
	"encoding/binary"
	"maps"
	"slices"
)

// source is a module before it is encoded: a filter that returns its input, where
// nothing else is said.
type source struct {
	describe string
	bodies   map[string][]byte // instructions by export; nil: it is not exported
	imports  [][2]string       // of type (i32, i32) or, for observe_voice, (f64)
	memory   []byte            // the section's content; nil: four pages, eight at most
	sections map[byte][]byte   // further ones, by id
	types    map[string]byte   // of exports that have another than they should
	abi      byte              // beyond 1
}

// Where the source's parts lie in its memory.
const (
	valuesAt  = 64
	messageAt = 128
	inputAt   = 1024
	outputAt  = inputAt + 4096
	nextAt    = 60 // the bytes of the buffers so far, an i32

	describeAt = 16384
)

// The types of functions.
const (
	typeI          = iota // () i32
	typeII                // (i32) i32
	typeIIII              // (i32, i32, i32) i32
	typeIF                // (i32, f64)
	typeIn                // (i32, i32)
	typeF                 // (f64)
	typeNone              // ()
	i32, f64, void = 0x7f, 0x7c, 0x40
)

// Instructions.
var (
	unreachable = []byte{0x00}
	end         = []byte{0x0b}
	forever     = []byte{0x03, void, 0x0c, 0, 0x0b} // loop br 0 end
	add         = []byte{0x6a}
	drop        = []byte{0x1a}
	grow        = []byte{0x40, 0}
)

func code(parts ...[]byte) []byte { return slices.Concat(parts...) }
func constant(n int32) []byte     { return append([]byte{0x41}, signed(int64(n))...) }
func float(b uint64) []byte       { return binary.LittleEndian.AppendUint64([]byte{0x44}, b) }
func local(i byte) []byte         { return []byte{0x20, i} }
func call(i byte) []byte          { return []byte{0x10, i} }
func loadI(offset uint64) []byte  { return append([]byte{0x28, 2}, unsigned(offset)...) }
func storeI(offset uint64) []byte { return append([]byte{0x36, 2}, unsigned(offset)...) }
func loadF(offset uint64) []byte  { return append([]byte{0x2b, 3}, unsigned(offset)...) }
func storeF(offset uint64) []byte { return append([]byte{0x39, 3}, unsigned(offset)...) }
func store32(offset uint64) []byte {
	return append([]byte{0xb6, 0x38, 2}, unsigned(offset)...) // f32.demote_f64 f32.store
}

func unsigned(n uint64) []byte { return binary.AppendUvarint(nil, n) }

func signed(n int64) []byte {
	var b []byte
	for {
		low := byte(n & 0x7f)
		n >>= 7
		if n == 0 && low&0x40 == 0 || n == -1 && low&0x40 != 0 {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}

func vector(parts ...[]byte) []byte { return append(unsigned(uint64(len(parts))), code(parts...)...) }
func name(s string) []byte          { return append(unsigned(uint64(len(s))), s...) }

func section(id byte, content []byte) []byte {
	return code([]byte{id}, unsigned(uint64(len(content))), content)
}

// pass returns the input.
func pass() []byte {
	return code(local(1), local(0), local(2), constant(4), []byte{0x6c}, []byte{0xfc, 10, 0, 0}, constant(0))
}

// bytes encodes the module.
func (s source) bytes() []byte {
	bodies := map[string][]byte{
		"vc_abi":       constant(1 + int32(s.abi)),
		"vc_describe":  constant(describeAt),
		"vc_parameter": code(local(0), constant(8), []byte{0x6c}, local(1), storeF(valuesAt)),
		"vc_open":      constant(0),
		"vc_buffer": code(
			constant(0), constant(0), loadI(nextAt), constant(4096), add, storeI(nextAt),
			constant(0), loadI(nextAt), constant(inputAt-4096), add),
		"vc_process": pass(),
	}
	types := map[string]byte{"vc_abi": typeI, "vc_describe": typeI, "vc_parameter": typeIF, "vc_open": typeII, "vc_buffer": typeII, "vc_process": typeIIII, "_initialize": typeNone}
	maps.Copy(types, s.types)
	maps.Copy(bodies, s.bodies)
	var functions, exports, codes, imports [][]byte
	for _, i := range s.imports {
		kind := byte(typeIn)
		if i[1] == "observe_voice" {
			kind = typeF
		}
		imports = append(imports, code(name(i[0]), name(i[1]), []byte{0, kind}))
	}
	for _, export := range slices.Sorted(maps.Keys(bodies)) {
		if bodies[export] == nil {
			continue
		}
		index := uint64(len(imports) + len(functions))
		functions = append(functions, []byte{types[export]})
		exports = append(exports, code(name(export), []byte{0}, unsigned(index)))
		body := code(vector(), bodies[export], end)
		codes = append(codes, code(unsigned(uint64(len(body))), body))
	}
	exports = append(exports, code(name("memory"), []byte{2, 0}))
	if s.memory == nil {
		s.memory = vector([]byte{1, 4, 8})
	}
	text := binary.LittleEndian.AppendUint32(nil, uint32(len(s.describe)))
	message := code([]byte{4, 0, 0, 0}, []byte("oops"))
	data := vector(
		code([]byte{0}, constant(describeAt), end, unsigned(uint64(4+len(s.describe))), text, []byte(s.describe)),
		code([]byte{0}, constant(messageAt), end, unsigned(uint64(len(message))), message),
	)
	made := map[byte][]byte{
		1: vector(
			[]byte{0x60, 0, 1, i32}, []byte{0x60, 1, i32, 1, i32}, []byte{0x60, 3, i32, i32, i32, 1, i32},
			[]byte{0x60, 2, i32, f64, 0}, []byte{0x60, 2, i32, i32, 0}, []byte{0x60, 1, f64, 0}, []byte{0x60, 0, 0}),
		2: vector(imports...), 3: vector(functions...), 5: s.memory, 7: vector(exports...), 10: vector(codes...), 11: data,
	}
	maps.Copy(made, s.sections)
	module := []byte("\x00asm\x01\x00\x00\x00")
	for _, id := range slices.Sorted(maps.Keys(made)) {
		module = append(module, section(id, made[id])...)
	}
	return module
}
