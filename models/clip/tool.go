package clip

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
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

// formats are what ffmpeg may find in a file: none that names other files.
const formats = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,avi,flv,asf,mpegts,mpeg,ogg,flac,mp3,aac,aiff,wav,ivf,yuv4mpegpipe"

// newChild makes a run over a file that is not started yet. It may open that file
// and its pipes alone. It is in a process group of its own, so that Ctrl-C ends
// this program first.
func newChild(ctx context.Context, name, file string, arguments ...string) (*child, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, ErrNoTool)
	}
	ctx, stop := context.WithCancel(ctx)
	arguments = append([]string{"-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", formats}, arguments...)
	c := &child{Cmd: exec.CommandContext(ctx, path, arguments...), name: name, stop: stop}
	c.said.file = "file:" + file + ": "
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
	file string // what it calls the file

	mu   sync.Mutex
	text []byte
}

// part is how ffmpeg begins a line: with one of its parts, and where it lies.
var part = regexp.MustCompile(`\[[^]]* @ 0x[0-9a-f]+\] `)

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
	text := part.ReplaceAllString(strings.ReplaceAll(string(s.text), s.file, ""), "")
	list := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(list[:min(lines, len(list))], "; ")
}
