package layers

import "golang.org/x/sys/cpu"

// lanes is how many factors products takes at a time; 0: this processor cannot.
func lanes() int {
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		return 8
	}
	return 0
}

// products is y = Wx with AVX2, where x has n values, a multiple of 8 above 0, y
// has rows, and w both.
//
//go:noescape
func products(y, w, x *float32, rows, n int)
