package process

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/models"
)

// ErrDied is wrapped by what Process returns where the filter's process is no
// more, with how it ended and what it said last. The stage cannot be used again.
var ErrDied = fmt.Errorf("%w: its process ended", models.ErrDead)

// How long is waited.
const (
	grace   = 2 * time.Second // for a child that was asked to end
	ending  = time.Second     // for one whose connection ended
	reaping = 5 * time.Second // for one that was killed; a device's driver may hold it
)

// child is a running filter process, as its parent sees it. Its methods may be
// called from any goroutine.
type child struct {
	conn    *net.UnixConn
	command *exec.Cmd
	output  *output
	done    chan struct{} // closed when it is gone and waited for

	mu   sync.Mutex
	pid  int    // of its process group as well; 0: it does not run
	why  string // for which it was killed; empty: it was not
	once sync.Once
	end  error // of close
}

// start runs a command whose file 3 is the other end of conn.
func start(command *exec.Cmd, niceness int, out *output) (*child, error) {
	ours, theirs, err := connect()
	if err != nil {
		return nil, err
	}
	c := &child{conn: ours, command: command, output: out, done: make(chan struct{})}
	command.ExtraFiles = []*os.File{theirs}
	command.Stdout, command.Stderr = out, out // the same, so that one goroutine writes
	command.WaitDelay = time.Second
	// A group of its own: an interrupt at the terminal ends the call, not its
	// filters first; and what it starts is ended with it.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error, 1)
	go c.run(started, niceness)
	err = <-started
	if err = errors.Join(err, theirs.Close()); err != nil {
		c.kill("it could not be started")
		<-c.done
		return nil, errors.Join(err, ours.Close())
	}
	return c, nil
}

// connect makes the two ends of a connection that keeps messages apart.
func connect() (*net.UnixConn, *os.File, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a connection: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "filter")
	ours, err := connection(os.NewFile(uintptr(pair[0]), "filter"))
	if err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	return ours, theirs, nil
}

// connection takes a file over.
func connection(file *os.File) (*net.UnixConn, error) {
	conn, err := net.FileConn(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("make a connection: %w", err)
	}
	c, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("make a connection: the file is a %T", conn), conn.Close())
	}
	return c, nil
}

// run starts the process and waits for its end. It keeps its thread, which ends
// with it: the kernel kills the child when the thread that started it ends
// (prctl(2), PR_SET_PDEATHSIG), and the rights and the niceness that the child
// inherits are the thread's.
func (c *child) run(started chan<- error, niceness int) {
	defer close(c.done)
	runtime.LockOSThread()
	err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	if err == nil && niceness != 0 {
		err = unix.Setpriority(unix.PRIO_PROCESS, 0, niceness)
	}
	if err == nil {
		err = c.command.Start()
	}
	if err != nil {
		started <- fmt.Errorf("start %s: %w", c.command.Path, err)
		return
	}
	pid := c.command.Process.Pid
	c.mu.Lock()
	c.pid = pid
	c.mu.Unlock()
	started <- nil
	// Until it is reaped, its group's number is nobody else's.
	for errors.Is(unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil), unix.EINTR) {
	}
	c.mu.Lock()
	c.pid = 0
	_ = unix.Kill(-pid, unix.SIGKILL) // what it started
	c.mu.Unlock()
	_ = c.command.Wait() // ProcessState says how it ended
	c.output.flush()
}

// kill ends it, for a reason that is told.
func (c *child) kill(why string) {
	c.mu.Lock()
	if c.pid != 0 {
		if c.why == "" {
			c.why = why
		}
		_ = unix.Kill(-c.pid, unix.SIGKILL) // it may be ending just now
	}
	c.mu.Unlock()
	// Where it passed the connection on to others, they do not hold us up.
	_, _ = c.conn.CloseRead(), c.conn.CloseWrite()
}

// lost says how it ended, after its connection did.
func (c *child) lost() error {
	if !c.wait(ending) {
		return c.died("killed, as it closed its connection")
	}
	return c.ended("")
}

// died ends what is left of it, and says how it ended.
func (c *child) died(why string) error {
	c.kill(why)
	if !c.wait(reaping) {
		return fmt.Errorf("%w: %s, and does not end within %v of being killed", ErrDied, why, reaping)
	}
	return c.ended(why)
}

// ended says how it ended, and before that for what it was to be killed if it
// had not.
func (c *child) ended(before string) error {
	c.mu.Lock()
	how := c.why
	c.mu.Unlock()
	if how == "" {
		how = c.command.ProcessState.String()
		if before != "" {
			how = before + ", " + how
		}
	}
	if said := c.output.said(); said != "" {
		how += "; it said: " + said
	}
	return fmt.Errorf("%w: %s", ErrDied, how)
}

func (c *child) wait(atMost time.Duration) bool {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-c.done:
		return true
	case <-timer.C:
		return false
	}
}

// close asks it to end, kills it where it does not, and says where that did not
// go as it should.
func (c *child) close() error {
	c.once.Do(func() {
		select {
		case <-c.done: // which Process has told, or Kill wanted
		default:
			c.end = c.finish()
		}
		c.output.close()
		_ = c.conn.Close()
	})
	return c.end
}

func (c *child) finish() error {
	_ = c.conn.CloseWrite()
	if !c.wait(grace) {
		return c.died(fmt.Sprintf("killed, as it did not end within %v", grace))
	}
	c.mu.Lock()
	killed := c.why != ""
	c.mu.Unlock()
	if !killed && !c.command.ProcessState.Success() {
		return c.ended("")
	}
	return nil
}
