package wasm

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
	"github.com/virtualcube/virtualcube/models/parameter"
)

const (
	abi = 1

	maxDescription = 16 << 10 // bytes
	maxLookAhead   = int(models.MaxLookAhead / time.Second * capture.SampleRate)
)

// program is a compiled module, of which instances are made.
type program struct {
	description models.Description
	parameters  []parameter.Parameter
	limits      Limits
	runtime     wazero.Runtime
	compiled    wazero.CompiledModule
}

// description is what vc_describe says.
type description struct {
	Name       string                `json:"name"`
	Summary    string                `json:"summary"`
	LookAhead  int                   `json:"look_ahead_samples"`
	Latency    int                   `json:"latency_us"`
	Late       models.Policy         `json:"late"`
	Failing    models.Policy         `json:"failing"`
	Private    bool                  `json:"private"`
	Observes   bool                  `json:"observes"`
	Parameters []parameter.Parameter `json:"parameters"`
}

// Define makes a filter of the bytes of a module. What was compiled is kept as
// long as the definition is.
func Define(ctx context.Context, module []byte, limits Limits) (models.Definition, error) {
	limits, err := limits.filled()
	if err != nil {
		return models.Definition{}, err
	}
	if module, err = scan(module, limits.Memory); err != nil {
		return models.Definition{}, err
	}
	p, err := compile(ctx, module, limits)
	if err != nil {
		return models.Definition{}, err
	}
	d, err := p.define(ctx)
	if err != nil {
		_ = p.runtime.Close(ctx) // frees memory only
		return models.Definition{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return d, nil
}

// compile makes machine code of a module that scan let pass.
func compile(ctx context.Context, module []byte, limits Limits) (*program, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2).
		WithMemoryLimitPages(uint32(limits.Memory / pageSize)).
		WithCloseOnContextDone(true) // loops look whether their time is over
	p := &program{limits: limits, runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	err := offer(ctx, p.runtime)
	if err == nil {
		p.compiled, err = p.runtime.CompileModule(ctx, module)
	}
	if err == nil {
		err = checkImports(p.compiled)
	}
	if err == nil {
		err = checkExports(p.compiled)
	}
	if err != nil {
		_ = p.runtime.Close(ctx) // frees memory only
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return p, nil
}

// define asks a module what it is.
func (p *program) define(ctx context.Context) (models.Definition, error) {
	said, err := p.describe(ctx)
	if err != nil {
		return models.Definition{}, err
	}
	if said.LookAhead < 0 || said.LookAhead > maxLookAhead {
		return models.Definition{}, fmt.Errorf("look_ahead_samples is %d, 0 to %d are possible", said.LookAhead, maxLookAhead)
	}
	if longest := int(capture.SoundLength.Microseconds()); said.Latency < 1 || said.Latency > longest {
		return models.Definition{}, fmt.Errorf("latency_us is %d, 1 to %d are possible: it would never catch up", said.Latency, longest)
	}
	p.description = models.Description{
		Name: said.Name, Summary: said.Summary, Kind: models.KindAudio,
		LookAhead: time.Duration(said.LookAhead) * time.Second / capture.SampleRate,
		Latency:   time.Duration(said.Latency) * time.Microsecond,
		Late:      said.Late, Failing: said.Failing, Private: said.Private, Observes: said.Observes,
	}
	if err := p.description.Validate(); err != nil {
		return models.Definition{}, err
	}
	schema, err := parameter.New(said.Parameters)
	if err != nil {
		return models.Definition{}, err
	}
	p.parameters = schema.Parameters()
	for _, one := range p.parameters {
		if one.Type == parameter.Text {
			return models.Definition{}, fmt.Errorf("parameter %s is a text: a module takes number, integer, switch and choice", one.Name)
		}
	}
	if len(p.parameters) > 0 && p.compiled.ExportedFunctions()["vc_parameter"] == nil {
		return models.Definition{}, fmt.Errorf("it has %d parameters, and lacks the export vc_parameter(i32, f64)", len(p.parameters))
	}
	return models.Definition{Description: p.description, Parameters: schema, OpenAudio: p.open}, nil
}

func (p *program) describe(ctx context.Context) (description, error) {
	var said description
	i, err := p.start(ctx, nil)
	if err != nil {
		return said, err
	}
	defer i.close()
	ctx, cancel := i.within(ctx, p.limits.Open)
	defer cancel()
	version, err := i.call(ctx, "vc_abi")
	if err != nil {
		return said, err
	}
	if version != abi {
		return said, fmt.Errorf("it is made for version %d of the interface, this program has version %d", version, abi)
	}
	at, err := i.call(ctx, "vc_describe")
	if err != nil {
		return said, err
	}
	text, err := i.text(at, maxDescription)
	if err != nil {
		return said, fmt.Errorf("vc_describe: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		return said, fmt.Errorf("vc_describe: read JSON: %w", err)
	}
	return said, nil
}

// signature is the type of an exported or offered function.
type signature struct {
	name            string
	params, results []api.ValueType
	optional        bool
}

func (s signature) String() string {
	list := func(types []api.ValueType) string {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = api.ValueTypeName(t)
		}
		return strings.Join(names, ", ")
	}
	return strings.TrimSpace(fmt.Sprintf("%s(%s) %s", s.name, list(s.params), list(s.results)))
}

func (s signature) is(f api.FunctionDefinition) bool {
	return slices.Equal(f.ParamTypes(), s.params) && slices.Equal(f.ResultTypes(), s.results)
}

func checkExports(compiled wazero.CompiledModule) error {
	const i32, f64 = api.ValueTypeI32, api.ValueTypeF64
	type types = []api.ValueType
	if compiled.ExportedMemories()["memory"] == nil {
		return fmt.Errorf("it lacks the export memory")
	}
	functions := compiled.ExportedFunctions()
	for _, want := range []signature{
		{name: "vc_abi", results: types{i32}},
		{name: "vc_describe", results: types{i32}},
		{name: "vc_parameter", params: types{i32, f64}, optional: true},
		{name: "vc_open", params: types{i32}, results: types{i32}},
		{name: "vc_buffer", params: types{i32}, results: types{i32}},
		{name: "vc_process", params: types{i32, i32, i32}, results: types{i32}},
		{name: "_initialize", optional: true},
	} {
		f := functions[want.name]
		if f == nil && want.optional {
			continue
		}
		if f == nil {
			return fmt.Errorf("it lacks the export %v", want)
		}
		if !want.is(f) {
			return fmt.Errorf("it exports %v, wanted is %v", signature{name: want.name, params: f.ParamTypes(), results: f.ResultTypes()}, want)
		}
	}
	return nil
}
