package token

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func elliptical(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func asSet(t testing.TB, keys ...jose.JSONWebKey) []byte {
	t.Helper()
	data, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseKeySet(t *testing.T) {
	private := elliptical(t, elliptic.P256())
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := jose.JSONWebKey{Key: &private.PublicKey, KeyID: "good"}
	many := make([]jose.JSONWebKey, maxKeys+1)
	for i := range many {
		many[i] = good
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		data []byte
		want int // keys; 0 is an error
	}{
		{"one", asSet(t, good), 1},
		{"two kinds", asSet(t, good, jose.JSONWebKey{Key: ed.Public(), KeyID: "ed"}), 2},
		{"unknown kind beside", []byte(strings.Replace(string(asSet(t, good)), "[", `[{"kty":"NEW"},{"kty":"RSA","n":7},`, 1)), 1},
		{"private", asSet(t, jose.JSONWebKey{Key: private, KeyID: "x"}), 0},
		{"symmetric", asSet(t, jose.JSONWebKey{Key: []byte("0123456789abcdef0123456789abcdef"), KeyID: "x"}), 0},
		{"for encryption", asSet(t, jose.JSONWebKey{Key: &private.PublicKey, Use: "enc"}), 0},
		{"for another algorithm", asSet(t, jose.JSONWebKey{Key: &private.PublicKey, Algorithm: "HS256"}), 0},
		{"another curve", asSet(t, jose.JSONWebKey{Key: &elliptical(t, elliptic.P384()).PublicKey}), 0},
		{"short RSA", asSet(t, jose.JSONWebKey{Key: &short.PublicKey}), 0},
		{"empty", []byte(`{"keys":[]}`), 0},
		{"no set", []byte(`[]`), 0},
		{"no JSON", []byte(`<html>`), 0},
		{"too many", asSet(t, many...), 0},
	} {
		keys, err := parseKeySet(test.data)
		if len(keys) != test.want || (err != nil) != (test.want == 0) {
			t.Errorf("%s: %d keys, %v; want %d", test.name, len(keys), err, test.want)
		}
	}
}

func TestCheckKeySet(t *testing.T) {
	for source, good := range map[string]bool{
		"keys.json": true, "/etc/keys.json": true, "https://id.example/keys": true, "http://127.0.0.1:8080/keys": true, "http://localhost/keys": true,
		"http://id.example/keys": false, "ftp://id.example/keys": false, "https://": false, "https://user:secret@id.example/": false, "file:///etc/keys": false,
	} {
		if err := CheckKeySet(source); (err == nil) != good {
			t.Errorf("%s: %v, want good %t", source, err, good)
		} else if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the message %v tells the password", source, err)
		}
	}
}

func TestKeySetFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if _, err := newKeySet(path, quiet); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a missing file: %v", err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte(" "), maxKeySet+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newKeySet(path, quiet); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("a large file: %v", err)
	}
}

// server answers requests without a network.
type server func(*http.Request) *http.Response

func (s server) RoundTrip(r *http.Request) (*http.Response, error) {
	if a := s(r); a != nil {
		a.Request = r
		return a, nil
	}
	return nil, errors.New("no route")
}

func answer(status int, body []byte) *http.Response {
	w := httptest.NewRecorder()
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return w.Result()
}

// TestKeySetIsFetched holds when keys are fetched: at the start, in intervals,
// and for unknown keys once a minute at most; and that a failure keeps them.
func TestKeySetIsFetched(t *testing.T) {
	first, second := elliptical(t, elliptic.P256()), elliptical(t, elliptic.P256())
	synctest.Test(t, func(t *testing.T) {
		s, err := newKeySet("https://id.example/keys?secret=1", quiet)
		if err != nil {
			t.Fatal(err)
		}
		var fetches atomic.Int32
		var now atomic.Pointer[[]byte] // what the server has, nil if it fails
		have := func(k *ecdsa.PrivateKey, id string) {
			data := asSet(t, jose.JSONWebKey{Key: &k.PublicKey, KeyID: id})
			now.Store(&data)
		}
		have(first, "1")
		s.client.Transport = server(func(*http.Request) *http.Response {
			fetches.Add(1)
			if data := now.Load(); data != nil {
				return answer(http.StatusOK, *data)
			}
			return answer(http.StatusInternalServerError, []byte("sorry"))
		})
		if s.find("1", jose.ES256) != nil || s.loaded() || fetches.Load() != 0 {
			t.Error("asking for a key fetched it")
		}
		<-s.wanted
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.run(ctx) }()
		synctest.Wait()
		if fetches.Load() != 1 || s.find("1", jose.ES256) == nil {
			t.Errorf("%d fetches, key 1 %v", fetches.Load(), s.find("1", jose.ES256))
		}
		have(second, "2")
		for range 1000 { // somebody tries ids
			_ = s.find("2", jose.ES256)
		}
		<-time.After(retryEvery - time.Second)
		synctest.Wait()
		if fetches.Load() != 1 {
			t.Errorf("unknown keys fetched %d times within a minute", fetches.Load())
		}
		<-time.After(2 * time.Second)
		synctest.Wait()
		if fetches.Load() != 2 || s.find("2", jose.ES256) == nil || s.find("1", jose.ES256) != nil {
			t.Errorf("%d fetches, the new key is not there", fetches.Load())
		}
		<-s.wanted // of the question for key 1
		now.Store(nil)
		<-time.After(refreshEvery)
		synctest.Wait()
		if fetches.Load() != 3 || s.find("2", jose.ES256) == nil {
			t.Errorf("%d fetches; a failure should keep the keys", fetches.Load())
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestKeySetSources(t *testing.T) {
	key := elliptical(t, elliptic.P256())
	good := asSet(t, jose.JSONWebKey{Key: &key.PublicKey, KeyID: "1"})
	for _, test := range []struct {
		name   string
		server server
		want   string // in the message, empty: loaded
	}{
		{"good", func(*http.Request) *http.Response { return answer(http.StatusOK, good) }, ""},
		{"not there", func(*http.Request) *http.Response { return answer(http.StatusNotFound, good) }, "404"},
		{"too large", func(*http.Request) *http.Response {
			return answer(http.StatusOK, bytes.Repeat([]byte(" "), maxKeySet+1))
		}, "bytes"},
		{"a page", func(*http.Request) *http.Response { return answer(http.StatusOK, []byte("<html>")) }, "Key Set"},
		{"no network", func(*http.Request) *http.Response { return nil }, "no route"},
		{"to http", func(*http.Request) *http.Response { return redirect("http://id.example/") }, "https"},
		{"in circles", func(*http.Request) *http.Response { return redirect("https://id.example/") }, "redirects"},
		{"once", func(r *http.Request) *http.Response {
			if r.URL.Path == "/keys" {
				return redirect("https://id.example/there")
			}
			return answer(http.StatusOK, good)
		}, ""},
	} {
		s, err := newKeySet("https://id.example/keys?secret=1", quiet)
		if err != nil {
			t.Fatal(err)
		}
		s.client.Transport = test.server
		err = s.load(t.Context())
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) || s.loaded() != (err == nil) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: message %v tells the query", test.name, err)
		}
	}
}

func redirect(to string) *http.Response {
	a := answer(http.StatusFound, nil)
	a.Header.Set("Location", to)
	return a
}

func FuzzParseKeySet(f *testing.F) {
	key := elliptical(f, elliptic.P256())
	f.Add(asSet(f, jose.JSONWebKey{Key: &key.PublicKey, KeyID: "1", Use: "sig", Algorithm: "ES256"}))
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"OKP","crv":"Ed25519","x":"AA"},{"kty":"oct","k":"AA"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","x5c":["AA"]},null,7]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := parseKeySet(data)
		if (err == nil) != (len(keys) > 0) {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for _, k := range keys {
			if !k.IsPublic() || !k.Valid() {
				t.Fatalf("key %q is none to verify with", k.KeyID)
			}
		}
	})
}
