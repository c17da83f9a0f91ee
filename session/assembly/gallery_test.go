package assembly_test

import (
	"math"
	"testing"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// TestGallery says that who has no seat is outside, does not sit on anybody,
// and sees the middle straight ahead.
func TestGallery(t *testing.T) {
	for _, name := range assembly.Names() {
		layout, err := assembly.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for seats := 1; seats <= assembly.MaxSeats; seats++ {
			a, err := assembly.New(layout, seats)
			if err != nil {
				continue // the layout has no meaning for that many
			}
			g := a.Gallery()
			if err := g.Validate(); err != nil {
				t.Errorf("%s, %d seats: %v", name, seats, err)
			}
			var middle space.Vec3
			for _, s := range a.Seats {
				middle = middle.Add(s.Pose.T.Scale(1 / float64(seats)))
				if d := s.Pose.T.Sub(g.T).Norm(); d < 1 {
					t.Errorf("%s, %d seats: %.2f m from a seat", name, seats, d)
				}
			}
			if off := space.Angle(g.R.Column(2), middle.Sub(g.T)); off > 1*math.Pi/180 {
				t.Errorf("%s, %d seats: the middle is %.1f degrees aside", name, seats, off*180/math.Pi)
			}
		}
	}
}
