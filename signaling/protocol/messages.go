package protocol

import (
	"reflect"

	"github.com/virtualcube/virtualcube/session"
)

// Enum is a string type with its values, the visible table of which follows.
type Enum struct {
	Type   reflect.Type
	Values []string
}

// RoomEnums are those of the room protocol.
func RoomEnums() []Enum {
	return []Enum{
		enum(session.Host, session.Speaker, session.Listener),
		enum(session.Off, session.On, session.Blocked),
		enum(session.Good, session.Fair, session.Poor, session.Lost, session.Unknown),
		enum(session.SharedScreen, session.Picture),
		enum(session.FilterOpening, session.FilterRunning, session.FilterFailed),
		enum(session.View, session.Microphone, session.Camera, session.Screen),
		enum(session.OneSide, session.BothSides, session.EachViewer),
	}
}

func enum[T ~string](values ...T) Enum {
	e := Enum{Type: reflect.TypeFor[T]()}
	for _, v := range values {
		e.Values = append(e.Values, string(v))
	}
	return e
}

// RoomParts are the structs that messages of the room protocol are made of; a
// struct comes after those that it uses.
func RoomParts() []any {
	return []any{
		session.Pose{}, session.Spot{}, session.Info{}, session.Looks{}, session.Filter{}, session.Person{}, session.Guest{}, session.Aside{},
		session.Line{}, session.Pointer{}, session.Item{}, session.Update{}, session.FilterLink{}, IceServer{}, CubeView{}, FilterParameter{}, FilterKind{}, FilterFigures{}, Stream{},
	}
}

// RoomFromNode are the messages of the node, beside Pong.
func RoomFromNode() []any {
	return []any{Welcome{}, Waiting{}, State{}, Offer{}, Streams{}, CubeWindow{}, Done{}, Failed{}, End{}, Figures{}}
}

// RoomFromPage are the messages of a page, beside Ping. Look goes over the
// data channel alone.
func RoomFromPage() []any {
	return []any{
		Enter{}, Answer{}, Candidate{}, Restart{}, Leave{}, Say{}, Raise{}, Publish{}, Block{}, Admit{}, Invite{}, Remove{}, Appoint{},
		Rule{}, Arrange{}, Sit{}, FilterChain{}, Whisper{}, ShareLooks{}, Place{}, Move{}, Clear{}, Point{},
	}
}
