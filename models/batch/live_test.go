package batch

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virtualcube/virtualcube/models"
)

// TestLiveKeepsThePace: as long as nothing is late, what comes out is what Run
// gives, at the pace of the recording.
func TestLiveKeepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &made{samples: 48000 + 321, frames: 40, period: fps30}
		chain := []models.Bound{
			audio(t, "a", 1234, models.Pass, nil), video(t, "v", 3, 100*time.Millisecond, models.Pass, nil),
		}
		var k kept
		began := time.Now()
		report, err := Live(t.Context(), m.clip(), chain, &k, Options{Opener: opener{}})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 40*fps30 || took > 40*fps30+time.Second {
			t.Errorf("%v of pictures took %v", 40*fps30, took)
		}
		n, first := k.ramp()
		if n > 0 || len(k.samples) != int(m.samples) {
			t.Errorf("%d of %d samples are elsewhere, the first at %d; %d came", n, len(k.samples), first, m.samples)
		}
		if !slices.IsSorted(k.times) || len(k.lumas) != 40 || k.lumas[39] != 39 {
			t.Errorf("pictures %v", k.lumas)
		}
		if f := report.Filters[0]; f.Frames < 50 || f.Errors+f.Late > 0 {
			t.Errorf("%+v", f)
		}
		if n := m.alive.Load(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
}

func TestLiveSaysWhatIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &made{frames: 60, period: fps30}
		slow := video(t, "v", 0, 0, models.Pass, func(at time.Duration) error {
			if at >= 20*fps30 && at < 25*fps30 {
				<-time.After(100 * time.Millisecond)
			}
			return nil
		})
		slow.Latency, slow.Late = 10*time.Millisecond, models.Pass
		var k kept
		report, err := Live(t.Context(), m.clip(), []models.Bound{slow}, &k, Options{Opener: opener{}})
		if err != nil {
			t.Fatal(err)
		}
		f := report.Filters[0]
		if f.Late < 3 || f.MaxMS < 100 || len(k.lumas) < 50 {
			t.Errorf("%+v; %d pictures", f, len(k.lumas))
		}
	})
}

func TestLiveEndsWithAnError(t *testing.T) {
	for _, c := range []struct {
		name   string
		chain  []models.Bound
		writer *kept
		want   string
	}{
		{"a writer", nil, &kept{fail: errors.New("disk full")}, "disk full"},
		{"no rig", []models.Bound{{Definition: models.Definition{Description: models.Description{Name: "a", Kind: models.KindRGBD}}}}, &kept{}, "frame sets"},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := &made{samples: 9600, frames: 5, period: fps30}
			if _, err := Live(t.Context(), m.clip(), c.chain, c.writer, Options{Opener: opener{}}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
			}
		})
	}
}
