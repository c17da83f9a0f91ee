package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/signaling/token"
)

const apiKeys = "main:0123456789abcdef0123456789abcdef,other:fedcba9876543210fedcba9876543210"

// run executes a command line.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = execute(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestTokenCreate(t *testing.T) {
	isolate(t)
	t.Setenv("VIRTUALCUBE_API_KEYS", apiKeys)
	var config Config
	for key := range strings.SplitSeq(apiKeys, ",") {
		config.APIKeys = append(config.APIKeys, Secret(key))
	}
	tokens, err := config.tokens(slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args string
		good func(*token.Token) bool
	}{
		{"identity", "--identity ada --name Ada", func(k *token.Token) bool {
			return k.Identity == "ada" && k.Name == "Ada" && k.Role == token.Speaker && k.MayPublish() && k.Issuer == "main" && k.Cube == "" && k.Lobby == ""
		}},
		{"host", "--identity ada --role host --cube ada-rig", func(k *token.Token) bool { return k.Role == token.Host && k.Grants.RoomAdmin && k.Cube == "ada-rig" }},
		{"invitation", "--invite --role listener --lobby wait --ttl 30m", func(k *token.Token) bool {
			return k.Invitation() && k.Role == token.Listener && k.Lobby == token.Wait && k.Expires.Sub(k.NotBefore).Minutes() == 30
		}},
		{"no publishing", "--identity ada --no-publish", func(k *token.Token) bool {
			return !k.Grants.Publish() && !k.Grants.PublishData() && k.Grants.Subscribe()
		}},
		{"another key", "--identity ada --key other", func(k *token.Token) bool { return k.Issuer == "other" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, out, errs := run(t, append([]string{"token", "create", "--room", "tea"}, strings.Fields(test.args)...)...)
			if code != exitOK || strings.Count(out, "\n") != 1 {
				t.Fatalf("exit code %d, printed %q and %q", code, out, errs)
			}
			k, err := tokens.Join(strings.TrimSpace(out), "tea")
			if err != nil || !test.good(k) {
				t.Errorf("token %+v, %v", k, err)
			}
		})
	}
	_, out, _ := run(t, "token", "create", "--room", "tea", "--invite", "--link", "https://node.example")
	raw, found := strings.CutPrefix(strings.TrimSpace(out), "https://node.example/#room=tea&token=")
	if _, err := tokens.Join(raw, "tea"); !found || err != nil {
		t.Errorf("link %q: %v", out, err)
	}
}

func TestTokenCreateRefuses(t *testing.T) {
	isolate(t)
	for _, test := range []struct {
		name, keys, args string
		code             int
		want             string // in the message
	}{
		{"no room", apiKeys, "--identity ada", exitUsage, "--room"},
		{"nobody", apiKeys, "--room tea", exitFailed, "--invite"},
		{"two kinds", apiKeys, "--room tea --invite --identity ada", exitFailed, "--invite"},
		{"unknown role", apiKeys, "--room tea --invite --role king", exitUsage, "listener"},
		{"unknown key", apiKeys, "--room tea --invite --key third", exitFailed, "third"},
		{"no key", "", "--room tea --invite", exitFailed, "token keys"},
		{"guessable key", "main:short", "--room tea --invite", exitUsage, "api-keys"},
		{"no name", "0123456789abcdef", "--room tea --invite", exitUsage, "NAME:SECRET"},
		{"twice", "a:0123456789abcdef,a:0123456789abcdef", "--room tea --invite", exitUsage, "two of name a"},
		{"bad room", apiKeys, "--room a/b --invite", exitFailed, "letters"},
		{"waiting host", apiKeys, "--room tea --invite --role host --lobby wait", exitFailed, "lobby"},
		{"no time", apiKeys, "--room tea --invite --ttl 0s", exitFailed, "lifetime"},
		{"link without TLS", apiKeys, "--room tea --invite --link http://node.example", exitFailed, "https"},
		{"key set without TLS", apiKeys, "--room tea --invite --jwks http://id.example/keys", exitUsage, "jwks"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("VIRTUALCUBE_API_KEYS", test.keys)
			code, out, errs := run(t, append([]string{"token", "create"}, strings.Fields(test.args)...)...)
			if code != test.code || !strings.Contains(errs, test.want) || out != "" {
				t.Errorf("exit code %d, printed %q and %q; want code %d and %q", code, out, errs, test.code, test.want)
			}
			for key := range strings.SplitSeq(test.keys, ",") {
				if _, secret, ok := strings.Cut(key, ":"); ok && strings.Contains(errs, secret) && len(secret) > 8 {
					t.Errorf("the message %q tells the secret", errs)
				}
			}
		})
	}
}

func TestTokenKeys(t *testing.T) {
	isolate(t)
	code, out, errs := run(t, "token", "keys")
	key, err := token.ParseKey(strings.TrimSpace(out))
	if code != exitOK || err != nil || key.Weak() {
		t.Fatalf("exit code %d, key %v, %v; %q", code, key, err, errs)
	}
	t.Setenv("VIRTUALCUBE_API_KEYS", strings.TrimSpace(out))
	if code, _, errs := run(t, "token", "create", "--room", "tea", "--invite"); code != exitOK {
		t.Errorf("the fresh key makes no token: %q", errs)
	}
}
