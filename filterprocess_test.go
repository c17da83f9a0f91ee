package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// TestFilterProcess has the program's own command look for a filter that the
// program does not have, which it can only say once it runs.
func TestFilterProcess(t *testing.T) {
	t.Setenv("VIRTUALCUBE_API_KEYS", "not: a valid: configuration")
	l := filterLauncher()
	l.Environ = append(l.Environ, asCommand+"=1")
	stranger := models.Definition{Description: models.Description{Name: "stranger", Summary: "is none of ours", Kind: models.KindAudio, Latency: time.Millisecond, Late: models.Pass, Failing: models.Pass}}
	stage, err := l.OpenAudio(t.Context(), stranger, models.Environment{}, models.Values{})
	if err == nil {
		_ = stage.Close()
	}
	if err == nil || !strings.Contains(err.Error(), `unknown filter "stranger"`) {
		t.Errorf("%v", err)
	}
}

// TestFilterProcessIsHidden keeps from the help what nobody types.
func TestFilterProcessIsHidden(t *testing.T) {
	var help bytes.Buffer
	if code := execute(t.Context(), []string{"--help"}, &help, &help); code != exitOK || strings.Contains(help.String(), "filter-process") {
		t.Errorf("exit code %d, help:\n%s", code, help.String())
	}
}
