package protocol

import "github.com/virtualcube/virtualcube/session"

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
