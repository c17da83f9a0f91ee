// Package netem is a bad network inside one process, for tests and benchmarks:
// what netem does in Linux, without its privileges. A Link is the way between
// one client and all others. Its Net makes the UDP sockets of the client's ICE
// agent, its Tunnel takes the client's TCP connections; packets are lost, come
// late and out of order, wait at a bottleneck, and nothing passes while the link
// is cut.
package netem
