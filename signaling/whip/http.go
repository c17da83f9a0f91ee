package whip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/pion/webrtc/v4"
)

const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
	retryAfter   = "5" // seconds, for a node that is full
)

// serveEndpoint is the WHEP endpoint of a cube.
func (e *Endpoint) serveEndpoint(w http.ResponseWriter, r *http.Request) {
	cube := e.cubes[r.PathValue("cube")]
	if cube == nil {
		fail(w, http.StatusNotFound, fmt.Sprintf("there is no cube %.64q here; GET /api/node lists them", r.PathValue("cube")))
		return
	}
	w.Header().Set("Accept-Post", typeSDP)
	switch r.Method {
	case http.MethodOptions:
		allow(w, "OPTIONS, POST")
	case http.MethodPost:
		if e.authorized(w, r) {
			e.post(w, r, cube)
		}
	default: // RFC 9725 section 4.1: other methods are refused
		refuseMethod(w, "OPTIONS, POST")
	}
}

// serveViewer is the WHEP session of one viewer.
func (e *Endpoint) serveViewer(w http.ResponseWriter, r *http.Request) {
	const methods = "OPTIONS, PATCH, DELETE"
	w.Header().Set("Accept-Patch", typeFragment)
	if r.Method == http.MethodOptions {
		allow(w, methods)
		return
	}
	if r.Method != http.MethodPatch && r.Method != http.MethodDelete {
		refuseMethod(w, methods)
		return
	}
	if !e.authorized(w, r) {
		return
	}
	v := e.find(r)
	if v == nil {
		fail(w, http.StatusNotFound, "this session has ended: offer again to the WHEP endpoint")
		return
	}
	if r.Method == http.MethodPatch {
		e.patch(w, r, v)
		return
	}
	select {
	case v.deleted <- struct{}{}:
	default: // asked for already
	}
	w.WriteHeader(http.StatusOK)
}

func (e *Endpoint) authorized(w http.ResponseWriter, r *http.Request) bool {
	if e.config.Authorized == nil || e.config.Authorized(r) {
		return true
	}
	e.counts.refused(refusedKey)
	w.Header().Set("WWW-Authenticate", `Bearer realm="virtualcube"`)
	fail(w, http.StatusUnauthorized, "a key is needed: send it as Authorization: Bearer KEY")
	return false
}

// post answers an offer (RFC 9725 section 4.2 and draft-ietf-wish-whep
// section 4.2).
func (e *Endpoint) post(w http.ResponseWriter, r *http.Request, cube *Cube) {
	offer, ok := body(w, r, typeSDP, maxOffer)
	if !ok {
		return
	}
	if err := checkOffer(offer); err != nil {
		e.refuse(w, err)
		return
	}
	if !e.reserve() {
		e.refuse(w, errFull)
		return
	}
	v, answer, err := e.newViewer(r.Context(), cube, newID(), offer)
	if err == nil {
		err = e.start(r.Context(), v)
	}
	if err != nil {
		e.release()
		e.refuse(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", typeSDP)
	h.Set("Location", "/"+cube.Name+"/whep/"+v.id)
	h.Set("ETag", v.etag)
	h.Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer) // a viewer that does not read it does not connect
}

var errFull = errors.New("too many viewers watch this node: try again later")

// refuse maps an error to its status. Nothing was made for the viewer, or it
// is gone again.
func (e *Endpoint) refuse(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, errFull):
		e.counts.refused(refusedFull)
		w.Header().Set("Retry-After", retryAfter)
		status = http.StatusServiceUnavailable
	case errors.Is(err, errStopped):
		w.Header().Set("Retry-After", retryAfter)
		status = http.StatusServiceUnavailable
	case errors.Is(err, errNoCodec), errors.Is(err, errNoVideo):
		e.counts.refused(refusedCodec)
		status = http.StatusUnprocessableEntity
	case errors.Is(err, errBadOffer), errors.Is(err, errNoTransport):
		e.counts.refused(refusedOffer)
		status = http.StatusBadRequest
	default:
		e.config.Log.Error("offer not answered", "error", err)
	}
	fail(w, status, err.Error())
}

// patch takes trickled candidates, or restarts ICE (RFC 9725 sections 4.3.1
// to 4.3.3).
func (e *Endpoint) patch(w http.ResponseWriter, r *http.Request, v *viewer) {
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
	case v.negotiating <- struct{}{}:
		defer func() { <-v.negotiating }()
	case <-r.Context().Done():
		return
	}
	match := r.Header.Get("If-Match")
	switch {
	case match == "":
		fail(w, http.StatusPreconditionRequired, "send If-Match with the session's ETag, or * to restart ICE")
	case match == "*":
		v.restart(r.Context(), w, f)
	case match != v.etag:
		fail(w, http.StatusPreconditionFailed, "the ETag is of an older ICE session: restart ICE with If-Match: *")
	default:
		v.trickle(f)
		w.WriteHeader(http.StatusNoContent)
	}
}

// trickle adds candidates. One that this node cannot use, such as a name that
// only the viewer's network resolves, is no error: an ICE-lite node learns the
// real address from the first check.
func (v *viewer) trickle(f fragment) {
	for _, c := range f.candidates {
		init := webrtc.ICECandidateInit{Candidate: c.line}
		if c.mid != "" {
			init.SDPMid = &c.mid
		}
		if err := v.peer.AddICECandidate(init); err != nil {
			v.log.Debug("candidate not used", "error", err)
		}
	}
}

// restart answers new ICE credentials with the node's own.
func (v *viewer) restart(ctx context.Context, w http.ResponseWriter, f fragment) {
	if f.ufrag == "" {
		fail(w, http.StatusBadRequest, "an ICE restart needs new ice-ufrag and ice-pwd")
		return
	}
	remote := v.peer.CurrentRemoteDescription()
	if remote == nil {
		fail(w, http.StatusConflict, "the session is not established yet")
		return
	}
	answer, err := v.negotiate(ctx, restarted(remote.SDP, f))
	if err != nil {
		v.log.Warn("ice restart failed", "error", err)
		fail(w, http.StatusUnprocessableEntity, "ice restart: "+err.Error())
		return
	}
	v.trickle(f)
	v.etag = newETag()
	w.Header().Set("Content-Type", typeFragment)
	w.Header().Set("ETag", v.etag)
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, formatFragment(answer))
}

// body reads a request's body of one media type, or answers with the error.
func body(w http.ResponseWriter, r *http.Request, want string, limit int64) (string, bool) {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != want {
		fail(w, http.StatusUnsupportedMediaType, "the Content-Type must be "+want)
		return "", false
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			fail(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body may have %d bytes at most", limit))
		} else {
			fail(w, http.StatusBadRequest, "the body could not be read")
		}
		return "", false
	}
	return string(data), true
}

func allow(w http.ResponseWriter, methods string) {
	w.Header().Set("Allow", methods)
	w.WriteHeader(http.StatusNoContent)
}

func refuseMethod(w http.ResponseWriter, methods string) {
	w.Header().Set("Allow", methods)
	fail(w, http.StatusMethodNotAllowed, "possible here: "+methods)
}

func fail(w http.ResponseWriter, status int, text string) { http.Error(w, text, status) }
