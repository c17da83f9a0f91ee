package signaling_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/signaling"
	"github.com/virtualcube/virtualcube/signaling/token"
)

func TestAccess(t *testing.T) {
	if signaling.MinKey != token.MinSecret {
		t.Errorf("keys have at least %d characters and secrets of API keys %d", signaling.MinKey, token.MinSecret)
	}
	key := token.NewKey()
	signer, err := token.NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := token.NewVerifier(token.Config{Keys: []token.Key{key}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	make := func(t *testing.T, role token.Role, g token.Grants) string {
		raw, err := signer.Sign(&token.Token{Identity: "ada", Role: role, Grants: g}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + raw
	}
	no := false
	tea := token.Grants{RoomJoin: true, Room: "tea"}
	deaf, mute := tea, tea
	deaf.CanSubscribe, mute.CanPublish = &no, &no
	static := "0123456789abcdef"
	both, keysAlone, tokensAlone := signaling.NewAccess([]string{static}, tokens), signaling.NewAccess([]string{static}, nil), signaling.NewAccess(nil, tokens)
	for _, test := range []struct {
		name               string
		access             *signaling.Access
		header, room       string
		subscribe, publish bool
	}{
		{"open node", signaling.NewAccess(nil, nil), "", "tea", true, true},
		{"nothing", both, "", "tea", false, false},
		{"key", both, "Bearer " + static, "tea", true, true},
		{"key alone", keysAlone, "bearer " + static, "", true, true},
		{"wrong key", keysAlone, "Bearer " + static + "0", "", false, false},
		{"token without a verifier", keysAlone, make(t, "", tea), "tea", false, false},
		{"token", both, make(t, "", tea), "tea", true, true},
		{"token alone", tokensAlone, make(t, "", tea), "tea", true, true},
		{"key without keys", tokensAlone, "Bearer " + static, "tea", false, false},
		{"about no room", both, make(t, "", tea), "", true, true},
		{"another room", both, make(t, "", tea), "coffee", false, false},
		{"another scheme", both, "Basic" + make(t, "", tea)[6:], "tea", false, false},
		{"no canSubscribe", both, make(t, "", deaf), "tea", false, true},
		{"no canPublish", both, make(t, "", mute), "tea", true, false},
		{"listener", both, make(t, token.Listener, tea), "tea", true, false},
		{"no roomJoin", both, make(t, "", token.Grants{RoomList: true}), "", false, false},
		{"garbage", both, "Bearer garbage", "tea", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/node", nil)
			if test.header != "" {
				r.Header.Set("Authorization", test.header)
			}
			for name, check := range map[string]struct {
				of   func(*http.Request, string) (*token.Token, error)
				want bool
			}{"subscribe": {test.access.Subscriber, test.subscribe}, "publish": {test.access.Publisher, test.publish}} {
				got, err := check.of(r, test.room)
				if (err == nil) != check.want || err != nil && (got != nil || token.ReasonOf(err) == "") {
					t.Errorf("%s: %v, %v; want %t", name, got, err, check.want)
				}
			}
		})
	}
}
