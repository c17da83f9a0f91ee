// Package parameter describes the settings of a filter so that a command line, a
// page and a manifest can show, check and change them without knowing the
// filter.
//
// A filter in Go declares a struct with tags, and Of makes its Schema:
//
//	type Parameters struct {
//		Strength float64 `param:"strength,live" min:"0" max:"1" help:"how much noise is taken away"`
//		Radius   int     `param:"radius,live" min:"1" max:"64" unit:"px" help:"of the blur"`
//		Mode     string  `param:"mode,live" choices:"blur,replace,remove" help:"what becomes of the background"`
//		Ground   string  `param:"ground,live" type:"colour" help:"of the background"`
//		Model    string  `param:"model" choices:"small,large" help:"which weights"`
//	}
//
// The defaults are the values of the struct that Of is given. A parameter that
// is live changes at the edge of a frame; any other needs a new instance of the
// filter, which the host opens beside the old one. A manifest makes its Schema
// from a list of Parameters, by New.
//
// Values are checked sets of values: immutable, always complete and always
// within their ranges. What a value is given as text or JSON is refused by the
// name of the parameter, with what it may be.
package parameter
