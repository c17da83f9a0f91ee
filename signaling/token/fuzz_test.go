package token_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/virtualcube/virtualcube/signaling/token"
)

// FuzzVerify holds that nothing is accepted but what was signed.
func FuzzVerify(f *testing.F) {
	v, err := token.NewVerifier(token.Config{Keys: []token.Key{key(f, "main:"+secret)}, KeySet: writeSet(f, newPairs(f).set()), Log: quiet})
	if err != nil {
		f.Fatal(err)
	}
	good := sign(f, jose.HS256, []byte(secret), "", claims(map[string]any{"exp": time.Now().Add(24 * time.Hour).Unix()}))
	f.Add(good)
	f.Add("..")
	f.Add(good[:len(good)-4])
	f.Add(hand(`{"alg":"none"}`, claims(nil), nil))
	f.Add(hand(`{"alg":"RS256","kid":"r","jwk":{"kty":"oct","k":"AA"}}`, claims(nil), []byte("x")))
	f.Add(hand(`{"alg":"ES256","crit":["exp"]}`, claims(nil), make([]byte, 64)))
	signed := good[:strings.LastIndexByte(good, '.')]
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := v.Verify(raw)
		if err == nil && !strings.HasPrefix(raw, signed) {
			t.Fatalf("%q was accepted as %+v", raw, got)
		}
		if err != nil && token.ReasonOf(err) == "" {
			t.Fatalf("error %v is no refusal", err)
		}
	})
}

// FuzzClaims signs any claims with the right key: the worst that its owner
// does stays within the limits.
func FuzzClaims(f *testing.F) {
	v, err := token.NewVerifier(token.Config{Keys: []token.Key{key(f, "main:"+secret)}, Log: quiet})
	if err != nil {
		f.Fatal(err)
	}
	for _, changes := range []map[string]any{
		nil, {"sub": nil}, {"exp": "x"}, {"exp": 1e300}, {"exp": -1}, {"nbf": 0.5}, {"video": []int{}}, {"attributes": map[string]any{"a": 1}},
		{"virtualcube": map[string]any{"role": "host", "cube": "x", "lobby": "wait"}},
	} {
		data, err := json.Marshal(claims(changes))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, data string) {
		if len(data) > token.MaxToken {
			return
		}
		got, err := v.Verify(sign(t, jose.HS256, []byte(secret), "", []byte(data)))
		if err != nil {
			if token.ReasonOf(err) == "" {
				t.Fatalf("error %v is no refusal", err)
			}
			return
		}
		if len([]rune(got.Identity)) > token.MaxIdentity || len([]rune(got.Name)) > token.MaxName || got.Role == "" || got.Expires.IsZero() ||
			got.Grants.RoomJoin && !token.RoomName(got.Grants.Room) {
			t.Fatalf("accepted beyond the limits: %+v", got)
		}
	})
}
