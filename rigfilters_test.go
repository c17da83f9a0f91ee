package main

import (
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
)

func TestWhereTheRigsPersonLooks(t *testing.T) {
	var f rigFilters
	clock := capture.NewClock()
	if l, ok := f.look(clock); ok {
		t.Errorf("before anything was seen: %+v", l)
	}
	f.observe("landmarks", models.Observation{Captured: 1, Labels: []models.Label{{Name: "cup"}}})
	if l, ok := f.look(clock); ok {
		t.Errorf("a label is a look: %+v", l)
	}
	want := models.Gaze{Eye: space.Vec3{Y: 0.1}, Direction: space.Vec3{Z: 1}, Confidence: 0.5}
	f.observe("landmarks", models.Observation{Captured: clock.Now().Add(-300 * time.Millisecond), Gaze: &want})
	l, ok := f.look(clock)
	if !ok || l.Eye != want.Eye || l.Direction != want.Direction || l.Confidence != want.Confidence {
		t.Errorf("seen %v %+v, want %+v", ok, l, want)
	}
	if age := time.Since(l.At); age < 300*time.Millisecond || age > 10*time.Second {
		t.Errorf("captured 300 ms ago, and %v old", age)
	}
}
