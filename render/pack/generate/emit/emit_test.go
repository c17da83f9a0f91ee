package emit

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestRegeneratingLeavesNoDifference(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join("../../../..", filepath.FromSlash(path)))
		if err != nil {
			t.Errorf("read generated file: %v; run go generate ./render/pack", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date; run go generate ./render/pack", path)
		}
	}
}
