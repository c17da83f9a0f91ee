// Package media holds the one port that all media goes through, UDP and ICE
// over TCP on the same number, and how peers are reached through it: the node
// is an ICE-lite agent, whose addresses are those of the port.
package media
