package weights

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// What can go wrong with a package.
var (
	ErrClient   = errors.New("the package client is not installed")
	ErrOffline  = errors.New("the package registry could not be reached")
	ErrFetch    = errors.New("the package could not be fetched")
	ErrChecksum = errors.New("the checksum differs")
	ErrFull     = errors.New("the disk is full")
)

const (
	// fetchTimeout ends a client that hangs; a package of 100 MB takes a quarter
	// of an hour at 1 Mbit/s.
	fetchTimeout = 30 * time.Minute
	// pollEvery is how often it is looked how much has come.
	pollEvery = 250 * time.Millisecond
	// outputDelay is how long an ended client's output may be held open.
	outputDelay = 5 * time.Second
	// maxOutput is how much of a client's output an error shows, bytes.
	maxOutput = 2000
)

// download is one package on its way into a folder of its own.
type download struct {
	Package
	folder  string
	timeout time.Duration
	show    func(done, total int)
}

// archive is where the client puts the package.
func (d download) archive() string { return filepath.Join(d.folder, "archive") }

// fetch lets the client fetch the package, and returns the path of its archive,
// whose checksum is right.
func (d download) fetch(ctx context.Context) (string, error) {
	for _, name := range []string{"archive", "cache", "work"} {
		if err := os.MkdirAll(filepath.Join(d.folder, name), 0o700); err != nil {
			return "", fmt.Errorf("fetch %s: %w", d, err)
		}
	}
	command, arguments, err := d.command()
	if err != nil {
		return "", fmt.Errorf("fetch %s: %w", d, err)
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	output, err := d.run(ctx, command, arguments)
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return "", fmt.Errorf("fetch %s: %w: it took more than %v", d, ErrFetch, d.timeout)
		}
		if ctx.Err() != nil {
			return "", fmt.Errorf("fetch %s: %w", d, ctx.Err())
		}
		return "", fmt.Errorf("fetch %s: %w", d, explain(err, output))
	}
	path, err := d.only()
	if err == nil {
		err = d.check(ctx, path)
	}
	if err != nil {
		return "", fmt.Errorf("fetch %s: %w", d, err)
	}
	return path, nil
}

// command is what fetches the package. Neither client runs code of the package:
// npm is told so, and pip takes wheels alone.
func (d download) command() (command string, arguments []string, err error) {
	switch d.Client {
	case "npm":
		command, arguments = "npm", []string{"pack", d.String(), "--ignore-scripts", "--pack-destination", d.archive(),
			"--prefix", filepath.Join(d.folder, "work"), "--cache", filepath.Join(d.folder, "cache"),
			"--loglevel=error", "--logs-max=0", "--no-update-notifier", "--no-progress",
			"--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"}
	case "pip":
		requirements := filepath.Join(d.folder, "requirements.txt")
		if err := os.WriteFile(requirements, []byte(d.String()+" --hash="+d.Integrity+"\n"), 0o600); err != nil {
			return "", nil, err
		}
		command, arguments = "python3", []string{"-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes",
			"--requirement", requirements, "--dest", d.archive(), "--no-cache-dir", "--no-input", "--quiet",
			"--disable-pip-version-check", "--progress-bar=off", "--retries=2"}
		if d.Tag != "" {
			arguments = append(arguments, "--platform", d.Tag)
		}
	default:
		return "", nil, fmt.Errorf("%w: %q", ErrClient, d.Client)
	}
	if command, err = exec.LookPath(command); err != nil {
		return "", nil, fmt.Errorf("%w: %s; install Node's npm (nodejs.org) or Python's pip (Debian: python3-pip): %w", ErrClient, d.Client, err)
	}
	return command, arguments, nil
}

// run runs the client, and shows how much it has written meanwhile. Its working
// folder and its cache are the download's, and go with it.
func (d download) run(ctx context.Context, command string, arguments []string) (output string, err error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, command, arguments...)
	cmd.Dir, cmd.Env = filepath.Join(d.folder, "work"), d.environment(os.Environ())
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true} // a client's children end with it
	cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
	cmd.WaitDelay = outputDelay
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	total := int(d.Size/1e6) + 1
	for {
		select {
		case err := <-ended:
			if err == nil {
				d.show(total, total)
			}
			return out.String(), err
		case <-poll.C:
			d.show(min(int(written(d.folder)/1e6), total-1), total)
		}
	}
}

// environment is what of ours a client needs: where it finds programs, its own
// settings, and how this machine reaches registries.
func (d download) environment(ours []string) []string {
	keep := []string{"PATH", "HOME", "USER", "VIRTUAL_ENV", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
		"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"}
	kept := slices.DeleteFunc(slices.Clone(ours), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		name = strings.ToUpper(name)
		return !slices.Contains(keep, name) && !strings.HasPrefix(name, "NPM_CONFIG_") && !strings.HasPrefix(name, "PIP_")
	})
	return append(kept, "LC_ALL=C.UTF-8", "TMPDIR="+filepath.Join(d.folder, "cache"))
}

// written is how many bytes lie below a folder.
func written(folder string) (total int64) {
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() { // a client removes what it no longer needs
			return nil //nolint:nilerr // see above
		}
		if info, err := entry.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}

// explain says what a client's output means.
func explain(err error, output string) error {
	for _, known := range []struct {
		means error
		words []string
	}{
		{ErrFull, []string{"ENOSPC", "No space left on device"}},
		{ErrChecksum, []string{"EINTEGRITY", "DO NOT MATCH THE HASHES"}},
		{ErrClient, []string{"No module named pip"}},
		{ErrOffline, []string{"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED", "Failed to establish a new connection", "Temporary failure in name resolution", "ConnectTimeoutError"}},
	} {
		for _, word := range known.words {
			if strings.Contains(output, word) {
				err = known.means
			}
		}
	}
	if len(output) > maxOutput {
		output = "..." + output[len(output)-maxOutput:]
	}
	remedy := ""
	switch {
	case errors.Is(err, ErrOffline):
		remedy = "; connect this machine and pull again, or copy the folder of weights from another"
	case errors.Is(err, ErrFull):
		remedy = "; free some space, or name another folder in VIRTUALCUBE_MODELS"
	case errors.Is(err, ErrClient):
		remedy = "; install it (Debian: python3-pip)"
	case !errors.Is(err, ErrChecksum):
		err = fmt.Errorf("%w: %w", ErrFetch, err)
	}
	return fmt.Errorf("%w%s; the client says: %s", err, remedy, strings.TrimSpace(output))
}

// only returns the one file that the client has put down.
func (d download) only() (string, error) {
	entries, err := os.ReadDir(d.archive())
	if err != nil {
		return "", err
	}
	if len(entries) != 1 || !entries[0].Type().IsRegular() {
		return "", fmt.Errorf("%w: the client left %d files that are not one archive", ErrFetch, len(entries))
	}
	return filepath.Join(d.archive(), entries[0].Name()), nil
}

// check compares the archive's checksum with the catalogue's.
func (d download) check(ctx context.Context, path string) error {
	want, err := d.digest()
	if err != nil {
		return err
	}
	sum := sha512.New()
	if d.Client == "pip" {
		sum = sha256.New()
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(sum, reader{ctx, f}); err != nil {
		return err
	}
	if got := sum.Sum(nil); !bytes.Equal(got, want) {
		return fmt.Errorf("%w: the archive's is %x, the catalogue's %x: it is not the package that was pinned", ErrChecksum, got, want)
	}
	return nil
}
