package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/client"
	"github.com/virtualcube/virtualcube/render/gl"
	"github.com/virtualcube/virtualcube/session/encode/vpx"
)

// checks is what the doctor looks at, in this order.
var checks = []func(*environment) []finding{
	checkMachine, checkGL, checkEncoders, checkPage, checkPorts, checkLimits, checkFolders, checkFilters, checkMedia, checkBrowser, checkVariables,
}

func checkMachine(*environment) []finding {
	var memory syscall.Sysinfo_t
	found := fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if syscall.Sysinfo(&memory) == nil {
		found += ", " + gigabytes(memory.Totalram*uint64(memory.Unit)) + " of memory"
	}
	return []finding{{Check: "machine", Level: good, Found: found}}
}

// glPatience is how long opening OpenGL may take.
const glPatience = 20 * time.Second

func checkGL(env *environment) []finding {
	f := finding{Check: "opengl", Level: good}
	info, err := glInfo(env.ctx)
	switch {
	case err != nil:
		f.Level, f.Found = lack, err.Error()
		f.Remedy = "install OpenGL 4.5 without a display: apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri, or the driver of your GPU"
	case info.Software:
		f.Found = fmt.Sprintf("%s, OpenGL %s: drawn by the CPU", info.Renderer, info.Version)
	default:
		f.Found = fmt.Sprintf("%s, OpenGL %s", info.Renderer, info.Version)
	}
	return []finding{f}
}

// glInfo opens OpenGL and closes it again.
func glInfo(ctx context.Context) (gl.Info, error) {
	ctx, cancel := context.WithTimeout(ctx, glPatience)
	defer cancel()
	device := gl.New(slog.New(slog.DiscardHandler))
	running := newGroup(ctx)
	running.run(device.Run)
	info, err := device.Info(ctx)
	if deviceErr := running.end(); deviceErr != nil {
		return info, deviceErr // the cause of err, if there is one
	}
	return info, err
}

func checkEncoders(env *environment) []finding {
	f := finding{Check: "vp8", Level: good, Found: "libvpx " + vpx.Version()}
	if err := tryVP8(env.config.Size); err != nil {
		f.Level, f.Found, f.Remedy = lack, err.Error(), "install libvpx: apt-get install libvpx-dev, and build again"
	}
	return []finding{f}
}

func tryVP8(size Size) error {
	encoder, err := vpx.NewEncoder(size.Width, size.Height, 1_000_000)
	if err != nil {
		return err
	}
	grey := capture.Picture{
		Format: capture.I420, Width: size.Width, Height: size.Height,
		Planes:  [3][]byte{make([]byte, size.Width*size.Height), make([]byte, size.Width*size.Height/4), make([]byte, size.Width*size.Height/4)},
		Strides: [3]int{size.Width, size.Width / 2, size.Width / 2},
	}
	_, err = encoder.Encode(grey, 0, true)
	return errors.Join(err, encoder.Close())
}

func checkPage(*environment) []finding {
	if err := client.Built(); err != nil {
		return []finding{{Check: "page", Level: lack, Found: err.Error(), Remedy: "make build"}}
	}
	return []finding{{Check: "page", Level: good, Found: "built into this binary"}}
}

func checkPorts(env *environment) []finding {
	var findings []finding
	look := func(check, address string, open func() error, remedy string) {
		f := finding{Check: check, Level: good, Found: address + " is free"}
		if err := open(); err != nil {
			f.Level, f.Found, f.Remedy = lack, err.Error(), remedy
		}
		findings = append(findings, f)
	}
	tcp := func(address string) func() error {
		return func() error {
			l, err := net.Listen("tcp", address)
			if err != nil {
				return err
			}
			return l.Close()
		}
	}
	look("signalling", env.config.Listen+" tcp", tcp(env.config.Listen), "stop what uses it, or choose another with --listen HOST:PORT")
	host, _, err := net.SplitHostPort(env.config.Listen)
	if err != nil {
		return findings
	}
	media := net.JoinHostPort(host, strconv.Itoa(env.config.Media))
	another := "stop what uses it, or choose another with --media-port PORT"
	look("media", media+" tcp", tcp(media), another)
	look("media", media+" udp", func() error {
		c, err := net.ListenPacket("udp", media)
		if err != nil {
			return err
		}
		return c.Close()
	}, another)
	return findings
}

// Limits below which a node with many viewers suffers.
const (
	wantedFiles     = 4096
	wantedUDPBuffer = 1 << 20 // bytes
)

func checkLimits(*environment) []finding {
	var findings []finding
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil {
		f := finding{Check: "open files", Level: good, Found: fmt.Sprint(files.Cur)}
		if files.Cur < wantedFiles {
			f.Level, f.Remedy = warning, fmt.Sprintf("ulimit -n %d, for many viewers", wantedFiles)
		}
		findings = append(findings, f)
	}
	for _, name := range []string{"rmem_max", "wmem_max"} {
		text, err := os.ReadFile("/proc/sys/net/core/" + name)
		if err != nil {
			continue // not shown in this container
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			continue
		}
		f := finding{Check: "udp " + name, Level: good, Found: fmt.Sprintf("%d bytes", n)}
		if n < wantedUDPBuffer {
			f.Level, f.Remedy = warning, fmt.Sprintf("sysctl -w net.core.%s=%d, for many viewers", name, wantedUDPBuffer)
		}
		findings = append(findings, f)
	}
	return findings
}

// wantedCache is what the baked synthetic rig takes, in bytes.
const wantedCache = 1 << 30

func checkFolders(env *environment) []finding {
	var findings []finding
	for _, folder := range []struct {
		check, path, flag string
		wanted            uint64
	}{{"cache folder", env.config.CacheDir, "--cache-dir", wantedCache}, {"state folder", env.config.StateDir, "--state-dir", 1 << 20}} {
		free, err := writable(folder.path)
		f := finding{Check: folder.check, Level: good, Found: fmt.Sprintf("%s, %s free", folder.path, gigabytes(free))}
		switch {
		case err != nil:
			f.Level, f.Found, f.Remedy = lack, err.Error(), "make it writable, or name another with "+folder.flag
		case free < folder.wanted:
			f.Level, f.Remedy = warning, fmt.Sprintf("%s is needed; free some, or name another folder with %s", gigabytes(folder.wanted), folder.flag)
		}
		findings = append(findings, f)
	}
	return findings
}

// writable makes the folder, writes into it and returns its free bytes.
func writable(dir string) (free uint64, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(dir, ".doctor")
	if err != nil {
		return 0, err
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return 0, err
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, fmt.Errorf("ask for the free space of %s: %w", dir, err)
	}
	return disk.Bavail * uint64(disk.Bsize), nil
}

func checkBrowser(*environment) []finding {
	f := finding{Check: "chromium", Level: good}
	path, err := exec.LookPath("chromium")
	if f.Found = path; err != nil {
		f.Level, f.Found, f.Remedy = warning, "not found", "apt-get install chromium; only the browser tests need it"
	}
	return []finding{f}
}

func checkMedia(*environment) []finding {
	f := finding{Check: "ffmpeg", Level: good}
	path, err := exec.LookPath("ffmpeg")
	if err == nil {
		_, err = exec.LookPath("ffprobe")
	}
	if f.Found = path; err != nil {
		f.Level, f.Found, f.Remedy = warning, err.Error(), "apt-get install ffmpeg; only virtualcube filter needs it, for other files than WAV and PNG"
	}
	return []finding{f}
}

// checkVariables finds misspelt environment variables.
func checkVariables(*environment) []finding {
	known := map[string]bool{"VIRTUALCUBE_CONFIG": true, "VIRTUALCUBE_TESTDATA": true, "VIRTUALCUBE_URL": true}
	settings := reflect.TypeFor[Config]()
	for i := range settings.NumField() {
		name := settings.Field(i).Tag.Get("yaml")
		known["VIRTUALCUBE_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = true
	}
	var findings []finding
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "VIRTUALCUBE_") && !known[name] {
			findings = append(findings, finding{Check: "environment", Level: warning, Found: name + " is no setting", Remedy: "see virtualcube --help for the names"})
		}
	}
	return findings
}

func gigabytes(n uint64) string { return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30)) }
