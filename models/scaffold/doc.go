// Package scaffold begins filters: it makes the folder of one that works, whose
// tests pass, from a template a kind, and adds it to the table of filters.
package scaffold
