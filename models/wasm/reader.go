package wasm

import "fmt"

// reader reads the parts of a section from left to right. After the first
// mistake, which it keeps, everything reads as zero.
type reader struct {
	left []byte
	err  error
}

func (r *reader) fail(format string, values ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, values...)
	}
	r.left = nil
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.left)) {
		r.fail("it ends too early")
		return nil
	}
	taken := r.left[:n]
	r.left = r.left[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

// number reads an unsigned number of 32 bits, in LEB128.
func (r *reader) number() uint32 {
	var n uint64
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if n > 1<<32-1 {
				break
			}
			return uint32(n)
		}
	}
	r.fail("a number is too long")
	return 0
}

// skipNumber passes over a signed number of at most 64 bits, in LEB128.
func (r *reader) skipNumber() {
	for range 10 {
		if r.byte() < 0x80 {
			return
		}
	}
	r.fail("a number is too long")
}

// count reads the length of a vector, each part of which has a byte at least.
func (r *reader) count() uint32 {
	n := r.number()
	if uint64(n) > uint64(len(r.left)) {
		r.fail("a list of %d has no room in it", n)
		return 0
	}
	return n
}

// each reads a vector, and returns its length.
func (r *reader) each(part func()) uint32 {
	n := r.count()
	for i := uint32(0); i < n && r.err == nil; i++ {
		part()
	}
	return n
}

// value reads the type of a value.
func (r *reader) value() {
	switch t := r.byte(); t {
	case 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f: // i32, i64, f32, f64, v128, funcref, externref
	default:
		r.fail("type %#x is none of WebAssembly 2.0", t)
	}
}

// limits reads the size of a memory or table.
func (r *reader) limits() uint32 {
	flags := r.byte()
	if flags > 1 {
		r.fail("limits have the flags %d: neither shared nor 64-bit memory can be had", flags)
	}
	size := r.number()
	if flags == 1 {
		r.number() // the most that it may grow to
	}
	return size
}

// constant reads a constant expression.
func (r *reader) constant() {
	for r.err == nil {
		switch op := r.byte(); op {
		case 0x0b: // end
			return
		case 0x41, 0x42: // i32.const, i64.const
			r.skipNumber()
		case 0x43: // f32.const
			r.take(4)
		case 0x44: // f64.const
			r.take(8)
		case 0x23, 0xd2: // global.get, ref.func
			r.number()
		case 0xd0: // ref.null
			r.value()
		case 0xfd: // v128.const
			if r.number() != 12 {
				r.fail("a constant is computed by vector instructions")
			}
			r.take(16)
		default:
			r.fail("a constant is computed by the instruction %#x, which WebAssembly 2.0 does not have there", op)
		}
	}
}
