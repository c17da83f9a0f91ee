//go:build e2e

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/capture/synthetic"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// browserRig stands still and wears markers whose places are known. 12 views a
// second leave two cores time for the browser.
const browserRig = "synthetic:?markers=on&freeze=0&frames=2&rate=12"

// scriptPatience is how long one browser test may take.
const scriptPatience = 5 * time.Minute

// TestBrowser starts a node with the README's command and lets headless
// browsers and a foreign client watch it: the scripts in client/test.
func TestBrowser(t *testing.T) {
	environment := watchedNode(t, browserRig, "256x256")
	for _, script := range []string{"join", "context", "together", "roomforeign", "roomfilters"} {
		t.Run(script, func(t *testing.T) { runScript(t, script, environment) })
	}
	t.Run("latency", func(t *testing.T) { checkLatency(t, runScript(t, "latency", environment)) })
}

// TestBrowserParallax measures where things are drawn, in pixels, at full size
// and with the sensors' noise.
func TestBrowserParallax(t *testing.T) {
	runScript(t, "parallax", append(watchedNode(t, browserRig, "512x512"), "VIRTUALCUBE_MARKERS="+markers(t)))
}

// TestBrowserRoom is three pages in the room with the synthetic person.
func TestBrowserRoom(t *testing.T) {
	rig := "synthetic:?flash=on&freeze=0&frames=8&rate=8"
	runScript(t, "room", watchedNode(t, rig, "128x128", "VIRTUALCUBE_ROOM_SEATS=4"))
}

// TestBrowserLips times flash and beep of the synthetic person in a room of
// three pages.
func TestBrowserLips(t *testing.T) {
	rig := "synthetic:?flash=on&freeze=0&frames=8&rate=8"
	options, err := synthetic.Parse(rig)
	if err != nil {
		t.Fatal(err)
	}
	scene := synthetic.NewScene(options)
	badge, ok := scene.Badge(scene.Instant(0))
	if !ok {
		t.Fatal("the rig has no badge")
	}
	environment := watchedNode(t, rig, "128x128", "VIRTUALCUBE_ROOM_SEATS=4")
	runScript(t, "lips", append(environment, fmt.Sprintf("VIRTUALCUBE_BADGE=[%f,%f,%f]", badge.X, badge.Y, badge.Z)))
}

// TestBrowserChains changes and kills real filters in a room of three pages.
func TestBrowserChains(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	models := filepath.Join(cache, "virtualcube", "models")
	runScript(t, "chains", watchedNode(t, "synthetic:?freeze=0&frames=2&rate=1", "128x128", "VIRTUALCUBE_ROOM_SEATS=4", "VIRTUALCUBE_MODELS="+models))
}

// TestBrowserGaze says that who is looked at sees so, and who is not does not.
func TestBrowserGaze(t *testing.T) {
	const seats, target = 3, 1 // the rig sits on the first
	layout, err := assembly.Named(assembly.RoundTable)
	if err != nil {
		t.Fatal(err)
	}
	table, err := assembly.New(layout, seats)
	if err != nil {
		t.Fatal(err)
	}
	eye := space.Vec3{X: 0.06, Y: 0.03, Z: 0.05}
	at := table.Between(0, target).Apply(eye)
	rig := fmt.Sprintf("synthetic:?gaze=%.4f,%.4f,%.4f&rod=on&freeze=0&frames=2&rate=4", at.X, at.Y, at.Z)
	options, err := synthetic.Parse(rig)
	if err != nil {
		t.Fatal(err)
	}
	type tip struct {
		Name     string     `json:"name"`
		Colour   [3]int     `json:"colour"`
		Position [3]float64 `json:"position"`
	}
	gaze := struct {
		Seat int        `json:"seat"`
		Eye  [3]float64 `json:"eye"`
		Tips []tip      `json:"tips"`
	}{Seat: target, Eye: [3]float64{eye.X, eye.Y, eye.Z}}
	scene := synthetic.NewScene(options)
	for _, end := range scene.Rod(scene.Instant(0)) {
		gaze.Tips = append(gaze.Tips, tip{
			Name: end.Name, Colour: [3]int{int(end.Colour[0]), int(end.Colour[1]), int(end.Colour[2])},
			Position: [3]float64{end.Position.X, end.Position.Y, end.Position.Z},
		})
	}
	text, err := json.Marshal(gaze)
	if err != nil {
		t.Fatal(err)
	}
	runScript(t, "gaze", append(watchedNode(t, rig, "768x768", "VIRTUALCUBE_ROOM_SEATS=3"), "VIRTUALCUBE_GAZE="+string(text)))
}

// watchedNode starts a node of its own with the README's command and returns
// the environment of the scripts that watch it.
func watchedNode(t *testing.T, rig, size string, settings ...string) []string {
	t.Helper()
	commands, _ := readmeCommands(t)
	words := strings.Fields(commands[0]) // make run: TestReadmeStartsSomething
	link, group := startNode(t, append(settings,
		"VIRTUALCUBE_SIZE="+size, "VIRTUALCUBE_LISTEN=127.0.0.1:0", "VIRTUALCUBE_MEDIA_PORT=0",
		"VIRTUALCUBE_CACHE_DIR="+t.TempDir(), "VIRTUALCUBE_STATE_DIR="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(),
	), append(words, "RIG="+rig)...)
	return []string{"VIRTUALCUBE_URL=" + link, fmt.Sprint("VIRTUALCUBE_GROUP=", group)}
}

// checkLatency asserts loosely, since the machine may be doing other work; the
// figures are in the log.
func checkLatency(t *testing.T, out string) {
	var figures struct {
		ViewsPerSecond float64 `json:"views_per_second"`
		Latency        struct {
			Median float64 `json:"median"`
		} `json:"latency_ms"`
	}
	line, _, _ := strings.Cut(out, "\n")
	if err := json.Unmarshal([]byte(line), &figures); err != nil {
		t.Fatalf("the script printed %q: %v", out, err)
	}
	if figures.ViewsPerSecond < 3 || figures.Latency.Median <= 0 || figures.Latency.Median > 2000 {
		t.Errorf("%+v: at least 3 views a second within 2 s are wanted even of a busy machine", figures)
	}
}

// TestBrowserWithoutNode is the scripts that start what they need themselves.
func TestBrowserWithoutNode(t *testing.T) {
	for _, script := range []string{"unproject", "tracking", "hall", "link", "controls", "filters", "voices"} {
		t.Run(script, func(t *testing.T) { runScript(t, script, nil) })
	}
	t.Run("reconnect", func(t *testing.T) {
		page, media := freePort(t), freePort(t)
		command := fmt.Sprintf("bin/virtualcube run --listen 127.0.0.1:%d --media-port %d --size 256x256 --cache-dir %s %q", page, media, t.TempDir(), browserRig)
		runScript(t, "reconnect", []string{fmt.Sprintf("VIRTUALCUBE_URL=http://127.0.0.1:%d/", page), "VIRTUALCUBE_COMMAND=" + command})
	})
}

// startNode starts a command, ends it with the test, and returns the link that
// it prints and its process group.
func startNode(t *testing.T, settings []string, command ...string) (link string, group int) {
	t.Helper()
	node := exec.Command(command[0], command[1:]...)
	node.Env = append(os.Environ(), settings...)
	node.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // make and what it started
	node.Stderr = os.Stderr
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	copied := make(chan struct{})
	t.Cleanup(func() {
		if err := syscall.Kill(-node.Process.Pid, syscall.SIGTERM); err != nil {
			t.Errorf("end %q: %v", command, err)
		}
		<-copied
		_ = node.Wait() // make reports the signal that we sent
	})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if link = links.FindString(line); link != "" {
			break
		}
		if err != nil {
			close(copied)
			t.Fatalf("%q printed no link: %v", command, err)
		}
	}
	go func() {
		defer close(copied)
		_, _ = io.Copy(io.Discard, lines)
	}()
	return link, node.Process.Pid
}

func runScript(t *testing.T, name string, settings []string) string {
	ctx, cancel := context.WithTimeout(context.Background(), scriptPatience)
	defer cancel()
	script := exec.CommandContext(ctx, "node", filepath.Join("client", "test", name+".mjs"))
	script.Env = append(os.Environ(), settings...)
	out, err := script.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return string(out)
}

// markers tells the scripts where the markers of browserRig are.
func markers(t *testing.T) string {
	t.Helper()
	options, err := synthetic.Parse(browserRig)
	if err != nil {
		t.Fatal(err)
	}
	scene := synthetic.NewScene(options)
	type marker struct {
		Name     string     `json:"name"`
		Colour   [3]int     `json:"colour"`
		Position [3]float64 `json:"position"`
	}
	var list []marker
	for _, m := range scene.Markers(scene.Instant(0)) {
		list = append(list, marker{
			Name: m.Name, Colour: [3]int{int(m.Colour[0]), int(m.Colour[1]), int(m.Colour[2])},
			Position: [3]float64{m.Position.X, m.Position.Y, m.Position.Z},
		})
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
