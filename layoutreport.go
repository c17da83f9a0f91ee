package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// layoutReport is what layoutCommand finds. Positions are in the world, in
// metres; seats and screens are counted from 1.
type layoutReport struct {
	Layout    string                    `json:"layout"`
	Seats     []layoutSeat              `json:"seats"`
	Screens   []layoutScreen            `json:"screens"` // of everybody, in their cube
	Items     []layoutItem              `json:"items"`   // where the first shared work items go
	Sights    []layoutSight             `json:"sights"`
	GazeError float64                   `json:"max_gaze_error_degrees"`
	Unseen    int                       `json:"sights_without_a_screen"`
	Overlaps  []string                  `json:"overlaps"`
	Problems  []string                  `json:"problems"`
	sights    map[[2]int]assembly.Sight // by seats, from 0
}

type layoutSeat struct {
	Name     string     `json:"name"`
	Position [3]float64 `json:"position"`
	Yaw      float64    `json:"yaw_degrees"`
}

type layoutScreen struct {
	Center [3]float64 `json:"center"`
	Width  float64    `json:"width"`
	Height float64    `json:"height"`
	Turn   float64    `json:"yaw_degrees"` // of what it faces, in the cube
}

type layoutItem struct {
	Position [3]float64 `json:"position"`
	Yaw      float64    `json:"yaw_degrees"`
	Width    float64    `json:"width"`
	Height   float64    `json:"height"`
	Sides    string     `json:"sides"`
}

// layoutSight is who sees whom where.
type layoutSight struct {
	From     int      `json:"from"`
	To       int      `json:"to"`
	Screen   *int     `json:"screen"` // null: none shows it
	Within   bool     `json:"within"` // its rectangle; else only its plane does
	Left     float64  `json:"left_degrees"`
	Above    float64  `json:"above_degrees"`
	Distance float64  `json:"distance"`
	Error    *float64 `json:"gaze_error_degrees"`
}

// itemsShown are how many places of items are reported and drawn.
const itemsShown = 2

func newLayoutReport(a assembly.Assembly, screens []assembly.Screen, checked assembly.Report) *layoutReport {
	r := &layoutReport{
		Layout: a.Layout, GazeError: degrees(checked.GazeError), Unseen: len(checked.Unseen), sights: map[[2]int]assembly.Sight{},
		Overlaps: append([]string{}, checked.Overlaps...), Problems: append([]string{}, checked.Problems...),
	}
	for _, s := range a.Seats {
		r.Seats = append(r.Seats, layoutSeat{Name: s.Name, Position: position(s.Pose.T), Yaw: yawOf(s.Facing())})
	}
	for _, s := range screens {
		r.Screens = append(r.Screens, layoutScreen{Center: position(s.Center), Width: 2 * s.HalfWidth, Height: 2 * s.HalfHeight, Turn: yawOf(s.Normal())})
	}
	for k := range itemsShown {
		i := a.Item(k)
		r.Items = append(r.Items, layoutItem{Position: position(i.Center), Yaw: degrees(i.Yaw), Width: millimetres(i.Width), Height: millimetres(i.Height), Sides: i.Sides.String()})
	}
	r.Sights = []layoutSight{}
	for _, s := range checked.Sights {
		r.sights[[2]int{s.From, s.To}] = s
		row := layoutSight{
			From: s.From + 1, To: s.To + 1, Within: s.Within,
			Left: degrees(s.Aside), Above: degrees(s.Above), Distance: millimetres(s.Distance),
		}
		if s.Screen != assembly.NoScreen {
			screen, e := s.Screen+1, degrees(s.Error)
			row.Screen, row.Error = &screen, &e
		}
		r.Sights = append(r.Sights, row)
	}
	return r
}

// millimetres rounds metres to whole ones; adding 0 makes 0 of -0.
func millimetres(m float64) float64 { return math.Round(m*1000)/1000 + 0 }

func position(p space.Vec3) [3]float64 {
	return [3]float64{millimetres(p.X), millimetres(p.Y), millimetres(p.Z)}
}

// yawOf is the angle of a direction about y in degrees: 0 is +z, 90 is +x.
func yawOf(d space.Vec3) float64 {
	if yaw := degrees(math.Atan2(d.X, d.Z)) + 0; yaw > -180 {
		return yaw
	}
	return 180
}

// print is the report for people.
func (r *layoutReport) print(w io.Writer) {
	fmt.Fprintf(w, "%s, %d seats\n\n", r.Layout, len(r.Seats))
	widest := 4
	for _, s := range r.Seats {
		widest = max(widest, utf8.RuneCountInString(s.Name))
	}
	fmt.Fprintf(w, "     %-*s  position x, y, z     faces", widest, "name")
	if len(r.Seats) > 1 {
		fmt.Fprint(w, "   sees")
		for k := range r.Seats {
			fmt.Fprintf(w, "%*d", map[bool]int{true: 4, false: 9}[k == 0], k+1)
		}
	}
	fmt.Fprintln(w)
	for k, s := range r.Seats {
		p := s.Position
		fmt.Fprintf(w, "%3d  %-*s  %5.2f %5.2f %5.2f m  %5.0f°", k+1, widest, s.Name, p[0], p[1], p[2], s.Yaw)
		if len(r.Seats) > 1 {
			fmt.Fprint(w, "   ")
			for j := range r.Seats {
				fmt.Fprintf(w, "%*s", map[bool]int{true: 8, false: 9}[j == 0], r.cell(k, j))
			}
		}
		fmt.Fprintln(w)
	}
	if len(r.Seats) > 1 {
		fmt.Fprintln(w, "\nsees: degrees to the left (l) or right (r), then the screen, in brackets where it is beyond its edge, - where there is none")
	}
	for k, i := range r.Items {
		p := i.Position
		fmt.Fprintf(w, "item %d: %.2f x %.2f m at %.2f, %.2f, %.2f m, read from %s\n", k+1, i.Width, i.Height, p[0], p[1], p[2], readers[i.Sides])
	}
	fmt.Fprintf(w, "gaze error at most %.3f degrees\n", r.GazeError)
	if r.Unseen > 0 {
		remedy := "side screens (--screens 3) or a turned head show them"
		if len(r.Screens) > 1 {
			remedy = "larger side screens or a turned head show them"
		}
		fmt.Fprintf(w, "%d of %d lines of sight have no screen: %s\n", r.Unseen, len(r.Sights), remedy)
	}
	fmt.Fprintf(w, "overlaps: %s\n", orNone(r.Overlaps))
}

var readers = map[string]string{"one": "its front", "both": "both sides", "each": "everywhere, since it turns to each viewer"}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, "; ")
}

// cell is how one seat sees another, in few characters.
func (r *layoutReport) cell(from, to int) string {
	s, ok := r.sights[[2]int{from, to}]
	if !ok {
		return "."
	}
	side := "l"
	if s.Aside < 0 {
		side = "r"
	}
	angle := math.Round(math.Abs(s.Aside) * 180 / math.Pi)
	if angle == 0 {
		side = ""
	}
	switch {
	case s.Screen == assembly.NoScreen:
		return fmt.Sprintf("%.0f%s -", angle, side)
	case !s.Within:
		return fmt.Sprintf("%.0f%s (%d)", angle, side, s.Screen+1)
	default:
		return fmt.Sprintf("%.0f%s %d", angle, side, s.Screen+1)
	}
}
