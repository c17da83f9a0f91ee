package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		show := newProgress(&out, "baking")
		for done := range 61 {
			show(done, 60)
			<-time.After(200 * time.Millisecond)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 4 || lines[0] != "baking: 0 of 60, 0 s" || lines[3] != "baking: 60 of 60, 12 s" {
			t.Errorf("12 s of work printed %q, want a line every 5 s and one at the end", lines)
		}
	})
}

func TestProgressOfNothingIsSilent(t *testing.T) {
	var out bytes.Buffer
	newProgress(&out, "baking")(60, 60)
	if out.Len() > 0 {
		t.Errorf("printed %q", &out)
	}
}
