// Package process runs filters in processes of their own, which may be killed at
// any moment: the call goes on. Launcher.Isolate makes of a filter one that is
// opened so; Serve is the other side, which the hidden command filter-process of
// the main package calls.
//
// # The two sides
//
// Each stage has one child. They share a connection that keeps messages apart (a
// pair of Unix sockets) and, for pictures, slots of memory: files without a name
// that the parent makes, seals and hands over. The parent alone decides what a
// slot is for. A frame is written once, into a slot; where the child returns an
// input, the caller gets that input; where it makes a frame, that goes into a slot
// that the parent offered, and the planes of the frame that the caller gets are
// that slot's until its last release. Sound goes through the connection.
//
//	parent                              child
//	  open: filter, parameters, rig  ->
//	                                 <- ready, or refused: why
//	  slot, drop: memory             ->
//	  values: parameters             ->
//	  process: number, frames        ->
//	                                 <- observed
//	                                 <- want: slots of these sizes
//	  grant: slots                   ->
//	                                 <- result: number, slots that it no longer holds, frames
//
// Where sizes change, slots that nobody holds and that are too small make way for
// larger ones. A stage has at most 128 slots and Launcher.Shared bytes; where all
// are held, a frame is refused and the child lives on. The slots of a child are
// given to no other: they are unmapped when it is gone and their frames are
// released.
//
// # What a child can do to its parent
//
// All that the parent obeys arrives in messages, which the kernel copies; nothing
// in shared memory is more than pixels. Of a frame a message says only its stamps
// and sizes: where its planes lie follows from those. Everything is checked, and a
// child that writes what cannot be is killed. The memory is sealed, so that it
// cannot be taken from under the parent. A malicious child may still show wrong
// pictures, also in frames that it has handed on.
//
// # What is contained, and what is not
//
// This contains crashes, not attacks. A child may exit, panic, fault, block, run
// out of memory or be killed: Process returns an error that wraps ErrDied, and the
// host opens the filter anew. Kill ends it whatever it does. It gets a few
// variables of the environment (Passed) and no open file of the node; no keys are
// among them. It cannot gain rights (no_new_privs), leaves no dumps, ends with its
// parent, has a limit on its memory, and is the first to go where the machine has
// none left. But it runs as the same user, with the same files and the same
// network, and could trace its parent where the system allows that: do not load
// weights or code here that you would not run. WebAssembly is for those (package
// wasm).
package process
