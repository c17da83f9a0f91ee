package token

import (
	"regexp"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/jwt"
)

// Limits of a token.
const (
	MaxToken    = 8 << 10 // bytes
	MaxIdentity = 128     // characters
	MaxName     = 128     // characters

	maxSources = 16
	maxID      = 128 // characters of "iss" and "jti"
)

// Token is what a token says. A Verifier has checked it, or a Signer will.
type Token struct {
	// Issuer is the name of the API key, or whatever the owner of a key of the
	// key set calls itself. A Signer fills it in.
	Issuer string
	ID     string // of this token; a Signer fills it in

	// Identity names a person or device across connections. It is empty in an
	// invitation, whose guests get one each.
	Identity string
	Name     string // to be shown
	Metadata string
	// Attributes are not interpreted here.
	Attributes map[string]string

	Grants Grants
	Role   Role // a Verifier never leaves it empty
	Lobby  Lobby
	// Cube is the rig's cube that this identity may attach to a seat.
	Cube string

	NotBefore, Expires time.Time // a Signer fills them in
}

// Invitation says whether the token is for whoever holds it.
func (t *Token) Invitation() bool { return t.Identity == "" }

// MayPublish says whether tracks may be published on entering.
func (t *Token) MayPublish() bool { return t.Grants.Publish() && t.Role != Listener }

// Waits says whether its holder waits in the lobby of a room that, by itself,
// lets people of this kind wait or not.
func (t *Token) Waits(roomDecides bool) bool {
	switch {
	case t.Role == Host || t.Lobby == Bypass:
		return false
	case t.Lobby == Wait:
		return true
	}
	return roomDecides
}

// payload is the token's JSON.
type payload struct {
	jwt.Claims
	Name       string            `json:"name,omitempty"`
	Metadata   string            `json:"metadata,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Video      *Grants           `json:"video,omitempty"`
	Own        *own              `json:"virtualcube,omitempty"`
}

// own is the claim "virtualcube".
type own struct {
	Role  Role   `json:"role,omitempty"`
	Lobby Lobby  `json:"lobby,omitempty"`
	Cube  string `json:"cube,omitempty"`
}

func (p *payload) token() *Token {
	t := &Token{
		Issuer: p.Issuer, ID: p.ID, Identity: p.Subject,
		Name: p.Name, Metadata: p.Metadata, Attributes: p.Attributes,
	}
	if p.NotBefore != nil {
		t.NotBefore = p.NotBefore.Time()
	}
	if p.Expiry != nil {
		t.Expires = p.Expiry.Time()
	}
	if p.Video != nil {
		t.Grants = *p.Video
	}
	if p.Own != nil {
		t.Role, t.Lobby, t.Cube = p.Own.Role, p.Own.Lobby, p.Own.Cube
	}
	if t.Role == "" {
		t.Role = t.impliedRole()
	}
	return t
}

// impliedRole is that of a token of other software, which knows no roles.
func (t *Token) impliedRole() Role {
	switch {
	case t.Grants.RoomAdmin:
		return Host
	case !t.Grants.Publish():
		return Listener
	}
	return Speaker
}

var addressName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// RoomName says whether a name is one for a room: 1 to 64 letters and digits
// of ASCII, - and _.
func RoomName(name string) bool { return addressName.MatchString(name) }

// check holds the limits, and what belongs together.
func (t *Token) check() error {
	switch g := t.Grants; {
	case t.Identity != "" && !printable(t.Identity, MaxIdentity):
		return malformed("an identity (sub) has 1 to %d printable characters", MaxIdentity)
	case t.Name != "" && !printable(t.Name, MaxName):
		return malformed("a name has at most %d printable characters", MaxName)
	case t.Issuer != "" && !printable(t.Issuer, maxID), t.ID != "" && !printable(t.ID, maxID):
		return malformed("iss and jti have at most %d printable characters", maxID)
	case g.Room != "" && !RoomName(g.Room):
		return malformed("a room's name has 1 to 64 letters, digits, - and _")
	case (g.RoomJoin || g.RoomAdmin) && g.Room == "":
		return malformed("roomJoin and roomAdmin need the room's name in video.room")
	case len(g.CanPublishSources) > maxSources:
		return malformed("canPublishSources has more than %d entries", maxSources)
	case t.Cube != "" && !addressName.MatchString(t.Cube):
		return malformed("a cube's name has 1 to 64 letters, digits, - and _")
	case t.Role != Host && t.Role != Speaker && t.Role != Listener:
		return malformed("the role is none of %s, %s and %s", Host, Speaker, Listener)
	case t.Lobby != RoomDecides && t.Lobby != Bypass && t.Lobby != Wait:
		return malformed("the lobby rule is neither %s nor %s", Bypass, Wait)
	case t.Lobby == Wait && t.Role == Host:
		return malformed("a host opens the lobby and cannot wait in it: leave one away")
	}
	return nil
}

// printable says whether a text has 1 to limit printable characters, of which
// the first and the last are no spaces.
func printable(text string, limit int) bool {
	if !utf8.ValidString(text) || len(text) > 4*limit {
		return false
	}
	runes := []rune(text)
	if len(runes) == 0 || len(runes) > limit || runes[0] == ' ' || runes[len(runes)-1] == ' ' {
		return false
	}
	for _, r := range runes {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
