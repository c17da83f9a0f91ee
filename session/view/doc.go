// Package view is one view of a cube: a frame set and an eye become a packed
// view, the view becomes an encoded picture, and the picture goes to a ladder of rungs.
//
// Whoever owns the renderer calls View.Render; View.Run encodes beside it, so
// that one view is rendered while the one before it is encoded. Between them
// lies a mailbox of one slot: a newer view replaces one that still waits,
// which is released and counted.
//
// A view is encoded once a rung that somebody watches, at its own size and at
// half of it. The half is made from the packed view, and its encoder opens and
// closes with its audience.
//
// Package multiview says which views there are,
// from where, and for whom.
package view
