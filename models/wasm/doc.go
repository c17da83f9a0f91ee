// Package wasm makes audio filters of WebAssembly modules, written in any
// language that compiles to them, by people whose code a node need not trust. It
// is the only one that knows wazero. The folder example holds one in
// AssemblyScript.
//
// # What a module is, version 1
//
// A core module of WebAssembly 2.0 with the exports
//
//	memory                                             its memory
//	vc_abi() i32                                       1: the version of this page
//	vc_describe() i32                                  the address of a text: what it is, below
//	vc_parameter(index i32, value f64)                 takes a parameter; not needed where it has none
//	vc_open(rate i32) i32                              makes it ready for samples at 48000 a second
//	vc_buffer(bytes i32) i32                           the address of room for samples, a multiple of 4
//	vc_process(input i32, output i32, samples i32) i32 filters one stretch
//
// A text is its length in bytes, as an u32 (little-endian, as all numbers are),
// and then UTF-8. vc_open and vc_process return 0, or the address of a text of at
// most 256 bytes that says what is wrong: an instance that does not open is given
// up, a stretch that fails is treated as "failing" says.
//
// A node calls _initialize, where it is exported; vc_abi and vc_describe when it
// loads the file. A stream has an instance of its own, which nothing else shares.
// There it calls _initialize, vc_parameter for every parameter in order, vc_open,
// vc_buffer twice (for the input and the output), then for every 20 ms of a voice
// vc_parameter for those that changed, and vc_process. Input and output are
// samples f32 from -1 to 1; of the output, anything else, NaN too, is an error.
// The module need not fill all of its output at first: what it looks ahead is
// silence until then, and the node stamps what comes out accordingly.
//
// # What it says of itself
//
// vc_describe's text has at most 16 KiB of JSON, an object with
//
//	name                lower-case words joined by "-"; no other filter of the node has it
//	summary             one sentence, shown to everyone in the room
//	look_ahead_samples  by how much output lags behind input; 0 where it is left out
//	latency_us          how long vc_process takes at most, as a rule: 1 to 20000, the length of a stretch
//	late, failing       "pass", "hold" or "skip": what becomes of a stretch that is late, or fails
//	private             true: the voice as it came must never be heard (a voice changer)
//	observes            true: it only listens; the output is not looked at
//	parameters          a list, as package parameter has them in JSON: {"name": "threshold",
//	                    "type": "number", "default": -24, "min": -60, "max": 0, "unit": "dB",
//	                    "help": "above which it works", "live": true}
//
// The type of a parameter is number, integer, switch or choice; text is not
// possible. The value of a switch is 0 or 1, of a choice its place among the
// choices, from 0. One that is not live never changes after vc_open.
//
// # What it is offered
//
// Two functions, to import from "vc" or not:
//
//	log(address i32, bytes i32)     UTF-8 for the node's log: five at once, one a second, the first 1 KiB;
//	                                nothing is logged of vc_describe
//	observe_voice(probability f64)  0 to 1: whether somebody speaks; the last of a stretch counts
//
// There is no WASI: no files, clock, environment or network. Compile for
// wasm32-unknown-unknown, freestanding, or whatever the language calls it.
//
// # Limits
//
// A file has at most 4 MiB, and a table 65,536 entries, which cannot grow; neither
// threads, nor 64-bit memory, nor typed references are known. An instance has
// 32 MiB of memory, beyond which memory.grow returns -1; 1 s for a stretch (which is
// long late by then); 2 s for all that comes before the first. An instance that takes longer, traps, or
// gives an address outside its memory is ended: from then on it returns an error
// that wraps models.ErrDead, and the host opens another. The stack of calls is the
// compiler's own and grows to some 100 MB before a recursion without end traps.
//
// To keep to its time, what runs has to look at it. wazero has it do so at the head
// of each loop; this package adds it where a function calls others, and before
// instructions on whole ranges of memory. So a call costs some 20 ns: compilers
// should be let inline what is called for every sample.
//
// A module computes what it likes with the samples of the stream that it is
// given, and can keep one core busy for the time above; nothing else of the node
// is within its reach. Compiling one has no limit of time but the file's size, and
// a function made for it takes minutes: take files from people who would not jam
// the start of a node.
//
// On amd64 and arm64 modules are compiled to machine code; elsewhere they are
// interpreted, and take many times as long.
package wasm
