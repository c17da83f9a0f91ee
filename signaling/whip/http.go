package whip

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
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
	if !preflight(w, r) {
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
	v.serveHTTP(w, r)
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
	v.created(w, "/"+cube.Name+"/whep/"+v.id, answer)
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
