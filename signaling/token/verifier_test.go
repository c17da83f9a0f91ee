package token_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.uber.org/goleak"

	"github.com/virtualcube/virtualcube/signaling/token"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "0123456789abcdef0123456789abcdef"

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func key(t testing.TB, text string) token.Key {
	t.Helper()
	k, err := token.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// keyPairs are one of each kind that a key set may hold.
type keyPairs struct {
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
}

func newPairs(t testing.TB) keyPairs {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, d, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keyPairs{rsa: r, ec: e, ed: d}
}

func (p keyPairs) set() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &p.rsa.PublicKey, KeyID: "r", Use: "sig", Algorithm: "RS256"},
		{Key: &p.ec.PublicKey, KeyID: "e"},
		{Key: p.ed.Public(), KeyID: "d", Algorithm: "EdDSA"},
		{Key: &p.rsa.PublicKey, KeyID: "crypt", Use: "enc"},
	}}
}

func writeSet(t testing.TB, set any) string {
	t.Helper()
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// claims are a good token's, with changes; a nil value leaves a claim out.
func claims(changes map[string]any) map[string]any {
	now := time.Now().Unix()
	c := map[string]any{
		"iss": "main", "sub": "ada", "nbf": now - 60, "exp": now + 3600, "jti": "1",
		"video": map[string]any{"roomJoin": true, "room": "tea"},
	}
	for name, value := range changes {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

// sign makes a token of any claims, as other software would.
func sign(t testing.TB, algorithm jose.SignatureAlgorithm, key any, id string, claims any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	if id != "" {
		options.WithHeader("kid", id)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	data, ok := claims.([]byte)
	if !ok {
		if data, err = json.Marshal(claims); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := signer.Sign(data)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// hand makes a token of a header and claims as they are given.
func hand(header string, claims map[string]any, signature []byte) string {
	data, _ := json.Marshal(claims)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode(data) + "." + encode(signature)
}

func video(changes map[string]any) map[string]any {
	v := map[string]any{"roomJoin": true, "room": "tea"}
	for name, value := range changes {
		v[name] = value
	}
	return map[string]any{"video": v}
}

func TestVerify(t *testing.T) {
	pairs := newPairs(t)
	others := newPairs(t)
	v, err := token.NewVerifier(token.Config{
		Keys: []token.Key{key(t, "main:"+secret), key(t, "second:"+strings.ToUpper(secret))}, KeySet: writeSet(t, pairs.set()), Log: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	hs := func(changes map[string]any) string { return sign(t, jose.HS256, []byte(secret), "", claims(changes)) }
	own := func(value map[string]any) string { return hs(map[string]any{"virtualcube": value}) }
	public, err := json.Marshal(jose.JSONWebKey{Key: &pairs.rsa.PublicKey, KeyID: "r"})
	if err != nil {
		t.Fatal(err)
	}
	good := hs(nil)
	for _, test := range []struct {
		name, raw string
		want      token.Reason // empty: accepted
	}{
		{"good", good, ""},
		{"second key", sign(t, jose.HS256, []byte(strings.ToUpper(secret)), "", claims(map[string]any{"iss": "second"})), ""},
		{"RS256", sign(t, jose.RS256, pairs.rsa, "r", claims(nil)), ""},
		{"ES256", sign(t, jose.ES256, pairs.ec, "e", claims(nil)), ""},
		{"EdDSA", sign(t, jose.EdDSA, pairs.ed, "d", claims(nil)), ""},
		{"the only key of its kind needs no id", sign(t, jose.ES256, pairs.ec, "", claims(nil)), ""},
		{"foreign fields", hs(map[string]any{"kind": "standard", "sha256": "x", "roomConfig": map[string]any{"a": 1}, "virtualcube": map[string]any{"other": []int{1}}}), ""},
		{"expired within the leeway", hs(map[string]any{"exp": now - 5}), ""},
		{"valid soon, within the leeway", hs(map[string]any{"nbf": now + 5}), ""},
		{"no nbf", hs(map[string]any{"nbf": nil}), ""},
		{"invitation", hs(map[string]any{"sub": nil}), ""},
		{"Chinese identity", hs(map[string]any{"sub": "阿达"}), ""},

		{"none given", "", token.Missing},
		{"garbage", "garbage", token.Malformed},
		{"dots", "..", token.Algorithm},
		{"two parts", strings.Join(strings.Split(good, ".")[:2], "."), token.Malformed},
		{"JSON serialisation", `{"payload":"","signatures":[]}`, token.Malformed},
		{"oversize", good + strings.Repeat("A", token.MaxToken), token.Oversize},
		{"expired", hs(map[string]any{"exp": now - 60}), token.Expired},
		{"expired ages ago", hs(map[string]any{"exp": 1}), token.Expired},
		{"not yet valid", hs(map[string]any{"nbf": now + 60}), token.NotYet},
		{"nbf that overflows", hs(map[string]any{"nbf": 1e300}), token.Malformed},
		{"never expires", hs(map[string]any{"exp": nil}), token.Malformed},
		{"exp is text", hs(map[string]any{"exp": "tomorrow"}), token.Malformed},

		{"forged", good[:len(good)-8] + "AAAAAAAA", token.Forged},
		{"changed claims", strings.Split(good, ".")[0] + "." + strings.Split(hs(map[string]any{"sub": "eve"}), ".")[1] + "." + strings.Split(good, ".")[2], token.Forged},
		{"signed with another secret", sign(t, jose.HS256, []byte(strings.ToUpper(secret)), "", claims(nil)), token.Forged},
		{"unknown API key", hs(map[string]any{"iss": "foreign"}), token.UnknownKey},
		{"no API key", hs(map[string]any{"iss": nil}), token.UnknownKey},
		{"issuer is no text", hs(map[string]any{"iss": 7}), token.Malformed},
		{"foreign RSA key under our id", sign(t, jose.RS256, others.rsa, "r", claims(nil)), token.Forged},
		{"foreign EC key under our id", sign(t, jose.ES256, others.ec, "e", claims(nil)), token.Forged},
		{"unknown id", sign(t, jose.RS256, pairs.rsa, "x", claims(nil)), token.UnknownKey},
		{"id of a key of another kind", sign(t, jose.RS256, pairs.rsa, "e", claims(nil)), token.UnknownKey},
		{"id of an encryption key", sign(t, jose.RS256, pairs.rsa, "crypt", claims(nil)), token.UnknownKey},

		{"none", hand(`{"alg":"none"}`, claims(nil), nil), token.Algorithm},
		{"None", hand(`{"alg":"None"}`, claims(nil), nil), token.Algorithm},
		{"no algorithm", hand(`{}`, claims(nil), nil), token.Algorithm},
		{"HS512", sign(t, jose.HS512, []byte(secret+secret), "", claims(nil)), token.Algorithm},
		{"PS256", sign(t, jose.PS256, pairs.rsa, "r", claims(nil)), token.Algorithm},
		// The classic confusion: HS256 with the text of a public key as its secret.
		{"HS256 with the public key", sign(t, jose.HS256, public, "r", claims(nil)), token.Forged},
		{"HS256 with the public key, no such API key", sign(t, jose.HS256, public, "r", claims(map[string]any{"iss": "r"})), token.UnknownKey},
		{"RS256 in the name of an API key", sign(t, jose.RS256, others.rsa, "main", claims(nil)), token.UnknownKey},
		{"a key of its own", withOwnKey(t, others), token.Forged},
		{"unknown critical header", hand(`{"alg":"HS256","crit":["x"],"x":1}`, claims(nil), []byte("0123")), token.Malformed},

		{"identity too long", hs(map[string]any{"sub": strings.Repeat("a", token.MaxIdentity+1)}), token.Malformed},
		{"identity with a line break", hs(map[string]any{"sub": "a\nb"}), token.Malformed},
		{"identity that turns text round", hs(map[string]any{"sub": "a\u202eb"}), token.Malformed},
		{"name too long", hs(map[string]any{"name": strings.Repeat("n", token.MaxName+1)}), token.Malformed},
		{"name of spaces", hs(map[string]any{"name": " "}), token.Malformed},
		{"attributes of the wrong type", hs(map[string]any{"attributes": []int{1}}), token.Malformed},
		{"room with a slash", hs(video(map[string]any{"room": "a/b"})), token.Malformed},
		{"room too long", hs(video(map[string]any{"room": strings.Repeat("r", 65)})), token.Malformed},
		{"join without a room", hs(video(map[string]any{"room": ""})), token.Malformed},
		{"too many sources", hs(video(map[string]any{"canPublishSources": make([]string, 17)})), token.Malformed},
		{"unknown role", own(map[string]any{"role": "king"}), token.Malformed},
		{"unknown lobby rule", own(map[string]any{"lobby": "maybe"}), token.Malformed},
		{"a host who waits", own(map[string]any{"role": "host", "lobby": "wait"}), token.Malformed},
		{"cube with a slash", own(map[string]any{"cube": "../x"}), token.Malformed},
		{"a claim twice", sign(t, jose.HS256, []byte(secret), "", []byte(`{"iss":"main","sub":"ada","sub":"eve","exp":99999999999}`)), token.Malformed},
		{"claims are no object", sign(t, jose.HS256, []byte(secret), "", []byte(`[]`)), token.Malformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := v.Verify(test.raw)
			if token.ReasonOf(err) != test.want || (err == nil) != (test.want == "") || (got == nil) != (err != nil) {
				t.Fatalf("%v, reason %q, want %q", err, token.ReasonOf(err), test.want)
			}
			if err != nil {
				discreet(t, err.Error(), test.raw)
			}
		})
	}
}

// withOwnKey is a token that brings the key to verify it with.
func withOwnKey(t *testing.T, pairs keyPairs) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: pairs.rsa}}, &jose.SignerOptions{
		EmbedJWK: true, ExtraHeaders: map[jose.HeaderKey]any{"kid": "r"},
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(data)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// discreet holds that a message tells no secret and no part of a token, and
// something to do.
func discreet(t *testing.T, message, raw string) {
	t.Helper()
	if strings.Contains(message, secret) || !strings.Contains(message, ": ") && !strings.Contains(message, ";") {
		t.Errorf("message %q", message)
	}
	for part := range strings.SplitSeq(raw, ".") {
		if len(part) > 8 && strings.Contains(message, part) {
			t.Errorf("message %q quotes the token", message)
		}
	}
}

func TestJoin(t *testing.T) {
	v, err := token.NewVerifier(token.Config{Keys: []token.Key{key(t, "main:"+secret)}, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		claims map[string]any
		room   string
		want   token.Reason
	}{
		{"good", nil, "tea", ""},
		{"another room", nil, "coffee", token.ForeignRoom},
		{"case matters", nil, "Tea", token.ForeignRoom},
		{"no room", nil, "", token.ForeignRoom},
		{"no grants", map[string]any{"video": nil}, "tea", token.NotAllowed},
		{"roomAdmin alone", map[string]any{"video": map[string]any{"roomAdmin": true, "room": "tea"}}, "tea", token.NotAllowed},
		{"no grants and no room", map[string]any{"video": nil}, "", token.NotAllowed},
		{"expired", map[string]any{"exp": 1}, "tea", token.Expired},
	} {
		raw := sign(t, jose.HS256, []byte(secret), "", claims(test.claims))
		if got, err := v.Join(raw, test.room); token.ReasonOf(err) != test.want || (got == nil) != (err != nil) {
			t.Errorf("%s: %v, want reason %q", test.name, err, test.want)
		}
	}
}

func TestWithoutKeySet(t *testing.T) {
	pairs := newPairs(t)
	v, err := token.NewVerifier(token.Config{Keys: []token.Key{key(t, "main:"+secret)}, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(sign(t, jose.RS256, pairs.rsa, "r", claims(nil))); token.ReasonOf(err) != token.Algorithm {
		t.Errorf("RS256 without a key set: %v", err)
	}
	v, err = token.NewVerifier(token.Config{KeySet: writeSet(t, pairs.set()), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(sign(t, jose.HS256, []byte(secret), "", claims(nil))); token.ReasonOf(err) != token.Algorithm {
		t.Errorf("HS256 without an API key: %v", err)
	}
}

func TestGrants(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		name                          string
		grants                        token.Grants
		publish, data, subscribe, own bool
		camera, screen                bool
		role                          token.Role
	}{
		{"nothing said", token.Grants{}, true, true, true, false, true, true, token.Speaker},
		{"no publishing", token.Grants{CanPublish: &no}, false, false, true, false, false, false, token.Listener},
		{"data alone", token.Grants{CanPublish: &no, CanPublishData: &yes}, false, true, true, false, false, false, token.Listener},
		{"camera alone", token.Grants{CanPublishSources: []token.Source{token.Camera}}, true, true, true, false, true, false, token.Speaker},
		{"sources without publishing", token.Grants{CanPublish: &no, CanPublishSources: []token.Source{token.Camera}}, false, false, true, false, false, false, token.Listener},
		{"no watching", token.Grants{CanSubscribe: &no, CanUpdateOwnMetadata: &yes}, true, true, false, true, true, true, token.Speaker},
		{"admin", token.Grants{Room: "tea", RoomAdmin: true, CanPublish: &no}, false, false, true, false, false, false, token.Host},
	} {
		g := test.grants
		got := fmt.Sprint(g.Publish(), g.PublishData(), g.Subscribe(), g.UpdateOwnMetadata(), g.PublishSource(token.Camera), g.PublishSource(token.ScreenShare))
		want := fmt.Sprint(test.publish, test.data, test.subscribe, test.own, test.camera, test.screen)
		if got != want {
			t.Errorf("%s: %s, want %s", test.name, got, want)
		}
		signer, err := token.NewSigner(key(t, "main:"+secret))
		if err != nil {
			t.Fatal(err)
		}
		made := token.Token{Identity: "ada", Grants: g}
		if _, err := signer.Sign(&made, time.Hour); err != nil || made.Role != test.role {
			t.Errorf("%s: role %q (%v), want %q", test.name, made.Role, err, test.role)
		}
	}
}
