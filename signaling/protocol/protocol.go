package protocol

// Version of this protocol. A peer that states another one is told so and
// gets the video alone.
const Version = 1

// MaxMessage bounds a message, in bytes.
const MaxMessage = 4096

// Labels of the data channels.
const (
	SceneChannel = "scene"
	EyeChannel   = "eye"
)

// Vector is a point or direction in a cube: x, y, z, metres.
type Vector [3]float64

// Node answers GET /api/node.
type Node struct {
	Version string     `json:"version"`
	Cubes   []NodeCube `json:"cubes"`
}

// NodeCube is one cube that can be watched.
type NodeCube struct {
	Name string `json:"name"`
	Rig  string `json:"rig"`  // address, such as synthetic:
	WHEP string `json:"whep"` // path of its WHEP endpoint
}

// Hello opens the scene channel, from the node.
type Hello struct {
	Type     string  `json:"type" const:"hello"`
	Protocol int     `json:"protocol"`
	Cube     string  `json:"cube"`
	Layout   Layout  `json:"layout"`
	Volume   Volume  `json:"volume"`
	Rate     float64 `json:"rate"` // views a second, nominal
}

// Layout is the packed view's: its version and the size of the colour tile.
type Layout struct {
	Version int `json:"version"`
	Width   int `json:"width"`  // pixels
	Height  int `json:"height"` // pixels
}

// Volume is the box round the seat that holds the person.
type Volume struct {
	Min Vector `json:"min"`
	Max Vector `json:"max"`
}

// Window describes a framing window, before the first frame that uses its id.
type Window struct {
	Type       string  `json:"type" const:"window"`
	ID         int     `json:"id"` // 1 to 1023
	Center     Vector  `json:"center"`
	Right      Vector  `json:"right"`
	Up         Vector  `json:"up"`
	HalfWidth  float64 `json:"halfWidth"`  // metres
	HalfHeight float64 `json:"halfHeight"` // metres
}

// Pong answers a Ping.
type Pong struct {
	Type string  `json:"type" const:"pong"`
	T0   float64 `json:"t0"` // the ping's
	T1   float64 `json:"t1"` // node clock at its receipt, ms
	T2   float64 `json:"t2"` // node clock at sending, ms
}

// Stats come once a second.
type Stats struct {
	Type           string             `json:"type" const:"stats"`
	ViewsPerSecond float64            `json:"viewsPerSecond"`
	Bitrate        int                `json:"bitrate"` // bits a second, the encoder's target
	Viewers        int                `json:"viewers"`
	Stages         map[string]float64 `json:"stages"` // mean of the last second, ms
	Drops          map[string]uint64  `json:"drops"`  // by reason, since the start
}

// Error says what went wrong: Error is a stable identifier, Message is for
// people and names the remedy.
type Error struct {
	Type    string `json:"type" const:"error"`
	Error   string `json:"error"`
	Message string `json:"message"`
}

// ClientHello opens the scene channel, from the page.
type ClientHello struct {
	Type     string `json:"type" const:"hello"`
	Protocol int    `json:"protocol"`
}

// Ping asks for the node's clock.
type Ping struct {
	Type string  `json:"type" const:"ping"`
	T0   float64 `json:"t0"` // performance.now() of the page, ms
}

// Eye is where the viewer's eyes are. The newest wins.
type Eye struct {
	Type       string  `json:"type" const:"eye"`
	Sequence   int     `json:"sequence"`   // grows
	Position   Vector  `json:"position"`   // in the cube that is watched
	Confidence float64 `json:"confidence"` // 0 to 1
}
