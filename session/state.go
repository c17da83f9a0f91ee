package session

import "github.com/virtualcube/virtualcube/capture/space"

// The types of this file are what everybody in a room sees. They are part of
// the room protocol as they stand (package signaling/protocol): a change here
// is one of the protocol. Ids are "p", "g", "i", "a" or "c" and a number that
// is never used again in the room: of a participant, a guest in the lobby, a
// work item, a side discussion or a line of the chat; "f" is a filter's.

// Vector is a point or direction: x, y, z, metres.
type Vector [3]float64

func vector(v space.Vec3) Vector { return Vector{v.X, v.Y, v.Z} }

func (v Vector) vec3() space.Vec3 { return space.Vec3{X: v[0], Y: v[1], Z: v[2]} }

// Pose is a rigid transform of unit scale into the room's world: first the
// rotation, a unit quaternion x, y, z, w, then the translation.
type Pose struct {
	Position Vector     `json:"position"`
	Rotation [4]float64 `json:"rotation"`
}

// Update is what changed in a room since a revision; what is not named did
// not change. Entries replace those of the same id.
type Update struct {
	Revision uint64   `json:"revision"`
	Full     bool     `json:"full"` // it replaces all that was known
	Room     *Info    `json:"room,omitempty"`
	People   []Person `json:"people,omitempty"`
	Items    []Item   `json:"items,omitempty"`
	Asides   []Aside  `json:"asides,omitempty"`
	Lines    []Line   `json:"lines,omitempty"`  // of the chat, oldest first
	Guests   []Guest  `json:"guests,omitempty"` // in the lobby; hosts alone are told
	Gone     []string `json:"gone,omitempty"`   // ids of what is no more
}

// empty says that nothing changed.
func (u Update) empty() bool {
	return !u.Full && u.Room == nil && len(u.People)+len(u.Items)+len(u.Asides)+len(u.Lines)+len(u.Guests)+len(u.Gone) == 0
}

// Info is the room itself.
type Info struct {
	Name   string `json:"name"`
	Layout string `json:"layout"`
	Seats  []Pose `json:"seats"` // cube to world, by seat
	// Gallery is the same for those without a seat.
	Gallery Pose   `json:"gallery"`
	Boards  []Spot `json:"boards"` // where work items go by themselves, by their order
	Locked  bool   `json:"locked"` // nobody new comes in
	Lobby   bool   `json:"lobby"`  // who comes waits to be admitted
	// Murmur says that those outside a side discussion hear a murmur of it,
	// which cannot be understood; else they hear nothing.
	Murmur bool `json:"murmur"`
}

// Spot is a rectangle in the world, where an item goes by itself.
type Spot struct {
	Pose   Pose    `json:"pose"`
	Width  float64 `json:"width"`  // metres
	Height float64 `json:"height"` // metres
	Sides  Sides   `json:"sides"`
}

// Sides says from where an item is seen upright and unmirrored.
type Sides string

// The sides.
const (
	OneSide    Sides = "one"  // of its pose's +z
	BothSides  Sides = "both" // of +z and, turned by half a turn about y, of -z
	EachViewer Sides = "each" // it is turned about y towards each who looks
)

// Role is what a participant may do.
type Role string

// The roles.
const (
	Host     Role = "host"     // everything
	Speaker  Role = "speaker"  // has a seat, speaks, shows
	Listener Role = "listener" // sees and hears, writes, raises the hand
)

// Person is one participant.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
	Seat int    `json:"seat"` // from 0; -1 without one
	Cube string `json:"cube"` // whose rig is on the seat; empty without
	// Unattended says that this is nobody: a rig that sits by itself.
	Unattended bool `json:"unattended"`
	// Program says that it is software, which sends and cannot act: hosts act for it.
	Program bool `json:"program"`
	// Present is false while the connection is lost; the seat is kept for a
	// while.
	Present bool `json:"present"`
	// Hand is when it was raised, milliseconds since the room began, so that
	// the first comes first; 0: it is down.
	Hand       int64   `json:"hand"`
	Microphone Switch  `json:"microphone"`
	Camera     Switch  `json:"camera"`
	Screen     Switch  `json:"screen"`
	Speaking   bool    `json:"speaking"`
	Aside      string  `json:"aside"`   // the side discussion that they are in; empty: none
	Looks      Looks   `json:"looks"`   // at whom or what
	Quality    Quality `json:"quality"` // of their connection
	// Filters work on what they send, in this order for each source.
	Filters []Filter `json:"filters"`
}

// Filter is one that works on what a participant sends, which all may know.
type Filter struct {
	ID string `json:"id"` // "f" and a number
	// Source is what it works on; of a view, on the frames of their rig.
	Source Source            `json:"source"`
	Name   string            `json:"name"`   // of its kind
	Values map[string]string `json:"values"` // of all its parameters
	State  FilterState       `json:"state"`
	Error  string            `json:"error"` // the last one
}

// FilterState is how a filter fares.
type FilterState string

// The states.
const (
	FilterOpening FilterState = "opening" // what is sent passes meanwhile, or is withheld where the filter hides something
	FilterRunning FilterState = "running"
	FilterFailed  FilterState = "failed" // it is not tried again
)

func (r Role) valid() bool { return r == Host || r == Speaker || r == Listener }

// Switch is the state of something that a participant publishes.
type Switch string

// The states.
const (
	Off     Switch = "off"
	On      Switch = "on"
	Blocked Switch = "blocked" // by a host, until the host allows it again
)

// Looks is a participant's attention.
type Looks struct {
	Shared  bool    `json:"shared"` // false: they keep it to themselves
	At      string  `json:"at"`     // id of a participant or work item; empty: nothing known
	Degrees float64 `json:"degrees"`
	Since   int64   `json:"since"` // milliseconds since the room began
}

// Quality is that of a connection, by the thresholds of QualityOf.
type Quality string

// The qualities.
const (
	Good    Quality = "good"
	Fair    Quality = "fair"
	Poor    Quality = "poor"
	Lost    Quality = "lost"
	Unknown Quality = "unknown"
)

// Guest waits in the lobby.
type Guest struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Aside is a side discussion: what its members say, its members alone hear.
// They go on hearing the room.
type Aside struct {
	ID      string   `json:"id"`
	Members []string `json:"members"` // participants
}

// Line is one of the chat.
type Line struct {
	ID   string `json:"id"`
	From string `json:"from"` // participant, who may have left
	Name string `json:"name"` // of the writer
	Text string `json:"text"`
	At   int64  `json:"at"` // milliseconds since 1970-01-01 UTC
	// Aside is the side discussion that alone sees it; empty: all do.
	Aside string `json:"aside"`
}

// Item is a work item: a thing in the room that all may look at. It faces its
// pose's +z and is Width x Height metres.
type Item struct {
	ID      string  `json:"id"`
	Kind    Kind    `json:"kind"`
	Owner   string  `json:"owner"` // participant
	Title   string  `json:"title"`
	Pose    Pose    `json:"pose"`
	Width   float64 `json:"width"`
	Height  float64 `json:"height"`
	Sides   Sides   `json:"sides"`
	Picture string  `json:"picture"` // of kind picture: where it is fetched, a path on the node
	// Pointers are where participants point on the item.
	Pointers []Pointer `json:"pointers"`
}

// Kind is a work item's.
type Kind string

// The kinds. Documents and objects in 3D will be others.
const (
	SharedScreen Kind = "screen"
	Picture      Kind = "picture"
)

// Pointer is where a participant points on an item, from its upper left
// corner, 0 to 1.
type Pointer struct {
	Person string  `json:"person"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
}
