package whip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	// connectWithin is how long a peer may take to connect, and how long it may
	// be without a connection later, as long as ICE has hope.
	connectWithin = 30 * time.Second
	gatherWithin  = 5 * time.Second
)

// Reasons for which a session ends.
var (
	errDeleted      = errors.New("the other end left")
	errDisconnected = errors.New("the connection was lost")
	errUnconnected  = errors.New("no connection came about")
	errShutdown     = errors.New("the node stops")
)

// session is what WHEP and WHIP have in common: a peer connection that was made
// by an offer over HTTP, and is changed and ended over HTTP.
type session struct {
	id   string
	log  *slog.Logger
	peer *webrtc.PeerConnection

	deleted chan struct{} // one slot: DELETE was asked for
	// states holds connection states in their order; pion makes a handful.
	states chan webrtc.PeerConnectionState

	negotiating chan struct{} // one slot: held by whoever changes the session
	etag        string        // of the ICE session; guarded by negotiating
	// prepare, if not nil, is called between an offer and its answer.
	prepare func() error
}

func newSession(id string, peer *webrtc.PeerConnection, log *slog.Logger) *session {
	s := &session{
		id: id, log: log, peer: peer, deleted: make(chan struct{}, 1), states: make(chan webrtc.PeerConnectionState, 16),
		negotiating: make(chan struct{}, 1), etag: newETag(),
	}
	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		select {
		case s.states <- state:
		default: // who waits for them looks at the peer's state again at its deadline
		}
	})
	return s
}

// negotiate applies an offer and returns the whole answer with candidates.
func (s *session) negotiate(ctx context.Context, offer string) (string, error) {
	if err := s.peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("%w: %w", errBadOffer, err)
	}
	if s.prepare != nil {
		if err := s.prepare(); err != nil {
			return "", err
		}
	}
	answer, err := s.peer.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errBadOffer, err)
	}
	gathered := webrtc.GatheringCompletePromise(s.peer)
	if err := s.peer.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("%w: %w", errBadOffer, err)
	}
	ctx, cancel := context.WithTimeout(ctx, gatherWithin)
	defer cancel()
	select {
	case <-gathered:
		return s.peer.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", fmt.Errorf("gather candidates: %w", ctx.Err())
	}
}

// created answers the offer that made the session, which is at a path from now
// on.
func (s *session) created(w http.ResponseWriter, path, answer string) {
	h := w.Header()
	h.Set("Content-Type", typeSDP)
	h.Set("Location", path)
	h.Set("ETag", s.etag)
	h.Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer) // a peer that does not read it does not connect
}

// methods are those of a session's resource.
const methods = "OPTIONS, PATCH, DELETE"

// preflight answers what needs no session, and says whether anything is left.
func preflight(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Accept-Patch", typeFragment)
	switch r.Method {
	case http.MethodPatch, http.MethodDelete:
		return true
	case http.MethodOptions:
		allow(w, methods)
	default:
		refuseMethod(w, methods)
	}
	return false
}

// serveHTTP changes or ends the session.
func (s *session) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch {
		s.patch(w, r)
		return
	}
	select {
	case s.deleted <- struct{}{}:
	default: // asked for already
	}
	w.WriteHeader(http.StatusOK)
}

// patch takes trickled candidates, or restarts ICE (RFC 9725 sections 4.3.1
// to 4.3.3).
func (s *session) patch(w http.ResponseWriter, r *http.Request) {
	text, ok := body(w, r, typeFragment, maxFragment)
	if !ok {
		return
	}
	f, err := parseFragment(text)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	select {
	case s.negotiating <- struct{}{}:
		defer func() { <-s.negotiating }()
	case <-r.Context().Done():
		return
	}
	match := r.Header.Get("If-Match")
	switch {
	case match == "":
		fail(w, http.StatusPreconditionRequired, "send If-Match with the session's ETag, or * to restart ICE")
	case match == "*":
		s.restart(r.Context(), w, f)
	case match != s.etag:
		fail(w, http.StatusPreconditionFailed, "the ETag is of an older ICE session: restart ICE with If-Match: *")
	default:
		s.trickle(f)
		w.WriteHeader(http.StatusNoContent)
	}
}

// trickle adds candidates. One that this node cannot use, such as a name that
// only the peer's network resolves, is no error: an ICE-lite node learns the
// real address from the first check.
func (s *session) trickle(f fragment) {
	for _, c := range f.candidates {
		init := webrtc.ICECandidateInit{Candidate: c.line}
		if c.mid != "" {
			init.SDPMid = &c.mid
		}
		if err := s.peer.AddICECandidate(init); err != nil {
			s.log.Debug("candidate not used", "error", err)
		}
	}
}

// restart answers new ICE credentials with the node's own.
func (s *session) restart(ctx context.Context, w http.ResponseWriter, f fragment) {
	if f.ufrag == "" {
		fail(w, http.StatusBadRequest, "an ICE restart needs new ice-ufrag and ice-pwd")
		return
	}
	remote := s.peer.CurrentRemoteDescription()
	if remote == nil {
		fail(w, http.StatusConflict, "the session is not established yet")
		return
	}
	answer, err := s.negotiate(ctx, restarted(remote.SDP, f))
	if err != nil {
		s.log.Warn("ice restart failed", "error", err)
		fail(w, http.StatusUnprocessableEntity, "ice restart: "+err.Error())
		return
	}
	s.trickle(f)
	s.etag = newETag()
	w.Header().Set("Content-Type", typeFragment)
	w.Header().Set("ETag", s.etag)
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, formatFragment(answer))
}

// hold returns why the session ended: its peer left or was lost, or the
// context's end, which is nil.
func (s *session) hold(ctx context.Context) error {
	deadline := time.NewTimer(connectWithin)
	defer deadline.Stop()
	connected := false
	for {
		select {
		case state := <-s.states:
			switch state {
			case webrtc.PeerConnectionStateConnected:
				connected = true
				deadline.Stop()
			case webrtc.PeerConnectionStateDisconnected:
				deadline.Reset(connectWithin)
			case webrtc.PeerConnectionStateFailed:
				return errDisconnected
			case webrtc.PeerConnectionStateClosed: // the peer's DTLS said so
				return errDeleted
			}
		case <-deadline.C:
			switch {
			case s.peer.ConnectionState() == webrtc.PeerConnectionStateConnected:
			case connected:
				return errDisconnected
			default:
				return errUnconnected
			}
		case <-s.deleted:
			return errDeleted
		case <-ctx.Done():
			return nil
		}
	}
}

// close ends the peer connection. It returns after pion's goroutines did.
func (s *session) close() {
	if err := s.peer.GracefulClose(); err != nil {
		s.log.Debug("peer not closed cleanly", "error", err)
	}
}
