package wasm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"golang.org/x/time/rate"

	"github.com/virtualcube/virtualcube/models"
)

// instance is a module with a memory of its own. It is used by one goroutine at a
// time.
type instance struct {
	module    api.Module
	functions map[string]api.Function
	limit     time.Duration // of what runs
	memory    int           // bytes, at most
	stack     [3]uint64     // the arguments and the result of a call
	dead      error         // why it cannot be used any more

	log   *slog.Logger // may be nil
	logs  *rate.Limiter
	voice float64 // what observe_voice was given; NaN: nothing
}

// start makes an instance.
func (p *program) start(ctx context.Context, log *slog.Logger) (*instance, error) {
	i := &instance{functions: make(map[string]api.Function), memory: p.limits.Memory, log: log, logs: rate.NewLimiter(1, 5), voice: math.NaN()}
	ctx, cancel := i.within(ctx, p.limits.Open)
	defer cancel()
	module, err := p.runtime.InstantiateModule(ctx, p.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		return nil, i.died(ctx, "start", err)
	}
	i.module = module
	for name := range p.compiled.ExportedFunctions() {
		i.functions[name] = module.ExportedFunction(name)
	}
	return i, nil
}

// within gives what runs under the context that it returns a limit.
func (i *instance) within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	i.limit = limit
	return context.WithTimeout(context.WithValue(ctx, caller{}, i), limit)
}

// call calls an exported function, and ends the instance where that fails.
func (i *instance) call(ctx context.Context, name string, arguments ...uint64) (uint32, error) {
	if i.dead != nil {
		return 0, i.dead
	}
	copy(i.stack[:], arguments)
	if err := i.functions[name].CallWithStack(ctx, i.stack[:]); err != nil {
		return 0, i.died(ctx, name, err)
	}
	return api.DecodeU32(i.stack[0]), nil
}

// died ends the instance, and says why.
func (i *instance) died(ctx context.Context, during string, err error) error {
	why, _, _ := strings.Cut(err.Error(), "\n") // a stack trace follows
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		why = fmt.Sprintf("it did not return in its time of %v", i.limit)
	case i.module != nil:
		why += fmt.Sprintf(" (it has %d of at most %d KiB of memory)", i.module.Memory().Size()/1024, i.memory/1024)
	}
	i.dead = fmt.Errorf("%w: %s: %s", models.ErrDead, during, why)
	if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
		i.dead = fmt.Errorf("%s: %w", during, cause)
	}
	i.close()
	return i.dead
}

// close frees the memory. It may be called twice.
func (i *instance) close() {
	if i.dead == nil {
		i.dead = fmt.Errorf("%w: it was closed", models.ErrDead)
	}
	if i.module != nil {
		_ = i.module.Close(context.Background()) // there is nothing that could fail: no files
		i.module, i.functions = nil, nil
	}
}

// text reads a text of the module.
func (i *instance) text(at uint32, most int) (string, error) {
	memory := i.module.Memory()
	n, ok := memory.ReadUint32Le(at)
	if !ok {
		return "", fmt.Errorf("its text is at address %d, outside its memory", at)
	}
	if uint64(n) > uint64(most) {
		return "", fmt.Errorf("its text has %d bytes, at most %d are possible", n, most)
	}
	b, ok := memory.Read(at+4, n) // at+4 is in the memory, or its end
	if !ok {
		return "", fmt.Errorf("its text of %d bytes at address %d ends outside its memory", n, at)
	}
	return strings.ToValidUTF8(string(b), "?"), nil
}
