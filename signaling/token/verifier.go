package token

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// leeway is how far the clock of the machine that made a token may be off.
const leeway = 10 * time.Second

// Config says whose tokens a Verifier accepts.
type Config struct {
	Keys []Key
	// KeySet is the JSON Web Key Set: a file's path, an https URL, or empty.
	KeySet string
	Log    *slog.Logger
}

// Verifier verifies tokens. It may be used by several goroutines at a time.
type Verifier struct {
	secrets map[string][]byte
	set     *keySet // nil without a key set
	accepts []jose.SignatureAlgorithm
}

// NewVerifier makes a verifier. A key set in a file is read at once; one at a
// URL is fetched by Run.
func NewVerifier(c Config) (*Verifier, error) {
	v := &Verifier{secrets: map[string][]byte{}}
	for _, k := range c.Keys {
		if len(k.secret) < MinSecret {
			return nil, fmt.Errorf("verify tokens: API key %q has no secret of %d characters", k.Name, MinSecret)
		}
		if _, twice := v.secrets[k.Name]; twice {
			return nil, fmt.Errorf("verify tokens: there are two API keys of name %s: rename one", k.Name)
		}
		if k.Weak() {
			c.Log.Warn("API key is short: HS256 asks for 32 characters", "key", k.Name)
		}
		v.secrets[k.Name] = []byte(k.secret)
	}
	if len(v.secrets) > 0 {
		v.accepts = append(v.accepts, jose.HS256)
	}
	if c.KeySet != "" {
		var err error
		if v.set, err = newKeySet(c.KeySet, c.Log); err != nil {
			return nil, fmt.Errorf("verify tokens: %w", err)
		}
		v.accepts = append(v.accepts, jose.RS256, jose.ES256, jose.EdDSA)
	}
	if len(v.accepts) == 0 {
		return nil, errors.New("verify tokens: neither an API key nor a key set is given: set api-keys or jwks")
	}
	return v, nil
}

// Run keeps the key set fresh until the context ends, and returns nil.
func (v *Verifier) Run(ctx context.Context) error {
	if v.set == nil {
		<-ctx.Done()
		return nil
	}
	return v.set.run(ctx)
}

// Ready says what lacks: a key set that could not be fetched yet, while no API
// key is there.
func (v *Verifier) Ready() error {
	if v.set == nil || len(v.secrets) > 0 || v.set.loaded() {
		return nil
	}
	return errors.New("the key set (jwks) could not be fetched yet")
}

// Join verifies a token and that it allows to join a room.
func (v *Verifier) Join(raw, room string) (*Token, error) {
	t, err := v.Verify(raw)
	if err != nil {
		return nil, err
	}
	if !t.Grants.RoomJoin {
		return nil, refuse(NotAllowed, "the token does not allow to join a room: ask for one with roomJoin")
	}
	if err := t.For(room); err != nil {
		return nil, err
	}
	return t, nil
}

// For refuses a token that was made for another room.
func (t *Token) For(room string) error {
	if t.Grants.Room == room {
		return nil
	}
	return refuse(ForeignRoom, "the token is for room %q, not for %.64q: open that room, or ask for a token of this one", t.Grants.Room, room)
}

// Verify checks signature, times and limits, and nothing about rooms. Its
// errors are *Error.
func (v *Verifier) Verify(raw string) (*Token, error) {
	if raw == "" {
		return nil, refuse(Missing, "a token is needed: open the link of your invitation, or ask the host for one")
	}
	if len(raw) > MaxToken {
		return nil, oversize(len(raw))
	}
	signed, err := jwt.ParseSigned(raw, v.accepts)
	if err != nil {
		return nil, v.unparsed(err)
	}
	var p payload
	key, err := v.key(signed)
	if err != nil {
		return nil, err
	}
	if err := signed.Claims(key, &p); err != nil {
		if errors.Is(err, jose.ErrCryptoFailure) {
			return nil, refuse(Forged, "the token's signature is wrong: copy the whole token, or make a new one with the key as it is now")
		}
		return nil, malformed("its claims are not as they should be")
	}
	if err := p.timely(time.Now()); err != nil {
		return nil, err
	}
	t := p.token()
	if err := t.check(); err != nil {
		return nil, err
	}
	return t, nil
}

// unparsed is the refusal of what is no JWT of an accepted algorithm. The
// parser's own messages may quote the token.
func (v *Verifier) unparsed(err error) error {
	if unexpected, ok := errors.AsType[*jose.ErrUnexpectedSignatureAlgorithm](err); ok {
		names := make([]string, len(v.accepts))
		for i, a := range v.accepts {
			names[i] = string(a)
		}
		return refuse(Algorithm, "the token is signed by %.16q, which is not accepted here: sign it by %s", string(unexpected.Got), strings.Join(names, ", "))
	}
	return malformed("it is not a signed JWT; copy the whole link or token")
}

// key is the one that the token names, and that goes with its algorithm: a
// secret for HS256 and a public key for the others.
func (v *Verifier) key(signed *jwt.JSONWebToken) (any, error) {
	header := signed.Headers[0] // a compact JWS has one
	if header.Algorithm != string(jose.HS256) {
		if v.set == nil {
			return nil, refuse(Algorithm, "the token is signed by %.16q, and no key set (jwks) is given", header.Algorithm)
		}
		key := v.set.find(header.KeyID, jose.SignatureAlgorithm(header.Algorithm))
		if key == nil {
			return nil, refuse(UnknownKey, "the token's key %.64q is not in the node's key set: ask for a new token, or try again in a minute if the key is new", header.KeyID)
		}
		return crypto.PublicKey(key), nil
	}
	var p struct {
		Issuer string `json:"iss"`
	}
	if err := signed.UnsafeClaimsWithoutVerification(&p); err != nil {
		return nil, malformed("its claims are not as they should be")
	}
	secret, known := v.secrets[p.Issuer]
	if !known {
		return nil, refuse(UnknownKey, "the token's API key %.64q is not one of this node's: ask for a token of this node, or add the key to api-keys", p.Issuer)
	}
	return secret, nil
}

// timely checks "exp" and "nbf".
func (p *payload) timely(now time.Time) error {
	if p.Expiry == nil {
		return malformed("it never expires: it needs the claim exp")
	}
	if late := now.Sub(p.Expiry.Time()); late >= leeway {
		return refuse(Expired, "the token expired %v ago: ask for a new one", coarse(late))
	}
	if p.NotBefore != nil {
		if early := p.NotBefore.Time().Sub(now); early > leeway {
			return refuse(NotYet, "the token is valid in %v: wait, or set the clock of the machine that made it", coarse(early))
		}
	}
	return nil
}

// coarse rounds a time for people.
func coarse(d time.Duration) time.Duration {
	if d > time.Hour {
		return d.Round(time.Hour)
	}
	return d.Round(time.Second)
}

func oversize(size int) error {
	return refuse(Oversize, "the token has %d bytes, at most %d are accepted: shorten its metadata and attributes", size, MaxToken)
}
