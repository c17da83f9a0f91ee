// Package filtertest holds filters to their contract (package models). A filter's
// test calls it with one line:
//
//	filtertest.Run(t, definition, filtertest.Options{})
//
// It opens the filter many times, with its defaults and with every parameter at
// its ends, and gives it moving pictures and a voice, silence and black, other
// sizes, gaps and steps back of the stamps, and samples that are no numbers. What
// comes out must be valid, stamped with the instant of its content, and the same
// again for the same input; the input must be as it was.
//
// Options.Golden names a file in testdata that holds what the filter makes of the
// suite's input, coarsely: to write it anew, run the test with
// VIRTUALCUBE_GOLDEN=write and look at the difference.
package filtertest
