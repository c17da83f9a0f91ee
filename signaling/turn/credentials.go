package turn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	pion "github.com/pion/turn/v5"
)

const (
	// MaxLifetime bounds the time within which credentials open allocations.
	MaxLifetime = 24 * time.Hour
	// maxUsername is less than TURN would allow, in bytes.
	maxUsername = 256
)

// holder is a participant with credentials.
type holder struct {
	expires time.Time // of the newest credentials
	relays  map[*relay]struct{}
}

// Credentials make a user name and a password with which a participant may
// open allocations for a time of at most MaxLifetime, and the URLs to use them
// with: RTCIceServer's username, credential and urls. The participant's id has
// at most 200 bytes.
func (s *Server) Credentials(participant string, lifetime time.Duration) (username, password string, urls []string) {
	now := time.Now()
	expires := now.Add(min(lifetime, MaxLifetime))
	username = strconv.FormatInt(expires.Unix(), 10) + ":" + participant
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, h := range s.holders { // whom nobody released
		if len(h.relays) == 0 && now.After(h.expires) {
			delete(s.holders, id)
		}
	}
	h := s.holders[participant]
	if h == nil {
		h = &holder{relays: map[*relay]struct{}{}}
		s.holders[participant] = h
	}
	if expires.After(h.expires) {
		h.expires = expires
	}
	return username, s.password(username), s.URLs()
}

// Release takes a participant's credentials back and ends its allocations.
func (s *Server) Release(participant string) {
	s.mu.Lock()
	h := s.holders[participant]
	delete(s.holders, participant)
	var open []*relay
	if h != nil {
		for r := range h.relays {
			open = append(open, r)
		}
	}
	s.mu.Unlock()
	for _, r := range open {
		r.cut()
	}
}

func (s *Server) password(username string) string {
	mac := hmac.New(sha256.New, s.secret[:])
	_, _ = mac.Write([]byte(username)) // a hash never fails
	return base64.RawStdEncoding.EncodeToString(mac.Sum(nil))
}

// authenticate is pion's AuthHandler: the participant and the key of its
// password.
func (s *Server) authenticate(r *pion.RequestAttributes) (participant string, key []byte, ok bool) {
	expiry, participant, found := strings.Cut(r.Username, ":")
	seconds, err := strconv.ParseInt(expiry, 10, 64)
	if !found || err != nil || len(r.Username) > maxUsername || r.Realm != s.config.Realm {
		s.counts.unauthorized.Add(1)
		return "", nil, false
	}
	s.mu.Lock()
	_, known := s.holders[participant]
	s.mu.Unlock()
	// What is open may be kept up: Release ends it.
	if !known || r.Method == stun.MethodAllocate && time.Now().Unix() >= seconds {
		s.counts.unauthorized.Add(1)
		return "", nil, false
	}
	return participant, pion.GenerateAuthKey(r.Username, s.config.Realm, s.password(r.Username)), true
}

// quota is pion's QuotaHandler: whether one more allocation is within the
// limits. claim decides; this gives the proper error.
func (s *Server) quota(participant, _ string, _ net.Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.holders[participant]
	if h == nil || s.full(h) {
		s.counts.full.Add(1)
		return false
	}
	return true
}

// full says whether the node or a participant has all its allocations. The
// mutex is held.
func (s *Server) full(h *holder) bool {
	return len(s.relays) >= s.config.Allocations || len(h.relays) >= s.config.PerParticipant
}
