package clip

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// ErrNoTool is wrapped where ffmpeg or ffprobe is missing.
var ErrNoTool = errors.New("is not installed: apt-get install ffmpeg, or use WAV files and folders of PNG pictures")

// child is a run of ffmpeg or ffprobe.
type child struct {
	*exec.Cmd
	name string
	said said
	stop context.CancelFunc
	once sync.Once
	err  error
}

// newChild makes a run that is not started yet. It is in a process group of its
// own, so that Ctrl-C ends this program first.
func newChild(ctx context.Context, name string, arguments ...string) (*child, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, ErrNoTool)
	}
	ctx, stop := context.WithCancel(ctx)
	c := &child{Cmd: exec.CommandContext(ctx, path, arguments...), name: name, stop: stop}
	c.Stderr = &c.said
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c, nil
}

// end waits for the end, or makes it one; it may be called again.
func (c *child) end(now bool) error {
	c.once.Do(func() {
		if now {
			c.stop()
		}
		err := c.Wait()
		c.stop()
		if err == nil || now {
			return
		}
		c.err = fmt.Errorf("%s: %w", c.name, err)
		if text := c.said.String(); text != "" {
			c.err = fmt.Errorf("%s: %s", c.name, text)
		}
	})
	return c.err
}

// said is the beginning of what a child complained about.
type said struct {
	mu   sync.Mutex
	text []byte
}

const maxSaid = 2000 // bytes

// Write implements io.Writer.
func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p[:min(len(p), maxSaid-len(s.text))]...)
	return len(p), nil
}

// String is the first lines of it in one.
func (s *said) String() string {
	const lines = 3
	s.mu.Lock()
	defer s.mu.Unlock()
	list := strings.Split(strings.TrimSpace(string(s.text)), "\n")
	return strings.Join(list[:min(lines, len(list))], "; ")
}
