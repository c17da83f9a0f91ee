//go:build evaluation

package vad

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/models"
)

// TestEvaluation measures the filter on the recordings with marked words, clean and
// amid the noises that .ci/denoise-data fetched into VIRTUALCUBE_DENOISE, and on
// the noises alone.
func TestEvaluation(t *testing.T) {
	folder := os.Getenv("VIRTUALCUBE_DENOISE")
	if folder == "" {
		t.Fatal("VIRTUALCUBE_DENOISE names no folder of data: run make denoise-eval")
	}
	e := environment(t)
	names, err := filepath.Glob(filepath.Join(folder, "noise", "*.f32"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no noises in %s: %v", folder, err)
	}
	for _, hangover := range []float64{0, 0.3} {
		p := Parameters{Threshold: 0.5, Hangover: hangover}
		fmt.Fprintf(os.Stdout, "\nthreshold 0.5, hangover %v s: precision / recall\n\n| speech | noise | clean | 10 dB | 0 dB | noise alone is speech |\n|---|---|---|---|---|---|\n", hangover)
		for _, speech := range []string{"acoustic_corpus", "cold_corpus"} {
			x, words := labelled(t, speech)
			withoutRumble(x) // which is louder than the words
			clean := compare(heard(t, e, x, p), words)
			for _, name := range names {
				noise := samples(t, name)
				fmt.Fprintf(os.Stdout, "| %s | %s | %v |", speech, strings.TrimSuffix(filepath.Base(name), ".f32"), clean)
				for _, level := range []float64{10, 0} {
					fmt.Fprintf(os.Stdout, " %v |", compare(heard(t, e, amid(x, noise, words, level), p), words))
				}
				fmt.Fprintf(os.Stdout, " %.3f |\n", alone(t, e, noise, p))
			}
		}
	}
}

func (c counts) String() string { return fmt.Sprintf("%.3f / %.3f", c.precision(), c.recall()) }

func alone(t *testing.T, e models.Environment, noise []float32, p Parameters) float64 {
	quiet := make([]float32, len(noise))
	scale := 0.02 / math.Sqrt(power(noise))
	for i, x := range noise {
		quiet[i] = float32(max(-1, min(1, float64(x)*scale)))
	}
	return share(heard(t, e, quiet, p))
}

// amid adds noise, at a ratio in dB of the words' power to its own.
func amid(speech, noise []float32, words []word, ratio float64) []float32 {
	var spoken []float32
	for _, w := range words {
		spoken = append(spoken, speech[int(w.from*48000):min(len(speech), int(w.to*48000))]...)
	}
	n := math.Sqrt(power(spoken)/power(noise)) * math.Pow(10, -ratio/20)
	sum := make([]float32, len(speech))
	for i, x := range speech {
		sum[i] = float32(max(-1, min(1, float64(x)+n*float64(noise[i%len(noise)]))))
	}
	return sum
}

// withoutRumble takes away what is below 80 Hz, three times by 6 dB an octave.
func withoutRumble(x []float32) {
	for range 3 {
		low := 0.0
		for i, v := range x {
			low += 2 * math.Pi * 80 / 48000 * (float64(v) - low)
			x[i] = float32(float64(v) - low)
		}
	}
}

func power(x []float32) (p float64) {
	for _, v := range x {
		p += float64(v) * float64(v) / float64(len(x))
	}
	return p
}

// samples reads mono float32.
func samples(t *testing.T, path string) []float32 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(data)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return x
}
