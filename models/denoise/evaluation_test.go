//go:build evaluation

package denoise

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// TestEvaluation measures the filter on what .ci/denoise-data fetched into
// VIRTUALCUBE_DENOISE: every recording of speech with every noise at every level.
func TestEvaluation(t *testing.T) {
	folder := os.Getenv("VIRTUALCUBE_DENOISE")
	if folder == "" {
		t.Fatal("VIRTUALCUBE_DENOISE names no folder of data: run make denoise-eval")
	}
	f := opened(t, environment(t))
	speech, noises := recordings(t, filepath.Join(folder, "speech")), recordings(t, filepath.Join(folder, "noise"))
	for _, p := range []Parameters{{Strength: 1, Spare: true}, {Strength: 1}} {
		fmt.Fprintf(os.Stdout, "\nstrength %v, spare %v\n\n", p.Strength, p.Spare)
		fmt.Fprintf(os.Stdout, "| clean speech | SI-SDR of what comes out, dB |\n|---|---|\n")
		for _, s := range speech {
			clean, _ := mixed(s.samples, s.samples, 0, 300)
			got := sdr(clean, cleaned(t, f, clean, p))
			fmt.Fprintf(os.Stdout, "| %s | %.1f |\n", s.name, got)
			if p.Spare && got < 20 {
				t.Errorf("clean %s comes out at %.1f dB", s.name, got)
			}
		}
		fmt.Fprintf(os.Stdout, "\nSI-SDR gain in dB, mean over %d recordings (the worst)\n\n| dB in |", len(speech))
		for _, n := range noises {
			fmt.Fprintf(os.Stdout, " %s |", n.name)
		}
		fmt.Fprintf(os.Stdout, " all |\n|---|%s---|\n", strings.Repeat("---|", len(noises)))
		for _, level := range []float64{-5, 0, 5, 10, 15, 20} {
			fmt.Fprintf(os.Stdout, "| %v |", level)
			all := 0.0
			for _, n := range noises {
				mean, worst := 0.0, math.Inf(1)
				for i, s := range speech {
					clean, noisy := mixed(s.samples, n.samples, 37000*i, level)
					gain := sdr(clean, cleaned(t, f, noisy, p)) - sdr(clean, noisy)
					mean += gain / float64(len(speech))
					worst = min(worst, gain)
					if p.Spare && level >= 15 && gain < -0.5 {
						t.Errorf("%s with %s at %v dB: %.2f dB", s.name, n.name, level, gain)
					}
				}
				all += mean / float64(len(noises))
				fmt.Fprintf(os.Stdout, " %.1f (%.1f) |", mean, worst)
				if p.Spare && level <= 10 && mean <= 0 {
					t.Errorf("%s at %v dB: %.2f dB on average", n.name, level, mean)
				}
			}
			fmt.Fprintf(os.Stdout, " %.1f |\n", all)
		}
		fmt.Fprintf(os.Stdout, "\n| noise alone, dB of full scale | falls by, dB, after 2 s |\n|---|---|\n")
		for _, n := range noises {
			for _, level := range []float64{-26, -46} {
				x, _ := mixed(n.samples, n.samples, 0, 300)
				for i := range x {
					x[i] *= float32(math.Pow(10, (level+26)/20))
				}
				const from = 2 * capture.SampleRate
				falls := 10 * math.Log10(power(x[from:])/(power(cleaned(t, f, x, p)[from:])+1e-15))
				fmt.Fprintf(os.Stdout, "| %s, %v | %.1f |\n", n.name, level, falls)
			}
		}
	}
}

type recording struct {
	name    string
	samples []float32
}

// recordings reads the mono float32 files of a folder, at most 12 s of each.
func recordings(t *testing.T, folder string) (list []recording) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.f32"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no recordings in %s: %v", folder, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := recording{name: strings.TrimSuffix(filepath.Base(name), ".f32")}
		r.samples = make([]float32, min(len(data)/4, 12*capture.SampleRate))
		if filepath.Base(folder) == "noise" {
			r.samples = make([]float32, len(data)/4)
		}
		for i := range r.samples {
			r.samples[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		list = append(list, r)
	}
	return list
}
