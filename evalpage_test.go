//go:build e2e

package main

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEvalPage opens the page of `eval --out` as a file in a headless browser:
// its script has to put the pictures in place, without a server.
func TestEvalPage(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "report")
	evaluate(t, "--eyes", "2", "--frames", "1", "--size", "128x128", "--flicker", "0", "--methods", "--out", folder, smallRig)
	browser := cmp.Or(os.Getenv("CHROMIUM"), "/usr/bin/chromium")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	page := "file://" + filepath.ToSlash(filepath.Join(folder, "index.html"))
	out, err := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--dump-dom", page).Output()
	if err != nil {
		t.Fatalf("open the page with %s (or the browser that CHROMIUM names): %v", browser, err)
	}
	for what, want := range map[string]string{
		"the result on the left":   `alt="medium/auto/ours" src="eye02-result.png"`,
		"the truth on the right":   `alt="truth" src="eye02-truth.png"`,
		"a method to choose":       `<option value="lumigraph">`,
		"a method's picture":       `src="eye01-warp.png"`,
		"what the error is of":     `medium/auto/ours − truth ×4`,
		"what the divider is of":   `<span class="tag right">truth</span>`,
		"which pictures are shown": `data-name="medium/auto/ours" aria-pressed="true"`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the page lacks %s: %s", what, want)
		}
	}
}
