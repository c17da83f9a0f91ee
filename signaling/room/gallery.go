package room

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/virtualcube/virtualcube/session"
)

// Limits of pictures.
const (
	maxPicture = 5 << 20 // bytes
	// maxPictures are those of a room: more than its work items, so that beyond
	// it there is one to forget that none shows.
	maxPictures = 24
)

// gallery holds the pictures of a room. Who has the path of one may see it: it
// cannot be guessed.
type gallery struct {
	mu       sync.Mutex // guards all below; held for a few instructions
	pictures map[string]picture
	order    []string
}

type picture struct {
	kind string // media type
	data []byte // immutable
}

func newGallery() *gallery { return &gallery{pictures: make(map[string]picture)} }

// add keeps a picture; beyond maxPictures the oldest is forgotten that is not
// shown.
func (g *gallery) add(p picture, shown func(id string) bool) (id string) {
	id = rand.Text()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pictures[id] = p
	g.order = append(g.order, id)
	if len(g.order) > maxPictures {
		k := max(0, slices.IndexFunc(g.order, func(old string) bool { return !shown(old) }))
		delete(g.pictures, g.order[k])
		g.order = slices.Delete(g.order, k, k+1)
	}
	return id
}

func (g *gallery) find(id string) (picture, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p, ok := g.pictures[id]
	return p, ok
}

// postPicture takes a picture of a participant, who proves to be one by the
// secret of Welcome.
func (e *Endpoint) postPicture(w http.ResponseWriter, r *http.Request) {
	h := e.known(r.PathValue("room"))
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if h == nil || !h.room.Knows(r.Context(), secret) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="room"`)
		http.Error(w, "only who is in the room may upload pictures", http.StatusUnauthorized)
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPicture))
	if err != nil {
		http.Error(w, fmt.Sprintf("the picture could not be read, or has more than %d bytes", maxPicture), http.StatusRequestEntityTooLarge)
		return
	}
	// What the bytes are counts, not what the request says.
	kind := http.DetectContentType(data)
	switch kind {
	case "image/png", "image/jpeg", "image/webp":
	default:
		http.Error(w, "a picture must be PNG, JPEG or WebP", http.StatusUnsupportedMediaType)
		return
	}
	shown, err := h.room.Pictures(r.Context())
	if err != nil {
		http.Error(w, "the room is closed", http.StatusServiceUnavailable)
		return
	}
	path := h.path(h.gallery.add(picture{kind: kind, data: data}, func(id string) bool { return shown[h.path(id)] }))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(struct { // a client that went away
		Path string `json:"path"`
	}{path})
}

func (e *Endpoint) getPicture(w http.ResponseWriter, r *http.Request) {
	if h := e.known(r.PathValue("room")); h != nil {
		if p, ok := h.gallery.find(r.PathValue("id")); ok {
			w.Header().Set("Content-Type", p.kind)
			w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
			_, _ = w.Write(p.data)
			return
		}
	}
	http.Error(w, "there is no such picture, or not any more", http.StatusNotFound)
}

// known returns a room that is open.
func (e *Endpoint) known(name string) *hall {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.halls[name]
}

// path is where a picture is fetched.
func (h *hall) path(id string) string { return "/api/room/" + h.room.Name() + "/pictures/" + id }

// holds says whether a path is that of a picture of the room.
func (h *hall) holds(path string) bool {
	id, ours := strings.CutPrefix(path, h.path(""))
	if !ours {
		return false
	}
	_, ok := h.gallery.find(id)
	return ok
}

var errNoPicture = &session.Refusal{Cause: session.ErrUnknown, Message: "This picture is not on the node, or not any more. Upload it again."}
