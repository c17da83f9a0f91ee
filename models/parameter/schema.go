package parameter

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Schema is the parameters of one filter, in the order in which they are shown.
// The zero value has none.
type Schema struct {
	list   []Parameter
	target reflect.Type // the struct of a filter in Go; nil: there is none
	fields []int        // of target, by parameter
}

// New makes a schema from a list, as a manifest has it.
func New(list []Parameter) (Schema, error) {
	if len(list) > MaxParameters {
		return Schema{}, fmt.Errorf("%w: there are %d, at most %d are possible", ErrInvalid, len(list), MaxParameters)
	}
	s := Schema{list: slices.Clone(list)}
	for i := range s.list {
		if err := s.list[i].validate(); err != nil {
			return Schema{}, err
		}
		if j := slices.IndexFunc(s.list[:i], func(p Parameter) bool { return p.Name == s.list[i].Name }); j >= 0 {
			return Schema{}, fmt.Errorf("%w: there are two of the name %s", ErrInvalid, s.list[i].Name)
		}
	}
	return s, nil
}

// Of makes the schema of a struct whose values are the defaults. Fields without
// the tag "param" are not parameters.
func Of(defaults any) (Schema, error) {
	value := reflect.ValueOf(defaults)
	if !value.IsValid() || value.Kind() != reflect.Struct {
		return Schema{}, fmt.Errorf("%w: parameters are a struct, not %T", ErrInvalid, defaults)
	}
	var list []Parameter
	var fields []int
	for i := range value.NumField() {
		field := value.Type().Field(i)
		tag, ok := field.Tag.Lookup("param")
		if !ok {
			continue
		}
		p, err := ofField(field, tag, value.Field(i))
		if err != nil {
			return Schema{}, err
		}
		list, fields = append(list, p), append(fields, i)
	}
	s, err := New(list)
	s.target, s.fields = value.Type(), fields
	return s, err
}

// ofField makes the parameter of a struct's field.
func ofField(field reflect.StructField, tag string, value reflect.Value) (Parameter, error) {
	name, option, _ := strings.Cut(tag, ",")
	p := Parameter{Name: name, Live: option == "live", Unit: field.Tag.Get("unit"), Help: field.Tag.Get("help")}
	if option != "" && option != "live" {
		return p, fmt.Errorf("%w: field %s has the option %q, \"live\" is the only one", ErrInvalid, field.Name, option)
	}
	if !field.IsExported() {
		return p, fmt.Errorf("%w: field %s is not exported", ErrInvalid, field.Name)
	}
	switch field.Type.Kind() {
	case reflect.Float64:
		p.Type, p.Default = Number, value.Float()
	case reflect.Int:
		p.Type, p.Default = Integer, int(value.Int())
	case reflect.Bool:
		p.Type, p.Default = Switch, value.Bool()
	case reflect.String:
		p.Type, p.Default = Text, value.String()
		if list := field.Tag.Get("choices"); list != "" {
			p.Type, p.Choices = Choice, strings.Split(list, ",")
		}
		if field.Tag.Get("type") == string(Colour) {
			p.Type = Colour
		}
	default:
		return p, fmt.Errorf("%w: field %s is a %v: float64, int, bool and string are possible", ErrInvalid, field.Name, field.Type)
	}
	if p.Type != Number && p.Type != Integer {
		return p, nil
	}
	for _, bound := range []struct {
		tag string
		to  *float64
	}{{"min", &p.Min}, {"max", &p.Max}} {
		f, err := strconv.ParseFloat(field.Tag.Get(bound.tag), 64)
		if err != nil {
			return p, fmt.Errorf("%w: field %s needs the tag %s with a number", ErrInvalid, field.Name, bound.tag)
		}
		*bound.to = f
	}
	return p, nil
}

// Parameters returns the parameters, in order.
func (s Schema) Parameters() []Parameter { return slices.Clone(s.list) }

// Defaults returns the set in which every parameter has its default.
func (s Schema) Defaults() Values {
	v := Values{schema: s, values: make([]any, len(s.list))}
	for i, p := range s.list {
		v.values[i] = p.Default
	}
	return v
}

// Parse returns the defaults with what is written on a command line.
func (s Schema) Parse(written map[string]string) (Values, error) {
	given := make(map[string]any, len(written))
	for name, text := range written {
		i, err := s.index(name)
		if err != nil {
			return Values{}, err
		}
		if given[name], err = s.list[i].parse(text); err != nil {
			return Values{}, err
		}
	}
	return s.Defaults().With(given)
}

// index finds a parameter, or says which there are.
func (s Schema) index(name string) (int, error) {
	if i := slices.IndexFunc(s.list, func(p Parameter) bool { return p.Name == name }); i >= 0 {
		return i, nil
	}
	if len(s.list) == 0 {
		return 0, fmt.Errorf("%w: there is no %q, the filter has none", ErrInvalid, name)
	}
	known := make([]string, len(s.list))
	for i, p := range s.list {
		known[i] = p.Name
	}
	return 0, fmt.Errorf("%w: there is no %q, the filter has %s", ErrInvalid, name, strings.Join(known, ", "))
}
