package filtertest

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// goldenEvery is which frames of the stream a golden file holds.
const goldenEvery = 5

// golden: what the filter makes of the stream is what it was when somebody looked
// at it.
func golden[T any](t *testing.T, s *suite[T]) {
	if s.options.Golden == "" {
		t.Skip("the filter has no golden file")
	}
	i, m := s.start(t, nil), s.stimulus
	var got [][]float64
	for n := range steady {
		out := i.must(m.frame(n))
		if m.absent(out) {
			continue
		}
		if n%goldenEvery == goldenEvery-1 {
			got = append(got, m.features(out))
		}
		m.release(out)
	}
	path := filepath.Join("testdata", s.options.Golden)
	if os.Getenv("VIRTUALCUBE_GOLDEN") == "write" {
		writeGolden(t, path, got)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; VIRTUALCUBE_GOLDEN=write makes it", err)
	}
	var want [][]float64
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	compare(t, got, want, s.options.Tolerance)
}

func writeGolden(t *testing.T, path string, features [][]float64) {
	t.Helper()
	for _, list := range features {
		for i := range list {
			list[i] = math.Round(list[i]*1e4) / 1e4
		}
	}
	text, err := json.Marshal(features)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, got, want [][]float64, tolerance float64) {
	t.Helper()
	if tolerance == 0 {
		tolerance = 0.01
	}
	if len(got) != len(want) {
		t.Fatalf("%d frames, the golden file has %d", len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("frame %d has %d figures, in the golden file %d", i, len(got[i]), len(want[i]))
		}
		for j := range got[i] {
			worst = max(worst, math.Abs(got[i][j]-want[i][j]))
		}
	}
	if !(worst <= tolerance) {
		t.Errorf("a figure is %.4f off, %.4f are allowed", worst, tolerance)
	}
}
