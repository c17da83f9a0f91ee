// Package view runs one view of a cube: the newest frame set and the newest
// eye become a packed view, the view becomes an encoded picture, and the
// picture goes to a ladder of rungs.
//
// View.Run uses two goroutines, so that one view is rendered while the one
// before it is encoded. Between them lies a mailbox of one slot: a newer view
// replaces one that still waits, which is released and counted. Nobody
// watching means nothing rendered, but for the very first view, which shows
// that the machine can.
//
// A view is encoded once a rung that somebody watches, at its own size and at
// half of it. The half is made from the packed view, and its encoder opens and
// closes with its audience.
//
// Each viewer is a Watcher: its eye goes in, framing windows come out. The
// viewer who watches longest of those that send an eye leads the view.
package view
