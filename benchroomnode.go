package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/virtualcube/virtualcube/signaling/token"
)

// benchRoomName is the room of a bench that the rig is in.
const benchRoomName = "bench"

// roomNode is a node in a process of its own.
type roomNode struct {
	command *exec.Cmd
	url     string // without the last slash
	signer  *token.Signer
	http    *http.Client
	zero    time.Time // of the clock of all who are there
}

// startRoomNode starts a node on free ports of loopback, whose rooms open by
// token, and returns when it can be reached.
func startRoomNode(ctx context.Context, env *environment, config *Config) (*roomNode, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("bench room: find the program: %w", err)
	}
	key := token.NewKey()
	n := &roomNode{zero: time.Now(), http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	if n.signer, err = token.NewSigner(key); err != nil {
		return nil, err
	}
	n.command = exec.CommandContext(ctx, self, "run", "--dev", "--listen", "127.0.0.1:0", "--media-port", "0", "--turn-port", "0", "--tls", "off",
		"--room-name", benchRoomName, "--room-layout", "round-table", "--room-lobby=false", "--size", config.Size.String(), "--views", strconv.Itoa(config.Views),
		"--level", config.Level, "--cube", config.Cube, "--cache-dir", config.CacheDir, "--state-dir", config.StateDir, "--log-level", config.LogLevel, config.Rig)
	n.command.Env = append(os.Environ(), "VIRTUALCUBE_API_KEYS="+key.Reveal(), "VIRTUALCUBE_KEYS=", "VIRTUALCUBE_HOSTS=")
	n.command.Stderr = env.stderr
	n.command.Cancel = func() error { return n.command.Process.Signal(os.Interrupt) }
	n.command.WaitDelay = closePatience
	out, err := n.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := n.command.Start(); err != nil {
		return nil, fmt.Errorf("bench room: start the node: %w", err)
	}
	lines := bufio.NewScanner(out)
	for n.url == "" && lines.Scan() {
		link, _, _ := strings.Cut(strings.TrimSpace(lines.Text()), "/?")
		if strings.HasPrefix(link, "http://") {
			n.url = link
		}
	}
	if n.url == "" {
		return nil, errors.Join(errors.New("bench room: the node did not start"), lines.Err(), n.stop())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the node
	if err := n.open(ctx); err != nil {
		return nil, errors.Join(err, n.stop())
	}
	return n, nil
}

// open waits until the rooms are open.
func (n *roomNode) open(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url+"/api/room", nil)
	if err != nil {
		return err
	}
	for begun := time.Now(); time.Since(begun) < joinPatience; {
		answer, err := n.http.Do(request)
		if err != nil {
			return fmt.Errorf("bench room: reach the node: %w", err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusUpgradeRequired { // it is no WebSocket, but would do
			return nil
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("bench room: the node opened no room within %v", joinPatience)
}

// stop ends the node.
func (n *roomNode) stop() error {
	if err := n.command.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("bench room: stop the node: %w", err)
	}
	err := n.command.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() < 0 || err == nil {
		return nil // by the signal, where it is not handled
	}
	return fmt.Errorf("bench room: the node: %w", err)
}

// clockTick is the unit of process times, of every Linux (time(7)).
const clockTick = 10 * time.Millisecond

// cpu is the processor time that the node has used (proc_pid_stat(5)).
func (n *roomNode) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the node's times: %w", err)
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, errors.New("read the node's times: there are none")
	}
	ticks := int64(0)
	for _, f := range fields[11:13] { // utime and stime
		t, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the node's times: %w", err)
		}
		ticks += t
	}
	return time.Duration(ticks) * clockTick, nil
}

// load is the processor time that the node uses from now on, in milliseconds a
// second.
func (n *roomNode) load(ctx context.Context, d time.Duration) (float64, error) {
	before, err := n.cpu()
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := wait(ctx, d); err != nil {
		return 0, err
	}
	after, err := n.cpu()
	return milliseconds(after-before) / time.Since(begun).Seconds(), err
}

// nodeSize is what must not grow while people come and go.
type nodeSize struct {
	Goroutines int    `json:"goroutines"`
	Files      int    `json:"open_files"` // ports among them
	RSS        uint64 `json:"rss_bytes"`
	Heap       uint64 `json:"heap_bytes"` // in use, what waits for the collector included
}

// size reads the node's metrics.
func (n *roomNode) size(ctx context.Context) (s nodeSize, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url+"/metrics", nil)
	if err != nil {
		return s, err
	}
	answer, err := n.http.Do(request)
	if err != nil {
		return s, fmt.Errorf("read the node's metrics: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	values := make(map[string]float64)
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			values[name] = v
		}
	}
	s = nodeSize{
		Goroutines: int(values["go_goroutines"]), Files: int(values["process_open_fds"]),
		RSS: uint64(values["process_resident_memory_bytes"]), Heap: uint64(values["go_memstats_heap_inuse_bytes"]),
	}
	if s.Goroutines == 0 || s.Files == 0 {
		err = fmt.Errorf("read the node's metrics: they are not there (%s)", answer.Status)
	}
	return s, errors.Join(err, lines.Err())
}

// settled is the size once the goroutines of who left have ended.
func (n *roomNode) settled(ctx context.Context) (nodeSize, error) {
	const patience, every = 10 * time.Second, 500 * time.Millisecond
	least, err := n.size(ctx)
	for begun, same := time.Now(), 0; err == nil && same < 4 && time.Since(begun) < patience; same++ {
		if err = wait(ctx, every); err != nil {
			break
		}
		var now nodeSize
		if now, err = n.size(ctx); now.Goroutines != least.Goroutines {
			same = 0
		}
		least = now
	}
	return least, err
}
