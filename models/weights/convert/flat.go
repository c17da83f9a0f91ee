package convert

import (
	"encoding/binary"
	"fmt"
)

// flat reads a FlatBuffer (flatbuffers.dev, "Internals"). It remembers the first
// error and then reads zeros.
type flat struct {
	data []byte
	err  error
}

// table is the position of a table; 0 is none, of which every field is absent.
type table int

// at are n bytes at a position.
func (f *flat) at(position, n int) []byte {
	if f.err == nil && (position < 0 || n < 0 || n > len(f.data) || position > len(f.data)-n) {
		f.err = fmt.Errorf("%w: the file ends within a FlatBuffer's table", ErrModel)
	}
	if f.err != nil {
		return make([]byte, min(max(n, 0), 8))
	}
	return f.data[position : position+n]
}

func (f *flat) uint32(position int) int { return int(binary.LittleEndian.Uint32(f.at(position, 4))) }
func (f *flat) int32(position int) int  { return int(int32(f.uint32(position))) }
func (f *flat) uint16(position int) int { return int(binary.LittleEndian.Uint16(f.at(position, 2))) }

// root is the outermost table.
func (f *flat) root() table { return table(f.uint32(0)) }

// field is the position of a table's field, 0 where it is absent.
func (f *flat) field(t table, field int) int {
	if t == 0 {
		return 0
	}
	vtable := int(t) - f.int32(int(t))
	entry := 4 + 2*field
	if entry+2 > f.uint16(vtable) {
		return 0
	}
	if offset := f.uint16(vtable + entry); offset != 0 {
		return int(t) + offset
	}
	return 0
}

// byte is a field of one byte.
func (f *flat) byte(t table, field int) int {
	if at := f.field(t, field); at != 0 {
		return int(f.at(at, 1)[0])
	}
	return 0
}

// int is a field of four bytes.
func (f *flat) int(t table, field, absent int) int {
	if at := f.field(t, field); at != 0 {
		return f.int32(at)
	}
	return absent
}

// table is a field that is a table.
func (f *flat) table(t table, field int) table {
	if at := f.field(t, field); at != 0 {
		return table(at + f.uint32(at))
	}
	return 0
}

// vector is the position and the length of a field that is a vector.
func (f *flat) vector(t table, field, size int) (position, n int) {
	at := f.field(t, field)
	if at == 0 {
		return 0, 0
	}
	position = at + f.uint32(at)
	n = f.uint32(position)
	f.at(position+4, n*size)
	if f.err != nil {
		return 0, 0
	}
	return position + 4, n
}

// bytes is a field that is a vector of bytes, or a string.
func (f *flat) bytes(t table, field int) []byte {
	position, n := f.vector(t, field, 1)
	return f.at(position, n)
}

// ints is a field that is a vector of int32.
func (f *flat) ints(t table, field int) []int {
	position, n := f.vector(t, field, 4)
	list := make([]int, n)
	for k := range list {
		list[k] = f.int32(position + 4*k)
	}
	return list
}

// tables is a field that is a vector of tables.
func (f *flat) tables(t table, field int) []table {
	position, n := f.vector(t, field, 4)
	list := make([]table, n)
	for k := range list {
		at := position + 4*k
		list[k] = table(at + f.uint32(at))
	}
	return list
}
