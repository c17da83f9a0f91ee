package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

// Defaults of a Launcher.
const (
	DefaultMemory = 4 << 30 // bytes
	DefaultShared = 1 << 30 // bytes
)

// Launcher opens filters in processes of their own. Its methods may be called
// from any goroutine.
type Launcher struct {
	// Command starts a process that calls Serve with its file 3: the program and
	// its arguments. /proc/self/exe is the program that runs, even where another
	// has taken its place on disk.
	Command []string
	// Environ is what a process gets of the environment, as NAME=VALUE, beside
	// what Passed names. Secrets of the node do not belong here.
	Environ []string
	// Manifests are the paths of the manifests of those filters that are in no
	// table of the program, by the filter's name. See Filters.Manifest.
	Manifests map[string]string
	// Niceness is added to the process's, 0 to 19: how far it stands back where
	// processors are short.
	Niceness int
	// Memory is how many bytes of its own a process may have, without weights
	// that are mapped and frames that are shared; one that has more is ended. 0
	// is DefaultMemory.
	Memory int64
	// Shared is how many bytes of frames a stage may hold. 0 is DefaultShared.
	Shared int
}

// Passed are the variables of the environment that a process gets: where
// libraries are, which devices there are, and what the Go runtime and OpenMP are
// told.
var Passed = [...]string{
	"PATH", "LD_LIBRARY_PATH", "TMPDIR", "TZ",
	"CUDA_VISIBLE_DEVICES", "CUDA_CACHE_PATH", "NVIDIA_VISIBLE_DEVICES",
	"OMP_NUM_THREADS", "GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GOTRACEBACK", "GORACE", "GOCOVERDIR",
}

// Isolate returns the same filter, opened in a process of its own. What it opens
// implements models.Killer.
func (l Launcher) Isolate(d models.Definition) models.Definition {
	isolated := d
	if d.OpenAudio != nil {
		isolated.OpenAudio = func(ctx context.Context, e models.Environment, v models.Values) (models.Stage[capture.Sound], error) {
			return l.OpenAudio(ctx, d, e, v)
		}
	}
	if d.OpenVideo != nil {
		isolated.OpenVideo = func(ctx context.Context, e models.Environment, v models.Values) (models.Stage[*capture.Frame], error) {
			return l.OpenVideo(ctx, d, e, v)
		}
	}
	if d.OpenRGBD != nil {
		isolated.OpenRGBD = func(ctx context.Context, e models.Environment, v models.Values) (models.Stage[*capture.FrameSet], error) {
			return l.OpenRGBD(ctx, d, e, v)
		}
	}
	return isolated
}

// OpenAudio opens an audio filter.
func (l Launcher) OpenAudio(ctx context.Context, d models.Definition, e models.Environment, v models.Values) (models.Stage[capture.Sound], error) {
	s := new(sounds)
	if err := l.open(ctx, d, e, v, &s.link); err != nil {
		return nil, err
	}
	return s, nil
}

// OpenVideo opens a video filter.
func (l Launcher) OpenVideo(ctx context.Context, d models.Definition, e models.Environment, v models.Values) (models.Stage[*capture.Frame], error) {
	p := &pictures{exchange{observes: d.Observes}}
	if err := l.open(ctx, d, e, v, &p.link); err != nil {
		return nil, err
	}
	return p, nil
}

// OpenRGBD opens a filter of frame sets.
func (l Launcher) OpenRGBD(ctx context.Context, d models.Definition, e models.Environment, v models.Values) (models.Stage[*capture.FrameSet], error) {
	s := &sets{exchange{observes: d.Observes}}
	if err := l.open(ctx, d, e, v, &s.link); err != nil {
		return nil, err
	}
	return s, nil
}

// open starts the process of a filter and waits until the filter is open.
func (l Launcher) open(ctx context.Context, d models.Definition, e models.Environment, v models.Values, to *link) error {
	err := l.launch(ctx, d, e, v, to)
	if err != nil {
		return fmt.Errorf("open filter %s in a process of its own: %w", d.Name, err)
	}
	return nil
}

func (l Launcher) launch(ctx context.Context, d models.Definition, e models.Environment, v models.Values, to *link) error {
	if len(l.Command) == 0 {
		return errors.New("there is no command that starts it")
	}
	if l.Niceness < 0 || l.Niceness > 19 {
		return fmt.Errorf("niceness %d: 0 to 19 are possible", l.Niceness)
	}
	log := e.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	text, err := l.opening(d, e, v, levelOf(log))
	if err != nil {
		return err
	}
	command := exec.Command(l.Command[0], l.Command[1:]...)
	command.Env = l.environ()
	to.name, to.notice, to.values = d.Name, e.Observe, v
	if to.memory.limit = l.Shared; to.memory.limit == 0 {
		to.memory.limit = DefaultShared
	}
	if to.child, err = start(command, l.Niceness, newOutput(log.With("filter", d.Name))); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { to.child.kill("killed, as opening it took too long") })
	to.out.begin(open).text(string(text))
	if err = to.send(-1); err == nil {
		err = to.ready()
	}
	switch {
	case stop():
	case err == nil:
		err = ctx.Err()
	default:
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	if err != nil {
		to.child.kill("killed, as its filter did not open")
		return errors.Join(err, to.Close())
	}
	return nil
}

// opening is what the process is told first.
func (l Launcher) opening(d models.Definition, e models.Environment, v models.Values, level slog.Level) ([]byte, error) {
	parameters, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write parameters: %w", err)
	}
	o := opening{
		Version: version, Filter: d.Name, Kind: d.Kind, Manifest: l.Manifests[d.Name],
		Parameters: parameters, Provider: e.Provider, Level: level, Memory: l.Memory,
	}
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	if d.Kind == models.KindRGBD {
		o.Rig = &e.Rig
	}
	for _, name := range d.Weights {
		if e.Weights == nil {
			return nil, fmt.Errorf("it needs the weights %s, and there are none", name)
		}
		if o.Weights == nil {
			o.Weights = make(map[string]weightFile)
		}
		// The filter may not need all of them, and says itself which it lacks.
		path, err := e.Weights(name)
		file := weightFile{Path: path}
		if err != nil {
			file = weightFile{Error: err.Error()}
		}
		o.Weights[name] = file
	}
	text, err := json.Marshal(o)
	if err == nil && len(text) >= maxMessage {
		err = fmt.Errorf("it has %d bytes, at most %d are possible", len(text), maxMessage-1)
	}
	if err != nil {
		return nil, fmt.Errorf("write what the process must know: %w", err)
	}
	return text, nil
}

func (l Launcher) environ() []string {
	list := make([]string, 0, len(Passed)+len(l.Environ)) // never nil, which would pass all
	for _, name := range Passed {
		if value, there := os.LookupEnv(name); there {
			list = append(list, name+"="+value)
		}
	}
	return append(list, l.Environ...)
}
