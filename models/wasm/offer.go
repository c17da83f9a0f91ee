package wasm

import (
	"context"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

const (
	offered = "vc" // the module that modules import from

	maxLog = 1 << 10 // bytes of one text
)

// caller is the key of a context under which the instance is that runs.
type caller struct{}

func offers() []signature {
	const i32, f64 = api.ValueTypeI32, api.ValueTypeF64
	return []signature{
		{name: "log", params: []api.ValueType{i32, i32}},
		{name: "observe_voice", params: []api.ValueType{f64}},
	}
}

// offer makes what modules may import.
func offer(ctx context.Context, r wazero.Runtime) error {
	functions := map[string]api.GoModuleFunc{"log": logText, "observe_voice": observeVoice}
	host := r.NewHostModuleBuilder(offered)
	for _, s := range offers() {
		host.NewFunctionBuilder().WithGoModuleFunction(functions[s.name], s.params, s.results).Export(s.name)
	}
	_, err := host.Instantiate(ctx)
	return err
}

func checkImports(compiled wazero.CompiledModule) error {
	for _, f := range compiled.ImportedFunctions() {
		from, name, _ := f.Import()
		known := false
		for _, s := range offers() {
			if from != offered || name != s.name {
				continue
			}
			if known = true; !s.is(f) {
				return fmt.Errorf("it imports %v, there is %v", signature{name: name, params: f.ParamTypes(), results: f.ResultTypes()}, s)
			}
		}
		switch {
		case known:
		case strings.HasPrefix(from, "wasi"):
			return fmt.Errorf("it imports %.64q from %.64q: there is no WASI here, compile it for wasm32-unknown-unknown or freestanding", name, from)
		default:
			return fmt.Errorf("it imports %.64q from %.64q: there are %v, from %q", name, from, offers(), offered)
		}
	}
	return nil
}

// logText and observeVoice end the instance by a panic, which wazero returns as
// the error of the call.

func logText(ctx context.Context, module api.Module, stack []uint64) {
	i := ctx.Value(caller{}).(*instance)
	at, bytes := api.DecodeU32(stack[0]), api.DecodeU32(stack[1])
	text, ok := module.Memory().Read(at, min(bytes, maxLog))
	if !ok {
		panic(fmt.Errorf("log: there are no %d bytes at address %d", bytes, at))
	}
	if i.log != nil && i.logs.Allow() {
		i.log.Info("a filter module says", "text", strings.ToValidUTF8(string(text), "?"))
	}
}

func observeVoice(ctx context.Context, _ api.Module, stack []uint64) {
	p := api.DecodeF64(stack[0])
	if !(p >= 0 && p <= 1) {
		panic(fmt.Errorf("observe_voice: %v is no probability from 0 to 1", p))
	}
	ctx.Value(caller{}).(*instance).voice = p
}
