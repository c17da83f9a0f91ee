package limitedlog_test

import (
	"bytes"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/capture/limitedlog"
)

// recorded is a log and the text that was written to it.
func recorded() (*limitedlog.Log, *bytes.Buffer) {
	var text bytes.Buffer
	return limitedlog.New(slog.New(slog.NewTextHandler(&text, nil)).With("cube", "north")), &text
}

func TestEachReasonOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := recorded()
		for n := range 100 { // 40 ms apart: four seconds
			log.Warn("late", "a frame is late", "frame", n)
			if n == 30 {
				log.Warn("lost", "a frame is lost", "frame", n)
			}
			<-time.After(40 * time.Millisecond)
		}
		var got []string
		for line := range strings.Lines(text.String()) {
			_, line, _ = strings.Cut(strings.TrimSpace(line), "level=")
			got = append(got, line)
		}
		want := []string{
			`WARN msg="a frame is late" cube=north frame=0`, `WARN msg="a frame is late" cube=north frame=25`,
			`WARN msg="a frame is lost" cube=north frame=30`,
			`WARN msg="a frame is late" cube=north frame=50`, `WARN msg="a frame is late" cube=north frame=75`,
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("written:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestReasonsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := recorded()
		for range 3 {
			text.Reset()
			for n := range 1000 {
				log.Warn(strconv.Itoa(n), "odd")
			}
			if lines := strings.Count(text.String(), "\n"); lines != 64 {
				t.Errorf("%d lines for 1000 reasons in one second, want 64", lines)
			}
			<-time.After(time.Second)
		}
	})
}

func TestManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := recorded()
		var working sync.WaitGroup
		for range 8 {
			working.Go(func() { log.Warn("late", "a frame is late") })
		}
		working.Wait()
		if lines := strings.Count(text.String(), "\n"); lines != 1 {
			t.Errorf("%d lines, want 1", lines)
		}
	})
}
