package token

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Lifetimes of tokens.
const (
	DefaultLifetime = 6 * time.Hour // LiveKit's
	MaxLifetime     = 366 * 24 * time.Hour
)

// Signer makes tokens with one API key.
type Signer struct {
	name   string
	signer jose.Signer
}

// NewSigner makes a signer.
func NewSigner(key Key) (*Signer, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(key.secret)}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("sign tokens with API key %s: %w", key.Name, err)
	}
	return &Signer{name: key.Name, signer: signer}, nil
}

// Sign makes a token that is valid from now on for a time of at least a second
// and at most MaxLifetime. Issuer, ID, NotBefore and Expires of t are filled in;
// an empty role is what the grants imply.
func (s *Signer) Sign(t *Token, lifetime time.Duration) (string, error) {
	if lifetime < time.Second || lifetime > MaxLifetime {
		return "", fmt.Errorf("make token: a lifetime of %v is not in 1s to %v", lifetime, MaxLifetime)
	}
	if t.Role == "" {
		t.Role = t.impliedRole()
	}
	t.Issuer, t.ID = s.name, rand.Text()
	t.NotBefore = time.Now().Truncate(time.Second)
	t.Expires = t.NotBefore.Add(lifetime).Truncate(time.Second)
	if err := t.check(); err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	claims := payload{
		Claims: jwt.Claims{
			Issuer: t.Issuer, Subject: t.Identity, ID: t.ID,
			NotBefore: jwt.NewNumericDate(t.NotBefore), Expiry: jwt.NewNumericDate(t.Expires),
		},
		Name: t.Name, Metadata: t.Metadata, Attributes: t.Attributes, Video: &t.Grants,
		Own: &own{Role: t.Role, Lobby: t.Lobby, Cube: t.Cube},
	}
	raw, err := jwt.Signed(s.signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	if len(raw) > MaxToken {
		return "", fmt.Errorf("make token: %w", oversize(len(raw)))
	}
	return raw, nil
}
