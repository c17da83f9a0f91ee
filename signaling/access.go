package signaling

import (
	"net/http"
	"strings"

	"github.com/virtualcube/virtualcube/signaling/token"
)

// Access decides what a request may do by its bearer token (RFC 6750 section
// 2.1), which is a key of the node or an access token.
type Access struct {
	static func(*http.Request) bool // nil without keys
	tokens *token.Verifier          // nil without API keys and key set
}

// NewAccess makes the decision out of the node's keys and the verifier of
// access tokens, which may be nil. With neither, everybody may do everything.
func NewAccess(keys []string, tokens *token.Verifier) *Access {
	a := &Access{tokens: tokens}
	if len(keys) > 0 {
		a.static = Authorized(keys)
	}
	return a
}

// Subscriber lets those through who may watch and listen: who has a key, or an
// access token for the room with canSubscribe. An empty room stands for
// requests that are about none. The token is nil for a key, and where nobody
// needs one. A refusal is a *token.Error, whose text may be sent.
func (a *Access) Subscriber(r *http.Request, room string) (*token.Token, error) {
	t, err := a.bearer(r, room)
	if t != nil && !t.Grants.Subscribe() {
		return nil, token.Refusal("the token does not allow to watch: ask for one with canSubscribe")
	}
	return t, err
}

// Publisher lets those through who may send tracks, as Subscriber does for
// canPublish. A listener's token does not, however it is granted.
func (a *Access) Publisher(r *http.Request, room string) (*token.Token, error) {
	t, err := a.bearer(r, room)
	if t != nil && !t.MayPublish() {
		return nil, token.Refusal("the token does not allow to publish: ask for one with canPublish and the role of a speaker")
	}
	return t, err
}

func (a *Access) bearer(r *http.Request, room string) (*token.Token, error) {
	if a.static == nil && a.tokens == nil || a.static != nil && a.static(r) {
		return nil, nil
	}
	if a.tokens == nil {
		return nil, token.Refusal("a key is needed: send it as Authorization: Bearer KEY")
	}
	scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		raw = "" // which is refused with what is needed
	}
	raw = strings.TrimSpace(raw)
	if room != "" {
		return a.tokens.Join(raw, room)
	}
	t, err := a.tokens.Verify(raw)
	if err == nil && !t.Grants.RoomJoin {
		return nil, token.Refusal("the token does not allow to join a room: ask for one with roomJoin")
	}
	return t, err
}
