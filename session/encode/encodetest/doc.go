// Package encodetest holds the contract that every encode.Encoder passes.
package encodetest
