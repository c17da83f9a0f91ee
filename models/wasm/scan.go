package wasm

import (
	"encoding/binary"
	"fmt"
)

// Limits of what a module may declare. The compiler makes room for what is
// declared before it has read it, so that a few bytes could ask for all memory.
const (
	maxTable  = 64 << 10 // entries of a table
	maxTables = 4
)

// The sections of a module. (WebAssembly Core Specification 2.0, 5.5)
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionTable     = 4
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionStart     = 8
	sectionElement   = 9
	sectionCode      = 10
	sectionData      = 11
	sectionDataCount = 12
)

// scan reads the outline of a module and refuses what declares more than it may
// have, or more than the file can hold. It returns the module with its functions
// guarded, and without its custom sections, which hold names and lines for
// debuggers. Whether the rest is valid is for the compiler to say.
func scan(module []byte, memory int) ([]byte, error) {
	if len(module) > maxModule {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrInvalid, maxModule)
	}
	if len(module) < 8 || string(module[:4]) != "\x00asm" {
		return nil, fmt.Errorf("%w: it is no WebAssembly: it does not begin with \\0asm", ErrInvalid)
	}
	if v := binary.LittleEndian.Uint32(module[4:]); v != 1 {
		return nil, fmt.Errorf("%w: it is WebAssembly of version %d, or a component: a core module of version 1 is needed", ErrInvalid, v)
	}
	kept := append([]byte(nil), module[:8]...)
	r := &reader{left: module[8:]}
	for len(r.left) > 0 && r.err == nil {
		id := r.byte()
		content := r.take(uint64(r.number()))
		if r.err != nil {
			break
		}
		if id == sectionCustom {
			continue
		}
		s := &reader{left: content}
		if id == sectionCode {
			content = s.guard()
		} else {
			s.section(id, memory)
		}
		if s.err == nil && len(s.left) > 0 {
			s.fail("%d bytes are left over", len(s.left))
		}
		if s.err != nil {
			return nil, fmt.Errorf("%w: section %d: %w", ErrInvalid, id, s.err)
		}
		kept = binary.AppendUvarint(append(kept, id), uint64(len(content)))
		kept = append(kept, content...)
	}
	if r.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, r.err)
	}
	return kept, nil
}

func (r *reader) section(id byte, memory int) {
	switch id {
	case sectionStart, sectionDataCount:
		r.number()
		return
	case sectionType:
		r.each(func() {
			if form := r.byte(); form != 0x60 {
				r.fail("a type has the form %#x, WebAssembly 2.0 has functions only", form)
			}
			r.each(r.value)
			r.each(r.value)
		})
	case sectionImport:
		r.each(func() { r.imported() })
	case sectionTable:
		if n := r.each(r.table); n > maxTables {
			r.fail("there are %d tables, at most %d are possible", n, maxTables)
		}
	case sectionMemory:
		r.each(func() {
			if pages := r.limits(); int64(pages)*pageSize > int64(memory) {
				r.fail("it asks for %d KiB of memory, the limit is %d KiB", int64(pages)*pageSize/1024, memory/1024)
			}
		})
	case sectionGlobal:
		r.each(func() {
			r.value()
			r.byte() // whether it may change
			r.constant()
		})
	case sectionElement:
		r.each(r.element)
	case sectionData:
		r.each(r.data)
	default: // functions and exports: vectors that their length bounds
		if r.count(); r.err == nil {
			r.left = nil
		}
	}
}

func (r *reader) imported() {
	from, name := r.take(uint64(r.number())), r.take(uint64(r.number()))
	if kind := r.byte(); r.err == nil && kind != 0 {
		r.fail("it imports %.64q from %.64q, which is no function: modules bring their own memory, tables and globals", name, from)
	}
	r.number()
}

func (r *reader) table() {
	r.value()
	if n := r.limits(); n > maxTable {
		r.fail("a table has %d entries, at most %d are possible", n, maxTable)
	}
}

func (r *reader) element() {
	flags := r.number()
	if flags > 7 {
		r.fail("an element segment has the flags %d", flags)
	}
	passive, explicit, expressions := flags&1 != 0, flags&2 != 0, flags&4 != 0
	if !passive {
		if explicit {
			r.number() // the table
		}
		r.constant()
	}
	if passive || explicit {
		r.byte() // the kind, or the type
	}
	r.each(func() {
		if expressions {
			r.constant()
		} else {
			r.number()
		}
	})
}

func (r *reader) data() {
	flags := r.number()
	if flags == 2 {
		r.number() // the memory
	}
	if flags != 1 {
		r.constant()
	}
	r.take(uint64(r.number()))
}
