package manifest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// maxUnknown is how many unknown fields are named.
const maxUnknown = 16

// unknownFields names those fields of what was read that the type of v lacks.
func unknownFields(read, v any) []string {
	var list []string
	compare(read, reflect.TypeOf(v), "", &list)
	if len(list) > maxUnknown {
		list = append(list[:maxUnknown], "...")
	}
	return list
}

func compare(read any, t reflect.Type, path string, list *[]string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch read := read.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for i, x := range read {
				compare(x, t.Elem(), fmt.Sprintf("%s[%d]", path, i), list)
			}
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return
		}
		known := make(map[string]reflect.Type)
		fields(t, known)
		for _, name := range slices.Sorted(maps.Keys(read)) {
			at := strings.TrimPrefix(path+"."+name, ".")
			if field, is := known[name]; is {
				compare(read[name], field, at, list)
			} else {
				*list = append(*list, at)
			}
		}
	}
}

// fields are the types of a struct's fields by their names in YAML.
func fields(t reflect.Type, into map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" {
			fields(f.Type, into)
		} else if name != "" {
			into[name] = f.Type
		}
	}
}
