// Package limitedlog writes warnings that may come with every frame, each at most
// once a second.
package limitedlog
