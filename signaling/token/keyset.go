package token

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Limits of a key set.
const (
	maxKeySet    = 256 << 10 // bytes
	maxKeys      = 64
	minRSA       = 2048 // bits
	fetchWithin  = 10 * time.Second
	maxHeader    = 16 << 10 // bytes
	refreshEvery = 5 * time.Minute
	// retryEvery is the least time between two fetches, whatever asks for them.
	retryEvery   = time.Minute
	maxRedirects = 3
)

// keySet is a JSON Web Key Set that is kept fresh.
type keySet struct {
	source string
	log    *slog.Logger
	client *http.Client
	keys   atomic.Pointer[[]jose.JSONWebKey] // nil until they are loaded
	// wanted asks for keys that are not there. Whoever finds it full is served
	// by the one before.
	wanted chan struct{}
}

func newKeySet(source string, log *slog.Logger) (*keySet, error) {
	if err := CheckKeySet(source); err != nil {
		return nil, err
	}
	s := &keySet{source: source, log: log, wanted: make(chan struct{}, 1), client: newClient()}
	if isURL(source) {
		return s, nil
	}
	return s, s.load(context.Background())
}

func (s *keySet) loaded() bool { return s.keys.Load() != nil }

// find is the public key of an id for an algorithm, or nil. Without an id the
// set must have one key alone that fits. A key that is not there is fetched, for
// the next one who asks.
func (s *keySet) find(id string, algorithm jose.SignatureAlgorithm) any {
	var found []any
	if keys := s.keys.Load(); keys != nil {
		for _, k := range *keys {
			if (id == "" || k.KeyID == id) && fits(k, algorithm) {
				found = append(found, k.Key)
			}
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	select {
	case s.wanted <- struct{}{}:
	default:
	}
	return nil
}

// fits says whether a key may verify signatures of an algorithm.
func fits(k jose.JSONWebKey, algorithm jose.SignatureAlgorithm) bool {
	if k.Algorithm != "" && k.Algorithm != string(algorithm) || k.Use != "" && k.Use != "sig" {
		return false
	}
	switch key := k.Key.(type) {
	case *rsa.PublicKey:
		return algorithm == jose.RS256 && key.N.BitLen() >= minRSA
	case *ecdsa.PublicKey:
		return algorithm == jose.ES256 && key.Curve == elliptic.P256()
	case ed25519.PublicKey:
		return algorithm == jose.EdDSA
	}
	return false
}

// run loads the keys now, at times, and when unknown ones are wanted, but never
// more than once in retryEvery. What was loaded stays until it is replaced.
func (s *keySet) run(ctx context.Context) error {
	s.log.Info("key set followed", "source", s.name())
	failed := false
	for ctx.Err() == nil {
		failed = s.reload(ctx, failed)
		s.pause(ctx, failed)
	}
	s.log.Info("key set no longer followed", "reason", "stopped")
	return nil
}

// reload loads the keys, says so where that changes something, and returns
// whether it failed.
func (s *keySet) reload(ctx context.Context, before bool) (failed bool) {
	err := s.load(ctx)
	switch {
	case err == nil && before:
		s.log.Info("key set loaded again")
	case err != nil && !before && ctx.Err() == nil:
		s.log.Warn("key set not loaded, tried again every minute", "error", err)
	}
	return err != nil
}

// pause waits until the keys are to be loaded again.
func (s *keySet) pause(ctx context.Context, failed bool) {
	least := time.NewTimer(retryEvery)
	defer least.Stop()
	select {
	case <-ctx.Done():
		return
	case <-least.C:
	}
	if failed {
		return
	}
	most := time.NewTimer(refreshEvery - retryEvery)
	defer most.Stop()
	select {
	case <-ctx.Done():
	case <-most.C:
	case <-s.wanted:
	}
}

// name is the source without what a URL's query may hide.
func (s *keySet) name() string {
	source, _, _ := strings.Cut(s.source, "?")
	return source
}
