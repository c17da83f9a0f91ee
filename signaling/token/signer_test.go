package token_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/signaling/token"
)

func TestSignAndVerify(t *testing.T) {
	no := false
	for _, want := range []token.Token{
		{Identity: "ada", Name: "Ada", Role: token.Host, Grants: token.Grants{RoomJoin: true, Room: "tea", RoomAdmin: true}, Cube: "ada-rig"},
		{Role: token.Listener, Lobby: token.Wait, Grants: token.Grants{RoomJoin: true, Room: "tea", CanPublish: &no}},
		{
			Identity: "bot", Metadata: `{"a":1}`, Attributes: map[string]string{"k": "v"}, Role: token.Speaker, Lobby: token.Bypass,
			Grants: token.Grants{RoomJoin: true, Room: "tea", Hidden: true, Recorder: true, Agent: true, CanPublishSources: []token.Source{token.Microphone}},
		},
	} {
		k := token.NewKey()
		signer, err := token.NewSigner(k)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := signer.Sign(&want, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		v, err := token.NewVerifier(token.Config{Keys: []token.Key{k}, Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.Join(raw, "tea")
		if err != nil {
			t.Fatal(err)
		}
		want.NotBefore, want.Expires = want.NotBefore.UTC(), want.Expires.UTC()
		got.NotBefore, got.Expires = got.NotBefore.UTC(), got.Expires.UTC()
		if !reflect.DeepEqual(*got, want) {
			t.Errorf("got %+v\nwant %+v", *got, want)
		}
		if got.ID == "" || got.Issuer != k.Name || got.Expires.Sub(got.NotBefore) != time.Hour {
			t.Errorf("id %q, issuer %q, %v to %v", got.ID, got.Issuer, got.NotBefore, got.Expires)
		}
	}
}

func TestLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := token.NewKey()
		signer, err := token.NewSigner(k)
		if err != nil {
			t.Fatal(err)
		}
		v, err := token.NewVerifier(token.Config{Keys: []token.Key{k}, Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := signer.Sign(&token.Token{Identity: "ada", Grants: token.Grants{RoomJoin: true, Room: "tea"}}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			after time.Duration
			want  token.Reason
		}{{0, ""}, {69 * time.Second, ""}, {2 * time.Second, token.Expired}, {48 * time.Hour, token.Expired}} {
			<-time.After(test.after)
			if _, err := v.Verify(raw); token.ReasonOf(err) != test.want {
				t.Errorf("%v later: %v, want reason %q", test.after, err, test.want)
			}
		}
	})
}

func TestSignRefuses(t *testing.T) {
	signer, err := token.NewSigner(token.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	join := token.Grants{RoomJoin: true, Room: "tea"}
	for _, test := range []struct {
		name     string
		token    token.Token
		lifetime time.Duration
		want     string
	}{
		{"no lifetime", token.Token{Grants: join}, 0, "lifetime"},
		{"for ever", token.Token{Grants: join}, 10 * 365 * 24 * time.Hour, "lifetime"},
		{"no room", token.Token{Grants: token.Grants{RoomJoin: true}}, time.Hour, "room"},
		{"bad room", token.Token{Grants: token.Grants{RoomJoin: true, Room: "a b"}}, time.Hour, "letters"},
		{"bad name", token.Token{Name: "\x00", Grants: join}, time.Hour, "printable"},
		{"too large", token.Token{Metadata: strings.Repeat("m", token.MaxToken), Grants: join}, time.Hour, "metadata"},
	} {
		if raw, err := signer.Sign(&test.token, test.lifetime); err == nil || raw != "" || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want a message with %q", test.name, err, test.want)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"nothing", "NAME:SECRET"},
		{"a b:" + secret, "name"},
		{":" + secret, "name"},
		{"main:short", "guessed"},
	} {
		if _, err := token.ParseKey(test.text); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v, want a message with %q", test.text, err, test.want)
		}
	}
	k := token.NewKey()
	again, err := token.ParseKey(k.Reveal())
	if err != nil || again != k || k.Weak() {
		t.Errorf("key %v, again %v (%v)", k, again, err)
	}
	_, hidden, _ := strings.Cut(k.Reveal(), ":")
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, k); strings.Contains(text, hidden) {
			t.Errorf("%s prints the secret", format)
		}
		if text := fmt.Sprintf(format, []token.Key{k}); strings.Contains(text, hidden) {
			t.Errorf("%s of a list prints the secret", format)
		}
	}
	if _, err := token.NewVerifier(token.Config{Keys: []token.Key{k, k}, Log: quiet}); err == nil {
		t.Error("two keys of one name were accepted")
	}
	if _, err := token.NewVerifier(token.Config{Keys: []token.Key{{Name: "empty"}}, Log: quiet}); err == nil {
		t.Error("a key without a secret was accepted")
	}
	if _, err := token.NewVerifier(token.Config{Log: quiet}); err == nil {
		t.Error("a verifier without keys was made")
	}
}

func TestWaits(t *testing.T) {
	for _, test := range []struct {
		role                token.Role
		lobby               token.Lobby
		roomOpen, roomWaits bool
	}{
		{token.Host, token.RoomDecides, false, false},
		{token.Speaker, token.RoomDecides, false, true},
		{token.Speaker, token.Bypass, false, false},
		{token.Listener, token.Wait, true, true},
	} {
		made := token.Token{Role: test.role, Lobby: test.lobby}
		if made.Waits(false) != test.roomOpen || made.Waits(true) != test.roomWaits {
			t.Errorf("%s with lobby %q waits: %t, %t", test.role, test.lobby, made.Waits(false), made.Waits(true))
		}
	}
}

func TestLink(t *testing.T) {
	for _, test := range []struct{ base, want string }{
		{"https://node.example", "https://node.example/#room=tea&token=a.b-c_d.e"},
		{"https://node.example:8443/cube/", "https://node.example:8443/cube/#room=tea&token=a.b-c_d.e"},
		{"http://127.0.0.1:8080/", "http://127.0.0.1:8080/#room=tea&token=a.b-c_d.e"},
		{"http://[::1]:8080", "http://[::1]:8080/#room=tea&token=a.b-c_d.e"},
		{"http://node.example", ""},
		{"node.example", ""},
		{"https://user:pass@node.example", ""},
		{"https://node.example/?a=b", ""},
		{"https://node.example/#x", ""},
		{"javascript:alert(1)", ""},
		{"", ""},
	} {
		if got, err := token.Link(test.base, "tea", "a.b-c_d.e"); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%q: %q, %v; want %q", test.base, got, err, test.want)
		}
	}
	if _, err := token.Link("https://node.example", "a&b", "x"); err == nil {
		t.Error("a room's name that changes the link was accepted")
	}
}
