// Package multiview runs the views of one cube: from as few vantage points as
// its viewers need and the node affords (package vantage), rendered one after
// the other by one renderer from the same frame set, each encoded once.
//
// Views has a slot for every view that the budget allows, with a ladder of
// its own. Run's goroutine owns the renderer and the planner: it takes the newest
// frame set, plans for the eyes as they are, and renders every view that
// somebody watches once. A view whose turn comes when the frame set is two
// periods old waits for a newer one and is then the first, so that none
// starves. Beside it each view that is open has a goroutine that encodes. A
// view ends, and its encoder closes, when nobody is left at it and another one
// is open; nobody watching means nothing rendered, but for the very first view,
// which shows that the machine can.
//
// # Viewers
//
// Each viewer is a Watcher. Its eye goes in; the view that it belongs to and
// framing windows come out. A viewer who is to change the view is told of the
// new one's windows, moves its end of the ladder (fanout.Subscriber.Move)
// and says when it has arrived. Until then both views go on and the viewer is told
// of the windows of both; their ids are the cube's, so that they cannot be
// taken for one another. The strip of every frame says from which eye it is,
// which is all that a page needs to go on without a jump. Viewers that never
// send an eye share the view with the most viewers.
package multiview
