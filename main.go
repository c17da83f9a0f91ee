// Command virtualcube is a node of a real-time 3D conferencing and streaming
// server. It takes the RGBD streams of a person's cameras, renders what each
// viewer would see from where their eyes are, and sends it to plain browsers
// over WebRTC.
//
// The data flows through the folders in one direction, and imports point the
// other way:
//
//	capture -> render, models -> session -> signaling -> main
//
// There is one small file a command. The tables of what can be plugged in are
// in sources.go and node.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the command failed, and said why
	exitUsage  = 2 // the command line or the configuration is wrong
)

// commandLine is the grammar of the command line.
type commandLine struct {
	Config `embed:""`

	File string `name:"config" type:"path" placeholder:"FILE" help:"Configuration file (virtualcube/config.yaml in the XDG configuration folder, if it exists)."`

	Run           runCommand           `cmd:"" help:"Serve a rig, and print the link of its page."`
	Bench         benchCommands        `cmd:"" help:"Measure: the whole pipeline on a rig, what viewers cost (--viewers), or a room (bench room)."`
	Eval          evalCommand          `cmd:"" help:"Measure the picture quality on a rig."`
	Samples       samplesCommand       `cmd:"" help:"Draw what the learned blend is trained on (see models/train)."`
	Filter        filterCommands       `cmd:"" help:"Try filters on a recording (filter IN OUT --chain CHAIN), list them (filter list), begin one (filter new NAME), measure them (filter bench)."`
	Token         tokenCommand         `cmd:"" help:"Make access tokens, invitations and the keys that sign them."`
	Layout        layoutCommand        `cmd:"" help:"Check a layout of a room, and draw it from above."`
	Models        modelsCommand        `cmd:"" help:"List, pull and verify the weights of filters' models."`
	FilterProcess filterProcessCommand `cmd:"" name:"filter-process" hidden:"" help:"One filter in a process of its own; the node starts it."`
	Doctor        doctorCommand        `cmd:"" help:"Say what this machine has and what to do about what it lacks."`
	Version       versionCommand       `cmd:"" help:"Print the version."`
}

// BeforeResolve reads the configuration file before kong fills in the flags.
func (c *commandLine) BeforeResolve(ctx *kong.Context) error {
	path, required := c.File, true
	for _, flag := range ctx.Flags() {
		if flag.Name == "config" {
			path, _ = ctx.FlagValue(flag).(string)
		}
	}
	if path == "" {
		path, required = defaultConfigFile(), false
	}
	values, err := readConfigFile(path, required)
	if err != nil {
		return err
	}
	ctx.AddResolver(kong.ResolverFunc(values.resolve))
	return nil
}

// environment is what a command is run with.
type environment struct {
	ctx    context.Context // ends with SIGINT and SIGTERM
	stdout io.Writer
	stderr *console
	config *Config
	size   Size // as it was given, zero if it was not
	// viewers is --viewers, zero if the command line does not say it.
	viewers int
	// cube is --cube, empty if the command line does not say it.
	cube string
	log  *slog.Logger
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// execute runs one command line and returns its exit code.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	var line commandLine
	helped := false
	parser, err := kong.New(&line,
		kong.Name("virtualcube"),
		kong.Description("A real person, in 3D, in a plain browser. A rig is an address: "+addressExamples()+"."),
		kong.DefaultEnvars("VIRTUALCUBE"),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "picture", Title: "Picture:"},
			{Key: "room", Title: "Room:"},
			{Key: "filter", Title: "Filters:"},
			{Key: "network", Title: "Network:"},
			{Key: "machine", Title: "Machine:"},
		}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "virtualcube:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	size := line.Size
	if err == nil {
		err = errors.Join(line.complete(), line.validate())
	}
	if err != nil {
		fmt.Fprintln(stderr, "virtualcube:", err)
		return exitUsage
	}
	shared := newConsole(stderr)
	env := &environment{ctx: ctx, stdout: stdout, stderr: shared, config: &line.Config, size: size, log: newLogger(shared, &line.Config)}
	if flagGiven(command, "viewers") {
		env.viewers = line.Viewers
	}
	if flagGiven(command, "cube") {
		env.cube = line.Cube
	}
	if err := command.Run(env); err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintln(shared, "virtualcube:", err)
		}
		return exitFailed
	}
	return exitOK
}

// flagGiven says whether a flag is on the command line, as opposed to the
// environment, the configuration file and the defaults.
func flagGiven(command *kong.Context, name string) bool {
	return slices.ContainsFunc(command.Path, func(p *kong.Path) bool {
		return p.Flag != nil && p.Flag.Name == name && !p.Resolved
	})
}

// errSaid ends a command that failed and has printed why.
var errSaid = errors.New("said already")

func newLogger(w io.Writer, config *Config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(config.LogLevel)) // kong has checked it
	options := &slog.HandlerOptions{Level: level}
	if config.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// versionCommand prints the version.
type versionCommand struct{}

// Run prints one line.
func (versionCommand) Run(env *environment) error {
	fmt.Fprintln(env.stdout, "virtualcube", version())
	return nil
}

// version is the module's version or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	return info.Main.Version
}
