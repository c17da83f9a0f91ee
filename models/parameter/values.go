package parameter

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Values is a value for every parameter of a schema. It is immutable; the zero
// value belongs to a filter without parameters.
type Values struct {
	schema Schema
	values []any
}

// With returns the set with some values changed, all of them or, with an
// error, none. Values are float64, int, bool or string, as JSON gives them.
func (v Values) With(changed map[string]any) (Values, error) {
	made := Values{schema: v.schema, values: slices.Clone(v.values)}
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		i, err := v.schema.index(name)
		if err != nil {
			return v, err
		}
		if made.values[i], err = v.schema.list[i].check(changed[name]); err != nil {
			return v, err
		}
	}
	return made, nil
}

// Get returns a value: float64, int, bool or string by the parameter's type; nil
// where there is no such parameter.
func (v Values) Get(name string) any {
	if i, err := v.schema.index(name); err == nil {
		return v.values[i]
	}
	return nil
}

// Map returns the values by name.
func (v Values) Map() map[string]any {
	m := make(map[string]any, len(v.values))
	for i, p := range v.schema.list {
		m[p.Name] = v.values[i]
	}
	return m
}

// Equal says whether another set of the same schema has the same values.
func (v Values) Equal(other Values) bool { return slices.Equal(v.values, other.values) }

// Written returns the values as Schema.Parse reads them, by name.
func (v Values) Written() map[string]string {
	m := make(map[string]string, len(v.values))
	for i, p := range v.schema.list {
		m[p.Name] = fmt.Sprint(v.values[i])
	}
	return m
}

// MarshalJSON writes the values by name.
func (v Values) MarshalJSON() ([]byte, error) { return json.Marshal(v.Map()) }

// Decode returns the defaults of a schema with the values of a JSON object.
func (s Schema) Decode(text []byte) (Values, error) {
	var given map[string]any
	if err := json.Unmarshal(text, &given); err != nil {
		return Values{}, fmt.Errorf("%w: an object of values by name is needed: %w", ErrInvalid, err)
	}
	return s.Defaults().With(given)
}

// Restarts says whether going from v to another set of the same schema needs a
// new instance, as a parameter differs that is not live.
func (v Values) Restarts(other Values) bool {
	for i, p := range v.schema.list {
		if !p.Live && v.values[i] != other.values[i] {
			return true
		}
	}
	return false
}

// To fills the struct of a filter in Go; it panics where the schema was not made
// of a P, which only a mistake in the filter's definition can cause.
func To[P any](v Values) P {
	var p P
	if v.schema.target == nil && len(v.values) == 0 {
		return p
	}
	target := reflect.ValueOf(&p).Elem()
	if target.Type() != v.schema.target {
		panic(fmt.Sprintf("parameter: values of %v asked for as %v", v.schema.target, target.Type()))
	}
	for i, field := range v.schema.fields {
		f := target.Field(field)
		f.Set(reflect.ValueOf(v.values[i]).Convert(f.Type()))
	}
	return p
}
