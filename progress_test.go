package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		show := newProgress(newConsole(&out), "baking")
		for done := range 61 {
			show(done, 60)
			<-time.After(200 * time.Millisecond)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 4 || lines[0] != "baking: 5 of 60, 1 s" || lines[3] != "baking: 60 of 60, 12 s" {
			t.Errorf("12 s of work printed %q, want a line after 1 s, every 5 s and at the end", lines)
		}
	})
}

func TestShortProgressIsSilent(t *testing.T) {
	var out bytes.Buffer
	show := newProgress(newConsole(&out), "baking")
	for done := range 61 {
		show(done, 60)
	}
	if out.Len() > 0 {
		t.Errorf("printed %q", &out)
	}
}

func TestConsoleKeepsBarAndLogApart(t *testing.T) {
	var out bytes.Buffer
	c := newConsole(&out)
	for _, write := range []struct {
		to   io.Writer
		text string
	}{{c, "one\n"}, {c.line(), "\rbar 1"}, {c, "two\n"}, {c, "three\n"}, {c.line(), "\rbar 2"}} {
		if _, err := io.WriteString(write.to, write.text); err != nil {
			t.Fatal(err)
		}
	}
	if want := "one\n\rbar 1" + clearLine + "two\nthree\n\rbar 2"; out.String() != want {
		t.Errorf("printed %q, want %q", &out, want)
	}
}
