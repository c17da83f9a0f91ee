package render

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/render/gl"
)

// indexed are the names of the uniforms that a program has for each camera.
var indexed = names()

type cameraNames struct {
	toDepth, toDepthT, toColour, toColourT, cameraAt, share, levels, tint, channel, texel, uploaded string

	depthLens, colourLens lensNames
}

type lensNames struct{ focal, centre, size, numerator, denominator, tangential, reach string }

func names() (all [Cameras]cameraNames) {
	for i := range all {
		at := func(name string) string { return fmt.Sprintf("%s[%d]", name, i) }
		lens := func(name string) lensNames {
			n := at(name) + "."
			return lensNames{n + "focal", n + "centre", n + "size", n + "numerator", n + "denominator", n + "tangential", n + "reach"}
		}
		all[i] = cameraNames{
			at("toDepth"), at("toDepthT"), at("toColour"), at("toColourT"), at("cameraAt"), at("share"), at("range"), at("tint"), at("channel"), at("texel"), at("uploaded"),
			lens("depthLens"), lens("colourLens"),
		}
	}
	return all
}

// setLens sets the uniforms of a Lens.
func setLens(p *gl.Program, name *lensNames, l space.Lens) {
	p.Floats(name.focal, l.Fx, l.Fy)
	p.Floats(name.centre, l.Cx, l.Cy)
	p.Floats(name.size, float64(l.Width), float64(l.Height))
	p.Floats(name.numerator, l.K[0], l.K[1], l.K[2])
	p.Floats(name.denominator, l.K[3], l.K[4], l.K[5])
	p.Floats(name.tangential, l.P1, l.P2)
	reach := 1e6 // any radius
	if l.MaxRadius > 0 {
		reach = l.MaxRadius * l.MaxRadius
	}
	p.Floats(name.reach, reach)
}

// setView sets the focal length and centre of the view.
func setView(p *gl.Program, l space.Lens) {
	p.Floats("viewFocal", l.Fx, l.Fy)
	p.Floats("viewCentre", l.Cx, l.Cy)
}

// setRigid sets a mat3 and a vec3.
func setRigid(p *gl.Program, rotation, translation string, r space.Rigid) {
	p.Matrix3(rotation, r.R)
	p.Floats(translation, r.T.X, r.T.Y, r.T.Z)
}
