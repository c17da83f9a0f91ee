package wasm

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// check is an empty loop. At the head of a loop, and nowhere else, what the
// compiler makes looks whether its time is over, and lets Go stop it for a
// moment. Code that ran long without one would not only outlast its time: it
// would hold up the whole program at the next collection of garbage.
const check = "\x03\x40\x0b"

const maxLocals = 10_000 // of a function

// guard reads the section of the functions' code and returns it with a check at
// the entry of each that calls others, or itself, and before each instruction that
// may work on all of the memory.
func (r *reader) guard() []byte {
	n := r.count()
	made := binary.AppendUvarint(nil, uint64(n))
	for i := uint32(0); i < n && r.err == nil; i++ {
		f := &reader{left: r.take(uint64(r.number()))}
		body := f.function()
		if r.err == nil && f.err != nil {
			r.fail("function %d: %w", i, f.err)
		}
		made = binary.AppendUvarint(made, uint64(len(body)))
		made = append(made, body...)
	}
	return made
}

func (r *reader) function() []byte {
	whole := r.left
	var locals uint64
	r.each(func() {
		locals += uint64(r.number())
		r.value()
	})
	if locals > maxLocals {
		r.fail("it has %d local variables, at most %d are possible", locals, maxLocals)
	}
	made := bytes.Clone(whole[:len(whole)-len(r.left)])
	entry, calls := len(made), false
	for len(r.left) > 0 {
		rest := r.left
		switch r.instruction() {
		case calling:
			calls = true
		case long:
			made = append(made, check...)
		}
		made = append(made, rest[:len(rest)-len(r.left)]...)
	}
	if calls {
		made = slices.Insert(made, entry, []byte(check)...)
	}
	return made
}

// effort is how long an instruction works.
type effort int

const (
	short   effort = iota
	calling        // as long as what it calls
	long           // as long as it is told to
)

// instruction reads one. (WebAssembly Core Specification 2.0, 5.4)
func (r *reader) instruction() effort {
	switch op := r.byte(); {
	case op <= 0x01, op == 0x05, op == 0x0b, op == 0x0f, op == 0x1a, op == 0x1b, op >= 0x45 && op <= 0xc4, op == 0xd1:
	case op >= 0x02 && op <= 0x04: // block, loop, if: a type, or the index of one
		r.skipNumber()
	case op == 0x0c, op == 0x0d, op >= 0x20 && op <= 0x26, op == 0x3f, op == 0x40, op == 0xd2:
		r.number()
	case op == 0x10: // call
		r.number()
		return calling
	case op == 0x11: // call_indirect
		r.number()
		r.number()
		return calling
	case op >= 0x28 && op <= 0x3e: // loads and stores
		r.number()
		r.number()
	case op == 0x0e: // br_table
		r.each(func() { r.number() })
		r.number()
	case op == 0x1c: // select
		r.each(r.value)
	case op == 0x41, op == 0x42: // i32.const, i64.const
		r.skipNumber()
	case op == 0x43: // f32.const
		r.take(4)
	case op == 0x44: // f64.const
		r.take(8)
	case op == 0xd0: // ref.null
		r.value()
	case op == 0xfc:
		return r.bulk()
	case op == 0xfd:
		r.vector()
	default:
		r.fail("the instruction %#x is none of WebAssembly 2.0", op)
	}
	return short
}

// bulk reads the rest of an instruction that begins with 0xfc.
func (r *reader) bulk() effort {
	switch op := r.number(); {
	case op <= 7: // conversions
		return short
	case op == 15:
		r.fail("tables cannot grow here: table.grow would take any memory")
	case op == 8, op == 10, op == 12, op == 14: // memory.init, memory.copy, table.init, table.copy
		r.number()
		r.number()
	case op <= 17:
		r.number()
	default:
		r.fail("the instruction 0xfc %d is none of WebAssembly 2.0", op)
	}
	return long
}

// vector reads the rest of an instruction that begins with 0xfd.
func (r *reader) vector() {
	switch op := r.number(); {
	case op <= 11, op == 92, op == 93: // loads and a store
		r.number()
		r.number()
	case op == 12, op == 13: // v128.const, i8x16.shuffle
		r.take(16)
	case op >= 21 && op <= 34: // of one lane
		r.byte()
	case op >= 84 && op <= 91: // loads and stores of one lane
		r.number()
		r.number()
		r.byte()
	case op > 255:
		r.fail("the instruction 0xfd %d is none of WebAssembly 2.0", op)
	}
}
