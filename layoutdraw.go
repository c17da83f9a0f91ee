package main

import (
	"bytes"
	"fmt"
	"html"
	"math"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// drawing is a layout from above as SVG: the first seat below, facing up.
type drawing struct {
	bytes.Buffer
	scale      float64 // pixels a metre
	left, near float64 // of the picture, metres: greatest x and least z
	height     float64 // pixels of the plan
}

// Sizes of a drawing, in pixels.
const (
	drawWidth, drawHeight = 960, 720 // of the plan at most
	drawMargin            = 30
	drawHead, drawFoot    = 56, 84 // above and below the plan
)

const drawStyle = `
text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #24303c }
.title { font-size: 20px; font-weight: 600 }
.small { font-size: 12px; fill: #5a6875 }
.number { font-weight: 700; fill: #fff; text-anchor: middle }
.name { text-anchor: middle; paint-order: stroke; stroke: #fbfcfd; stroke-width: 4px }
.grid { stroke: #e7ecf0; stroke-width: 1 }
.volume { fill: #3d7dca; fill-opacity: .07; stroke: #3d7dca; stroke-opacity: .35; stroke-dasharray: 3 4 }
.screen { stroke: #14202b; stroke-width: 5; stroke-linecap: butt }
.item { stroke: #b4479d; stroke-width: 6 }
.facing { stroke: #1f4f86; stroke-width: 2; fill: none }
.body { fill: #8fb4dd } .head { fill: #1f4f86 }
.sight { stroke-width: 1.3; fill: none } .within { stroke: #2e9e5b } .beyond { stroke: #d08a1d; stroke-dasharray: 7 4 } .unseen { stroke: #cc3b3b; stroke-dasharray: 1.5 4 }
.wrong { fill: #cc3b3b; font-weight: 600 }
`

// drawLayout draws seats with what they face, screens, items and lines of sight.
func drawLayout(a assembly.Assembly, screens []assembly.Screen, checked assembly.Report) []byte {
	d, width := newDrawing(a, screens)
	total := d.height + drawHead + drawFoot
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">`+"\n", width, total, width, total)
	fmt.Fprintf(d, "<title>%s, %d seats, from above</title>\n<style>%s</style>\n", html.EscapeString(a.Layout), len(a.Seats), drawStyle)
	fmt.Fprintf(d, `<rect width="100%%" height="100%%" fill="#fbfcfd"/>`+"\n")
	fmt.Fprintf(d, `<text class="title" x="%d" y="34">%s, %d seats</text>`+"\n", drawMargin, html.EscapeString(a.Layout), len(a.Seats))
	fmt.Fprintf(d, `<g transform="translate(0 %d)">`+"\n", drawHead)
	d.grid(width)
	for _, s := range a.Seats {
		d.volume(s)
	}
	for _, s := range checked.Sights {
		d.sight(a, s)
	}
	for _, s := range a.Seats {
		for _, screen := range screens {
			d.line("screen", screen.Moved(s.Pose))
		}
	}
	for k := range itemsShown {
		d.item(k, a.Item(k))
	}
	for k, s := range a.Seats {
		d.person(k, s)
	}
	fmt.Fprintln(d, "</g>")
	d.legend(checked, d.height+drawHead)
	fmt.Fprintln(d, "</svg>")
	return d.Bytes()
}

// newDrawing finds a scale at which all is in the picture.
func newDrawing(a assembly.Assembly, screens []assembly.Screen) (d *drawing, width float64) {
	low, high := space.Vec3{X: math.Inf(1), Z: math.Inf(1)}, space.Vec3{X: math.Inf(-1), Z: math.Inf(-1)}
	hold := func(p space.Vec3) {
		low.X, low.Z = min(low.X, p.X), min(low.Z, p.Z)
		high.X, high.Z = max(high.X, p.X), max(high.Z, p.Z)
	}
	for _, s := range a.Seats {
		for _, p := range assembly.Volume().Corners() {
			hold(s.Pose.Apply(p))
		}
		for _, screen := range screens {
			for _, p := range screen.Moved(s.Pose).Corners() {
				hold(p)
			}
		}
	}
	for k := range itemsShown {
		i := a.Item(k)
		half := space.Vec3{X: i.Width / 2, Z: i.Width / 2}
		hold(i.Center.Sub(half))
		hold(i.Center.Add(half))
	}
	size := high.Sub(low)
	d = &drawing{scale: min((drawWidth-2*drawMargin)/size.X, (drawHeight-2*drawMargin)/size.Z, 220)}
	width = max(size.X*d.scale+2*drawMargin, 640)
	d.height = size.Z*d.scale + 2*drawMargin
	d.left = (low.X+high.X)/2 + width/2/d.scale
	d.near = high.Z + drawMargin/d.scale
	return d, width
}

// at is a point of the world in the plan: x goes to the left, z up.
func (d *drawing) at(p space.Vec3) (x, y float64) {
	return (d.left - p.X) * d.scale, (d.near - p.Z) * d.scale
}

// grid is a line a metre.
func (d *drawing) grid(width float64) {
	right, far := d.left-width/d.scale, d.near-d.height/d.scale
	for m := math.Ceil(right); m <= d.left; m++ {
		x, _ := d.at(space.Vec3{X: m})
		fmt.Fprintf(d, `<path class="grid" d="M%.1f 0V%.1f"/>`+"\n", x, d.height)
	}
	for m := math.Ceil(far); m <= d.near; m++ {
		_, y := d.at(space.Vec3{Z: m})
		fmt.Fprintf(d, `<path class="grid" d="M0 %.1fH%.1f"/>`+"\n", y, width)
	}
}

func (d *drawing) volume(s assembly.Seat) {
	v := assembly.Volume()
	fmt.Fprint(d, `<polygon class="volume" points="`)
	for _, c := range [4][2]float64{{v.Min.X, v.Min.Z}, {v.Max.X, v.Min.Z}, {v.Max.X, v.Max.Z}, {v.Min.X, v.Max.Z}} {
		x, y := d.at(s.Pose.Apply(space.Vec3{X: c[0], Z: c[1]}))
		fmt.Fprintf(d, "%.1f,%.1f ", x, y)
	}
	fmt.Fprintln(d, `"/>`)
}

// sight is the half of a line between two heads on the side of who looks.
func (d *drawing) sight(a assembly.Assembly, s assembly.Sight) {
	from, to := a.Seats[s.From].Pose.T, a.Seats[s.To].Pose.T
	x, y := d.at(from)
	mx, my := d.at(from.Lerp(to, 0.5))
	class := "within"
	switch {
	case s.Screen == assembly.NoScreen:
		class = "unseen"
	case !s.Within:
		class = "beyond"
	}
	fmt.Fprintf(d, `<path class="sight %s" d="M%.1f %.1fL%.1f %.1f"/>`+"\n", class, x, y, mx, my)
}

func (d *drawing) line(class string, s assembly.Screen) {
	x1, y1 := d.at(s.At(-1, 0))
	x2, y2 := d.at(s.At(1, 0))
	fmt.Fprintf(d, `<path class="%s" d="M%.1f %.1fL%.1f %.1f"/>`+"\n", class, x1, y1, x2, y2)
}

// item is its edge; one that turns to each viewer has the circle besides in
// which it does.
func (d *drawing) item(k int, p assembly.Place) {
	quad, _ := assembly.Place{Center: p.Center, Yaw: p.Yaw, Width: p.Width}.Seen(p.Center.Add(space.Vec3{X: math.Sin(p.Yaw), Z: math.Cos(p.Yaw)}))
	x, y := d.at(p.Center)
	if p.Sides == assembly.EachViewer {
		fmt.Fprintf(d, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="#b4479d" fill-opacity=".10" stroke="#b4479d"/>`+"\n", x, y, p.Width/2*d.scale)
		if k > 0 {
			return // it is over or below the one before
		}
	}
	d.line("item", quad)
	n := quad.Normal()
	label := fmt.Sprintf("item %d", k+1)
	if p.Sides == assembly.EachViewer {
		label = "items"
	}
	fmt.Fprintf(d, `<text class="small name" x="%.1f" y="%.1f">%s</text>`+"\n", x+n.X*18, y+n.Z*18+4, label)
}

// person is shoulders and head, an arrow to where they face, and their name
// behind them.
func (d *drawing) person(k int, s assembly.Seat) {
	x, y := d.at(s.Pose.T)
	f := s.Facing()
	turn := math.Atan2(-f.X, f.Z) * 180 / math.Pi // clockwise from up
	m := d.scale
	fmt.Fprintf(d, `<g transform="translate(%.1f %.1f) rotate(%.2f)"><ellipse class="body" rx="%.1f" ry="%.1f" cy="%.1f"/>`, x, y, turn, 0.24*m, 0.12*m, 0.05*m)
	fmt.Fprintf(d, `<path class="facing" d="M0 %.1fV%.1fm-4 6l4 -6l4 6"/><circle class="head" r="%.1f"/></g>`+"\n", -0.12*m, -0.12*m-16, max(0.11*m, 9))
	fmt.Fprintf(d, `<text class="number" x="%.1f" y="%.1f">%d</text>`+"\n", x, y+4.5, k+1)
	if s.Name != fmt.Sprintf("seat %d", k+1) {
		fmt.Fprintf(d, `<text class="name" x="%.1f" y="%.1f">%s</text>`+"\n", x+f.X*0.36*m, y+f.Z*0.36*m+4, html.EscapeString(s.Name))
	}
}

// legend says what lines mean, how long a metre is, and what was found.
func (d *drawing) legend(checked assembly.Report, top float64) {
	x := float64(drawMargin)
	for _, entry := range []struct{ class, text string }{
		{"screen", "screen"}, {"item", "work item"}, {"sight within", "seen in a screen"}, {"sight beyond", "beyond its edge"}, {"sight unseen", "no screen"},
	} {
		fmt.Fprintf(d, `<path class="%s" d="M%.0f %.0fh24"/><text class="small" x="%.0f" y="%.0f">%s</text>`+"\n", entry.class, x, top+18, x+30, top+22, entry.text)
		x += 44 + 7*float64(len(entry.text))
	}
	fmt.Fprintf(d, `<text class="small" x="%d" y="%.0f">grid 1 m; gaze error at most %.3f degrees</text>`+"\n", drawMargin, top+46, degrees(checked.GazeError))
	wrong := len(checked.Overlaps) + len(checked.Problems)
	if wrong > 0 {
		fmt.Fprintf(d, `<text class="wrong" x="%d" y="%.0f">should not be used: %d overlaps, %d other problems</text>`+"\n", drawMargin, top+68, len(checked.Overlaps), len(checked.Problems))
	}
}
