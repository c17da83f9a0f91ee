package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// limitMark begins the line that a process says before it ends itself.
const limitMark = "memory limit:"

const (
	// exitLimit is the exit code of a process that ends itself.
	exitLimit = 77
	// watching is how often a process looks at its memory.
	watching = 200 * time.Millisecond
	// sooner than the node does the kernel end it where memory is short: of 1000
	// (proc(5), oom_score_adj).
	sooner = 500
)

// limit sets the limits of this process, and watches its memory until the
// function that it returns is called. It leaves no dumps, which would hold
// pictures of people.
func limit(memory int64, stderr io.Writer) (end func(), err error) {
	err = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	if err == nil {
		err = volunteer()
	}
	if err == nil && memory > 0 {
		err = backstop(memory)
	}
	if err != nil {
		return nil, fmt.Errorf("limit this process: %w", err)
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		watch(memory, stderr, quit)
	}()
	return func() {
		close(quit)
		<-done
	}, nil
}

// volunteer has the kernel end this process before the node.
func volunteer() error {
	const name = "/proc/self/oom_score_adj"
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	// Only root may lower it.
	if now, err := strconv.Atoi(strings.TrimSpace(string(text))); err != nil || now >= sooner {
		return err
	}
	return os.WriteFile(name, []byte(strconv.Itoa(sooner)), 0)
}

// backstop refuses memory that is asked for faster than watch looks. What the
// process has mapped when it starts does not count: a runtime may reserve much
// that it never uses.
func backstop(memory int64) error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmData:")
	mapped, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kilobytes, err := strconv.ParseUint(mapped, 10, 64)
	if err != nil {
		return fmt.Errorf("read VmData: %w", err)
	}
	var now unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_DATA, &now); err != nil {
		return err
	}
	now.Cur = min(now.Max, kilobytes<<10+2*uint64(memory))
	return unix.Setrlimit(unix.RLIMIT_DATA, &now)
}

// watch ends this process where it has more memory of its own than it may,
// whatever its filter is doing.
func watch(memory int64, stderr io.Writer, quit <-chan struct{}) {
	ticker := time.NewTicker(watching)
	defer ticker.Stop()
	for {
		select {
		case <-quit:
			return
		case <-ticker.C:
		}
		own, err := ownMemory()
		if err != nil || memory > 0 && own > memory {
			fmt.Fprintf(stderr, "%s the process has %d MiB of its own, %d MiB are allowed%s\n", limitMark, own>>20, memory>>20, suffix(err))
			os.Exit(exitLimit)
		}
	}
}

func suffix(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// ownMemory is how many bytes are resident that are neither shared nor a file's
// (proc(5), statm).
func ownMemory() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 3 {
		return 0, errors.New("statm is too short")
	}
	resident, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0, err
	}
	files, err := strconv.ParseInt(fields[2], 10, 64)
	return (resident - files) * int64(os.Getpagesize()), err
}
