package lift

// The mannequin, in mm, fitted to what the synthetic rig's person and a real man
// (person5, from the front) are like behind the plane of their eyes.
const (
	headWide, headTall, headLow = 105, 130, -15 // half axes of the head's ellipse; its middle is above the eyes
	headFade                    = 1.3           // of the axes, where the body begins
	headBack, headThick         = 65, 72        // the silhouette's depth; by how much the middle is nearer
	headReach                   = 75            // from the silhouette, where it is as near as it gets
	bodyBack, bodyReach         = 75, 130
)

// body is how thick a torso is, by mm below the eyes.
var bodyThick = [...]struct{ below, thick float64 }{{100, 25}, {150, 30}, {190, 35}, {240, 55}, {300, 85}, {380, 110}, {500, 120}}

// bodyAt returns the thickness at a height, between those of the list.
func bodyAt(below float64) float64 {
	for i, b := range bodyThick {
		if below < b.below {
			if i == 0 {
				return b.thick
			}
			a := bodyThick[i-1]
			return a.thick + (below-a.below)/(b.below-a.below)*(b.thick-a.thick)
		}
	}
	return bodyThick[len(bodyThick)-1].thick
}

// mannequin is the depth behind the eyes at a place: of a torso of a thickness, of
// a head, or between.
func mannequin(thick, head, inside float64) float64 {
	return (1-head)*(bodyBack-thick*bulge(inside/bodyReach)) + head*(headBack-headThick*bulge(inside/headReach))
}

// bulge rises from 0 at the silhouette to 1 well inside.
func bulge(at float64) float64 {
	rest := 1 - min(at, 1)
	return 1 - rest*rest
}
