package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// CheckKeySet says whether a text can name a key set: a file, an https URL, or
// an http URL on this machine. It reads nothing.
func CheckKeySet(source string) error {
	if !isURL(source) {
		return nil
	}
	u, err := url.Parse(source)
	if err != nil || u.Host == "" || u.User != nil {
		return errors.New("a key set is a file or an https URL without a password")
	}
	if !trusted(u) {
		return fmt.Errorf("the key set at %s could be changed on its way: use https", u.Host)
	}
	return nil
}

func isURL(source string) bool { return strings.Contains(source, "://") }

// trusted says whether what comes from a URL is what was sent.
func trusted(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}

func redirected(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects || !trusted(r.URL) {
		return errors.New("it redirects too often or away from https")
	}
	return nil
}

// newClient keeps no connection: it is asked every few minutes.
func newClient() *http.Client {
	return &http.Client{
		Timeout: fetchWithin, CheckRedirect: redirected,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, TLSHandshakeTimeout: fetchWithin,
			MaxResponseHeaderBytes: maxHeader, ForceAttemptHTTP2: true,
		},
	}
}

func (s *keySet) load(ctx context.Context) error {
	var data []byte
	var err error
	if isURL(s.source) {
		data, err = s.fetch(ctx)
	} else {
		data, err = readKeySet(s.source)
	}
	if err != nil {
		return fmt.Errorf("load key set %s: %w", s.name(), err)
	}
	keys, err := parseKeySet(data)
	if err != nil {
		return fmt.Errorf("load key set %s: %w", s.name(), err)
	}
	s.keys.Store(&keys)
	return nil
}

func readKeySet(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded(f)
}

func (s *keySet) fetch(ctx context.Context) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.source, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := s.client.Do(request)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // the URL is said already, and its query is nobody's business
		}
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", response.Status)
	}
	return bounded(response.Body)
}

func bounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxKeySet+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxKeySet {
		return nil, fmt.Errorf("it has more than %d bytes", maxKeySet)
	}
	return data, nil
}

// parseKeySet takes the keys that can verify tokens. Others are left out, as
// RFC 7517 section 5 asks; a private or symmetric key has no business in a set
// that others can read, and is left out too.
func parseKeySet(data []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, errors.New("it is not a JSON Web Key Set (RFC 7517)")
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("it has %d keys, at most %d are taken", len(set.Keys), maxKeys)
	}
	var keys []jose.JSONWebKey
	for _, text := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(text) != nil || !key.IsPublic() {
			continue
		}
		if fits(key, jose.RS256) || fits(key, jose.ES256) || fits(key, jose.EdDSA) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("none of its keys can verify RS256 (2048 bits and more), ES256 or EdDSA signatures")
	}
	return keys, nil
}
