package signaling

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
)

// Authorized makes the check of bearer tokens (RFC 6750 section 2.1). Without
// keys everybody is let in.
func Authorized(keys []string) func(*http.Request) bool {
	sums := make([][sha256.Size]byte, 0, len(keys))
	for _, k := range keys {
		sums = append(sums, sha256.Sum256([]byte(k)))
	}
	return func(r *http.Request) bool {
		if len(sums) == 0 {
			return true
		}
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return false
		}
		// Every key is compared, in constant time.
		sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
		found := 0
		for _, s := range sums {
			found |= subtle.ConstantTimeCompare(s[:], sum[:])
		}
		return found == 1
	}
}

// keyed lets only requests with a key through.
func keyed(authorized func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !authorized(r) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="virtualcube"`)
			http.Error(w, "a key is needed: send it as Authorization: Bearer KEY", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Headers that pages of allowed origins may send and read (RFC 9725 section 4
// needs them).
const (
	corsMethods = "GET, POST, PATCH, DELETE, OPTIONS"
	corsHeaders = "Authorization, Content-Type, If-Match"
	corsExposed = "Location, ETag, Link, Accept-Patch, Accept-Post, Retry-After"
	corsMaxAge  = "600" // seconds
)

// guard checks Host and Origin of every request and answers CORS preflights.
func (c Config) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !c.hostAllowed(r.Host) {
			http.Error(w, "this node does not answer to that host name: add it with --hosts", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		switch {
		case origin == "" || sameOrigin(origin, r):
		case slices.Contains(c.Origins, origin):
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", corsExposed)
		default:
			http.Error(w, "pages of another site may not use this node: allow theirs with --origins", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", corsMethods)
			h.Set("Access-Control-Allow-Headers", corsHeaders)
			h.Set("Access-Control-Max-Age", corsMaxAge)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func sameOrigin(origin string, r *http.Request) bool {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return strings.EqualFold(origin, scheme+r.Host)
}

// policy allows the page what it needs: its own files, WebGL textures of the
// video that it receives, and WebAssembly for head tracking (which 'self'
// alone forbids; scripts still may not evaluate text).
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"media-src 'self' blob: mediastream:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// secured sets the headers that browsers need to be careful.
func secured(next http.Handler, strict bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(self), geolocation=()")
		if strict {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
