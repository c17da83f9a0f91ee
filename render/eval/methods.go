package eval

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Method is the mean of a renderer, by its name.
type Method struct {
	Name string `json:"-"`
	View
}

// Methods are renderers that were measured on the same suite.
type Methods []Method

// MarshalJSON writes an object with a member a method, in their order.
func (m Methods) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	for i, method := range m {
		name, err := json.Marshal(method.Name)
		if err != nil {
			return nil, fmt.Errorf("write method %q: %w", method.Name, err)
		}
		view, err := json.Marshal(method.View)
		if err != nil {
			return nil, fmt.Errorf("write method %q: %w", method.Name, err)
		}
		out.WriteString([]string{"{", ","}[min(i, 1)])
		out.Write(name)
		out.WriteByte(':')
		out.Write(view)
	}
	if len(m) == 0 {
		out.WriteByte('{')
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
