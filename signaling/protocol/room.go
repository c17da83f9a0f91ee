package protocol

import (
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session"
)

// RoomVersion is that of the room protocol. Another one is refused with
// ErrorVersion.
const RoomVersion = 1

// MaxRoomMessage bounds a message of the room protocol, in bytes, either way:
// a session description is the longest.
const MaxRoomMessage = 128 << 10

// Reasons of Refusal and End, and of Failed.
const (
	ErrorVersion   = "protocol-version"
	ErrorToken     = "token"
	ErrorExpired   = "token-expired"
	ErrorMalformed = "malformed"
	ErrorRate      = "rate"
	ErrorForbidden = "forbidden"
	ErrorFull      = "full"
	ErrorLocked    = "locked"
	ErrorDenied    = "denied"
	ErrorUnknown   = "unknown"
	ErrorInternal  = "internal"
	ErrorRemoved   = "removed"
	ErrorReplaced  = "replaced"
	ErrorGone      = "gone" // the seat was not kept that long
	ErrorShutdown  = "shutdown"
	ErrorMedia     = "media"
	ErrorEncrypted = "end-to-end-encryption"
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

// Messages of the page. Req, where there is one, is repeated in Done or
// Failed; it grows.

// Enter is the first message.
type Enter struct {
	Type     string `json:"type" const:"enter"`
	Protocol int    `json:"protocol"`
	Room     string `json:"room"`
	Token    string `json:"token"` // empty in development mode
	Name     string `json:"name"`  // shown to others; the token's name wins
	Resume   string `json:"resume"`
	Revision uint64 `json:"revision"` // that is known, with Resume
}

// Answer answers an Offer.
type Answer struct {
	Type string `json:"type" const:"answer"`
	ID   int    `json:"id"`
	SDP  string `json:"sdp"`
}

// Candidate is one of the page's ICE candidates.
type Candidate struct {
	Type      string `json:"type" const:"candidate"`
	Candidate string `json:"candidate"`
	Mid       string `json:"mid"`
}

// Restart asks for an offer with new ICE credentials, as after a change of
// the network.
type Restart struct {
	Type string `json:"type" const:"restart"`
}

// Leave ends the participant at once; without it the seat is kept a while.
type Leave struct {
	Type string `json:"type" const:"leave"`
}

// Look is where the eye is and looks, in the participant's own cube. It goes
// over the channel LookChannel; the newest wins.
type Look struct {
	Type       string         `json:"type" const:"look"`
	Sequence   int            `json:"sequence"`
	Eye        session.Vector `json:"eye"`
	Direction  session.Vector `json:"direction"`  // of the gaze; zero: not known
	Confidence float64        `json:"confidence"` // 0 to 1, of the direction
}

// LookChannel is the label of the data channel of Look: id 0, negotiated,
// unordered, without retransmission.
const LookChannel = "eye"

// Say writes into the chat; Aside: to one's side discussion alone.
type Say struct {
	Type  string `json:"type" const:"say"`
	Req   int    `json:"req"`
	Text  string `json:"text"`
	Aside bool   `json:"aside"`
}

// Raise lifts the hand or takes it down. Person: empty for oneself; a host
// may take down another's.
type Raise struct {
	Type   string `json:"type" const:"raise"`
	Req    int    `json:"req"`
	Up     bool   `json:"up"`
	Person string `json:"person"`
}

// Publish switches what one publishes on or off. Source: microphone, camera
// or screen. Encrypted says that the payloads are encrypted end to end, which is
// refused with ErrorEncrypted, since the node could not place them in the room.
// Where a page encrypts and does not say so, what comes is garbage: the node ends
// it where it sees that, and the others' decoders make nothing of the rest.
type Publish struct {
	Type      string `json:"type" const:"publish"`
	Req       int    `json:"req"`
	Source    string `json:"source"`
	On        bool   `json:"on"`
	Encrypted bool   `json:"encrypted,omitempty"`
}

// Block is a host's: somebody's source is switched off, or allowed again.
type Block struct {
	Type    string `json:"type" const:"block"`
	Req     int    `json:"req"`
	Person  string `json:"person"`
	Source  string `json:"source"`
	Blocked bool   `json:"blocked"`
}

// Admit is a host's: a guest comes in, or is sent away.
type Admit struct {
	Type  string `json:"type" const:"admit"`
	Req   int    `json:"req"`
	Guest string `json:"guest"`
	In    bool   `json:"in"`
}

// Invite is a host's: Done has, as its id, an access token with which others may
// enter as speakers, through the lobby if there is one.
type Invite struct {
	Type string `json:"type" const:"invite"`
	Req  int    `json:"req"`
}

// Remove is a host's: somebody is sent away, or back to the lobby.
type Remove struct {
	Type   string `json:"type" const:"remove"`
	Req    int    `json:"req"`
	Person string `json:"person"`
	Lobby  bool   `json:"lobby"`
}

// Appoint is a host's: somebody gets another role.
type Appoint struct {
	Type   string       `json:"type" const:"appoint"`
	Req    int          `json:"req"`
	Person string       `json:"person"`
	Role   session.Role `json:"role"`
}

// Rule is a host's: how the room is. All three are set.
type Rule struct {
	Type   string `json:"type" const:"rule"`
	Req    int    `json:"req"`
	Locked bool   `json:"locked"`
	Lobby  bool   `json:"lobby"`
	Murmur bool   `json:"murmur"`
}

// Arrange is a host's: another layout, for a number of seats.
type Arrange struct {
	Type   string `json:"type" const:"arrange"`
	Req    int    `json:"req"`
	Layout string `json:"layout"`
	Seats  int    `json:"seats"`
}

// Sit takes a free seat; a host may seat another. Seat -1 stands up.
type Sit struct {
	Type   string `json:"type" const:"sit"`
	Req    int    `json:"req"`
	Person string `json:"person"` // empty: oneself
	Seat   int    `json:"seat"`
}

// FilterChain sets the filters on a source of oneself, in their order; a host may
// take away those of others, and set those of a rig that nobody is at.
type FilterChain struct {
	Type   string               `json:"type" const:"filter"`
	Req    int                  `json:"req"`
	Person string               `json:"person"` // empty: oneself
	Source string               `json:"source"` // microphone, camera, screen, or view: the frames of a rig
	Links  []session.FilterLink `json:"links"`
}

// Whisper begins a side discussion with somebody, or joins theirs; an empty
// Person ends one's part in it.
type Whisper struct {
	Type   string `json:"type" const:"whisper"`
	Req    int    `json:"req"`
	Person string `json:"person"`
}

// ShareLooks says whether one's attention is computed and shown.
type ShareLooks struct {
	Type  string `json:"type" const:"shareLooks"`
	Req   int    `json:"req"`
	Share bool   `json:"share"`
}

// Place puts a work item of a kind into the room. A picture was uploaded
// before: Picture is the path that the upload answered.
type Place struct {
	Type    string       `json:"type" const:"place"`
	Req     int          `json:"req"`
	Kind    session.Kind `json:"kind"`
	Title   string       `json:"title"`
	Picture string       `json:"picture"`
	Aspect  float64      `json:"aspect"` // width over height
}

// Move poses a work item; who owns it and hosts may.
type Move struct {
	Type  string       `json:"type" const:"move"`
	Req   int          `json:"req"`
	Item  string       `json:"item"`
	Pose  session.Pose `json:"pose"`
	Width float64      `json:"width"` // metres; the height follows
}

// Clear takes a work item away; who owns it and hosts may.
type Clear struct {
	Type string `json:"type" const:"clear"`
	Req  int    `json:"req"`
	Item string `json:"item"`
}

// Point shows where one points on an item; an empty item: nowhere. It is not
// answered.
type Point struct {
	Type string  `json:"type" const:"point"`
	Item string  `json:"item"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
}
