package protocol

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"unicode/utf8"
)

// roomTypes are the messages of a page by their type.
var roomTypes = func() map[string]reflect.Type {
	types := make(map[string]reflect.Type)
	for _, m := range append(RoomFromPage(), Ping{}) {
		types[TypeOf(m)] = reflect.TypeOf(m)
	}
	return types
}()

// TypeOf is the value of a message's field type.
func TypeOf(message any) string {
	field, _ := reflect.TypeOf(message).FieldByName("Type")
	return field.Tag.Get("const")
}

// ParseRoom reads a message of a page in a room: it returns one of the structs
// of RoomFromPage, or Ping. What the values mean is checked by the room.
func ParseRoom(data []byte) (any, error) {
	if len(data) > MaxRoomMessage {
		return nil, fmt.Errorf("parse message: %d bytes, %d are possible", len(data), MaxRoomMessage)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("parse message: it is not UTF-8")
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("parse message: %w", err)
	}
	t, known := roomTypes[head.Type]
	if !known {
		return nil, fmt.Errorf("parse message: %w %.40q", ErrUnknownType, head.Type)
	}
	m := reflect.New(t)
	if err := json.Unmarshal(data, m.Interface()); err != nil {
		return nil, fmt.Errorf("parse message: %w", err)
	}
	return m.Elem().Interface(), nil
}

// ParseLook reads a message of the channel LookChannel.
func ParseLook(data []byte) (Look, error) {
	if len(data) > MaxMessage {
		return Look{}, fmt.Errorf("parse look: %d bytes, %d are possible", len(data), MaxMessage)
	}
	var l Look
	if err := json.Unmarshal(data, &l); err != nil {
		return Look{}, fmt.Errorf("parse look: %w", err)
	}
	if l.Type != TypeOf(l) {
		return Look{}, fmt.Errorf("parse look: %w %.40q", ErrUnknownType, l.Type)
	}
	for i := range 3 {
		if !(math.Abs(l.Eye[i]) <= maxMetres) || !(math.Abs(l.Direction[i]) <= maxMetres) {
			return Look{}, fmt.Errorf("parse look: eye %v or direction %v is too far", l.Eye, l.Direction)
		}
	}
	if !(l.Confidence >= 0 && l.Confidence <= 1) {
		return Look{}, fmt.Errorf("parse look: confidence %v is outside 0 to 1", l.Confidence)
	}
	return l, nil
}
