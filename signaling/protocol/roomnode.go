package protocol

import (
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
)

// Messages of the node.

// Welcome answers Enter for whoever is in.
type Welcome struct {
	Type        string       `json:"type" const:"welcome"`
	Protocol    int          `json:"protocol"`
	Version     string       `json:"version"` // of the node
	Room        string       `json:"room"`
	You         string       `json:"you"`    // participant
	Resume      string       `json:"resume"` // secret: with it, Enter goes on after a cut
	Resumed     bool         `json:"resumed"`
	KeptSeconds float64      `json:"keptSeconds"` // that a seat waits for its participant
	Ice         []IceServer  `json:"ice"`
	Cubes       []CubeView   `json:"cubes"`
	Filters     []FilterKind `json:"filters"` // that this node has
}

// FilterKind is a filter that can be put on what is sent.
type FilterKind struct {
	Name       string            `json:"name"`
	Summary    string            `json:"summary"`   // what it does, for people
	Kind       string            `json:"kind"`      // audio, video or rgbd
	LookAhead  float64           `json:"lookAhead"` // ms by which what is sent comes later
	Latency    float64           `json:"latency"`   // ms of work that it may take beside
	Private    bool              `json:"private"`   // it hides something: where it cannot work nothing is sent
	Parameters []FilterParameter `json:"parameters"`
}

// FilterParameter is a setting of a filter. Values are written as text: numbers,
// "true" and "false", or words.
type FilterParameter struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"` // number, integer, switch, choice, text or colour
	Default string   `json:"default"`
	Min     float64  `json:"min"` // of numbers and integers
	Max     float64  `json:"max"`
	Choices []string `json:"choices"`
	Unit    string   `json:"unit"`
	Help    string   `json:"help"`
	Live    bool     `json:"live"` // it takes effect at the next frame, else the filter is opened anew
}

// IceServer is one of RTCConfiguration.iceServers.
type IceServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username"`
	Credential string   `json:"credential"`
}

// CubeView says how the views of a cube are packed.
type CubeView struct {
	Cube   string  `json:"cube"`
	Layout Layout  `json:"layout"`
	Volume Volume  `json:"volume"`
	Rate   float64 `json:"rate"` // views a second, nominal
}

// Waiting answers Enter for whoever is in the lobby; Welcome follows, or End.
type Waiting struct {
	Type string `json:"type" const:"waiting"`
	Room string `json:"room"`
}

// State tells what changed in the room, in order. The first one is full.
type State struct {
	Type   string         `json:"type" const:"state"`
	Update session.Update `json:"update"`
}

// Offer is a session description of the node, to be answered in order.
type Offer struct {
	Type    string `json:"type" const:"offer"`
	ID      int    `json:"id"`
	SDP     string `json:"sdp"`
	Restart bool   `json:"restart"`
}

// Streams says what each section of the peer connection carries from now on,
// whole; a mid that is not named carries nothing.
type Streams struct {
	Type    string   `json:"type" const:"streams"`
	Streams []Stream `json:"streams"`
}

// Stream is what one section carries.
type Stream struct {
	Mid    string `json:"mid"`
	Person string `json:"person"` // participant; empty for a cube that nobody is at
	Source string `json:"source"` // view, microphone, camera or screen
	Cube   string `json:"cube"`   // of a view
	Murmur bool   `json:"murmur"` // the voice of a side discussion that one is not in, made unintelligible
}

// CubeWindow describes a framing window of a cube's views, before the first
// frame that uses its id.
type CubeWindow struct {
	Type   string `json:"type" const:"window"`
	Cube   string `json:"cube"`
	Window Window `json:"window"`
}

// WindowOf is a framing window as messages describe it.
func WindowOf(w space.Window) Window {
	at := func(v space.Vec3) Vector { return Vector{v.X, v.Y, v.Z} }
	return Window{
		Type: "window", ID: int(w.ID), Center: at(w.Center), Right: at(w.Right), Up: at(w.Up), HalfWidth: w.HalfWidth, HalfHeight: w.HalfHeight,
	}
}

// Done answers a request.
type Done struct {
	Type string `json:"type" const:"done"`
	Re   int    `json:"re"`
	ID   string `json:"id"` // of what was made, if anything
}

// Failed answers a request that was refused: Error is a stable identifier,
// Message is for people and names the remedy.
type Failed struct {
	Type    string `json:"type" const:"failed"`
	Re      int    `json:"re"`
	Error   string `json:"error"`
	Message string `json:"message"`
}

// End is the last message. Retry says whether it is worth entering again.
type End struct {
	Type    string `json:"type" const:"end"`
	Error   string `json:"error"`
	Message string `json:"message"`
	Retry   bool   `json:"retry"`
}

// Figures come once a second: what the node knows of the connection and of
// what is watched.
type Figures struct {
	Type      string                        `json:"type" const:"figures"`
	RoundTrip float64                       `json:"roundTrip"` // ms
	Loss      float64                       `json:"loss"`      // 0 to 1, either way
	Estimate  int                           `json:"estimate"`  // bits a second, of the link to the page
	Sent      int                           `json:"sent"`      // bits a second
	Views     map[string]map[string]float64 `json:"views"`     // by cube: mean ms of each stage
	Voices    map[string]uint64             `json:"voices"`    // packets sent, by participant
	// Ways is how long the voices of those whose view one gets were on their way
	// when they left the node, ms since they were spoken, by participant.
	Ways map[string]float64 `json:"ways"`
	// Filters are those of all participants, by id.
	Filters map[string]FilterFigures `json:"filters"`
}

// FilterFigures are how a filter fared since it was put there.
type FilterFigures struct {
	Frames   int     `json:"frames"`   // that it made
	Late     int     `json:"late"`     // that it was late for
	Errors   int     `json:"errors"`   // that it failed at
	Restarts int     `json:"restarts"` // after it died or hung
	Queue    int     `json:"queue"`    // that wait for it
	Mean     float64 `json:"mean"`     // ms a frame
	Longest  float64 `json:"longest"`  // ms
}
