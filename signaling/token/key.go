package token

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Lengths of an API key's secret, in bytes.
const (
	// MinSecret is the least that is accepted.
	MinSecret = 16
	// StrongSecret is what HS256 asks for (RFC 7518 section 3.2).
	StrongSecret = 32
)

var keyName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// Key is a named secret that makes and verifies tokens.
type Key struct {
	Name   string
	secret string
}

// ParseKey reads NAME:SECRET.
func ParseKey(text string) (Key, error) {
	name, secret, ok := strings.Cut(text, ":")
	switch {
	case !ok:
		return Key{}, errors.New("an API key is written NAME:SECRET; `virtualcube token keys` makes one")
	case !keyName.MatchString(name):
		return Key{}, errors.New("the name of an API key, before the colon, has 1 to 64 letters, digits, dots, - and _")
	case len(secret) < MinSecret:
		return Key{}, fmt.Errorf("the secret of API key %s has %d characters and can be guessed: at least %d are needed, %d are better; `virtualcube token keys` makes one",
			name, len(secret), MinSecret, StrongSecret)
	}
	return Key{Name: name, secret: secret}, nil
}

// NewKey makes a key of 256 random bits.
func NewKey() Key {
	secret := make([]byte, StrongSecret)
	_, _ = rand.Read(secret) // crypto/rand.Read never fails
	return Key{Name: "VC" + rand.Text()[:12], secret: base64.RawURLEncoding.EncodeToString(secret)}
}

// Reveal is NAME:SECRET, to be printed once for the person who asked.
func (k Key) Reveal() string { return k.Name + ":" + k.secret }

// Weak says whether the secret is shorter than HS256 asks for.
func (k Key) Weak() bool { return len(k.secret) < StrongSecret }

// String hides the secret.
func (k Key) String() string { return k.Name + ":(secret)" }

// GoString hides the secret.
func (k Key) GoString() string { return k.String() }
