package models_test

import (
	"slices"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/models"
)

func TestPace(t *testing.T) {
	const frame = 33 * time.Millisecond
	at := func(n int) capture.Time { return capture.Time(time.Second + time.Duration(n)*frame) }
	for _, c := range []struct {
		name   string
		frames []capture.Time
		period time.Duration
		want   []int
	}{
		{"every one", []capture.Time{at(0), at(1), at(2), at(3)}, frame, []int{0, 1, 2, 3}},
		{"more than there are", []capture.Time{at(0), at(1), at(2), at(3)}, frame / 4, []int{0, 1, 2, 3}},
		{"every third, which comes a little early", []capture.Time{at(0), at(1), at(2), at(3), at(4), at(5), at(6)}, 100 * time.Millisecond, []int{0, 3, 6}},
		{"a gap", []capture.Time{at(0), at(20), at(21), at(22), at(23)}, 100 * time.Millisecond, []int{0, 1, 4}},
		{"time steps back", []capture.Time{at(100), at(0), at(1), at(3)}, 100 * time.Millisecond, []int{0, 1, 3}},
	} {
		var pace models.Pace
		var got []int
		for i, f := range c.frames {
			if pace.Due(f, c.period) {
				got = append(got, i)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v were picked, want %v", c.name, got, c.want)
		}
	}
	var pace models.Pace
	pace.Due(at(0), time.Minute)
	if pace.Due(at(1), time.Minute) || !pace.Due(at(2), frame) {
		t.Error("a shorter period does not count at once")
	}
}
