package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"strings"
	"syscall"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
)

// live runs a node until the room was looked at, and ends it as Ctrl-C does.
func live(ctx context.Context, shell *exec.Cmd) (printed string, err error) {
	out, err := shell.StdoutPipe()
	if err == nil {
		err = shell.Start()
	}
	if err != nil {
		return "", err
	}
	var all strings.Builder
	lines, link := bufio.NewReader(out), ""
	for err == nil && link == "" {
		var line string
		line, err = lines.ReadString('\n')
		all.WriteString(line)
		link = links.FindString(line)
	}
	if link != "" {
		err = errors.Join(tune(ctx, link), syscall.Kill(-shell.Process.Pid, syscall.SIGINT))
	}
	rest, read := io.ReadAll(lines)
	all.Write(rest)
	var exit *exec.ExitError
	if waited := shell.Wait(); !errors.As(waited, &exit) || !interrupted(exit) || link == "" {
		err = errors.Join(err, waited)
	}
	return all.String(), errors.Join(err, read)
}

// interrupted says whether make ended because of Ctrl-C.
func interrupted(e *exec.ExitError) bool {
	status, ok := e.Sys().(syscall.WaitStatus)
	return ok && (status.Signal() == syscall.SIGINT || status.ExitStatus() == 128+int(syscall.SIGINT) || status.ExitStatus() == 2)
}

// tune does in the room what the tutorial has the reader do in the page.
func tune(ctx context.Context, link string) (err error) {
	url, room, _ := strings.Cut(link, "?room=")
	config := roomclient.Config{URL: url, Room: room, Name: "Reader", Log: slog.New(slog.DiscardHandler)}
	config.Settings.SetIncludeLoopbackCandidate(true)
	guest, err := roomclient.Dial(ctx, config)
	if err != nil {
		return err
	}
	present, leave := context.WithCancel(ctx)
	left := make(chan error, 1)
	go func() { left <- guest.Run(present) }()
	defer func() {
		leave()
		err = errors.Join(err, <-left)
	}()
	var rig string
	var f session.Filter
	err = untilRig(ctx, guest, func(p session.Person, v roomclient.View) bool {
		if len(p.Filters) != 1 {
			return false
		}
		rig, f = p.ID, p.Filters[0]
		return f.Name == "sepia" && f.Source == session.View && f.State == session.FilterRunning && v.Figures.Filters[f.ID].Frames > 5
	})
	if err != nil {
		return fmt.Errorf("the filter does not run on the rig: %w", err)
	}
	const strength = "0.5"
	_, err = guest.Ask(ctx, func(req int) any {
		links := []session.FilterLink{{ID: f.ID, Values: map[string]string{"strength": strength}}}
		return protocol.FilterChain{Type: "filter", Req: req, Person: rig, Source: string(session.View), Links: links}
	})
	if err != nil {
		return fmt.Errorf("tune the filter: %w", err)
	}
	done := guest.View().Figures.Filters[f.ID].Frames
	err = untilRig(ctx, guest, func(p session.Person, v roomclient.View) bool {
		figures := v.Figures.Filters[f.ID]
		return len(p.Filters) == 1 && p.Filters[0].ID == f.ID && p.Filters[0].Values["strength"] == strength && figures.Frames > done && figures.Errors == 0
	})
	if err != nil {
		return fmt.Errorf("the filter is not tuned: %w", err)
	}
	return nil
}

// untilRig waits until something is so of the rig that nobody is at.
func untilRig(ctx context.Context, guest *roomclient.Client, so func(session.Person, roomclient.View) bool) error {
	err := guest.Until(ctx, func(v roomclient.View) bool {
		for _, p := range v.State.People {
			if p.Unattended && so(p, v) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("%w; in the room are %+v", err, guest.View().State.People)
	}
	return nil
}
