package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// ErrUnknownType is wrapped by Parse for a message of a type that this
// version does not know. Readers count it and go on.
var ErrUnknownType = errors.New("unknown message type")

// maxMetres bounds coordinates that a page may send.
const maxMetres = 1000

// Parse reads a message of a page: it returns a ClientHello, Ping or Eye.
func Parse(data []byte) (any, error) {
	if len(data) > MaxMessage {
		return nil, fmt.Errorf("parse message: %d bytes, %d are possible", len(data), MaxMessage)
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("parse message: %w", err)
	}
	switch head.Type {
	case "hello":
		return parse[ClientHello](data, func(ClientHello) error { return nil })
	case "ping":
		return parse(data, func(p Ping) error { return bounded("t0", p.T0, math.MaxFloat64) })
	case "eye":
		return parse(data, Eye.validate)
	}
	return nil, fmt.Errorf("parse message: %w %.40q", ErrUnknownType, head.Type)
}

func parse[M any](data []byte, check func(M) error) (any, error) {
	var m M
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("parse message: %w", err)
	}
	if err := check(m); err != nil {
		return nil, fmt.Errorf("parse %T: %w", m, err)
	}
	return m, nil
}

func (e Eye) validate() error {
	for i, name := range []string{"x", "y", "z"} {
		if err := bounded(name, e.Position[i], maxMetres); err != nil {
			return err
		}
	}
	if !(e.Confidence >= 0 && e.Confidence <= 1) {
		return fmt.Errorf("confidence %v is outside 0 to 1", e.Confidence)
	}
	return nil
}

func bounded(name string, v, limit float64) error {
	if !(math.Abs(v) <= limit) {
		return fmt.Errorf("%s is %v, at most %g is possible", name, v, limit)
	}
	return nil
}
