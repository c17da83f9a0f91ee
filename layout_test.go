package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/session/assembly"
)

func layoutOutput(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	isolate(t)
	var o, e bytes.Buffer
	code = execute(t.Context(), append([]string{"layout"}, args...), &o, &e)
	return o.String(), e.String(), code
}

// TestLayoutVolume: the assembly, which is pure, has the rigs' volume anew.
func TestLayoutVolume(t *testing.T) {
	if assembly.Volume() != capture.DefaultVolume() {
		t.Errorf("a seat's volume is %v, a rig's %v", assembly.Volume(), capture.DefaultVolume())
	}
}

func TestLayoutJSON(t *testing.T) {
	out, errs, code := layoutOutput(t, "--json", "--seats", "6", "--screens", "3", "round-table")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	var r layoutReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Seats) != 6 || len(r.Sights) != 30 || len(r.Screens) != 3 || !(r.GazeError > 0 && r.GazeError < 0.1) || len(r.Overlaps)+len(r.Problems) > 0 {
		t.Errorf("%+v", r)
	}
	// The right neighbour is seen through the right screen, the third.
	if s := r.Sights[0]; s.From != 1 || s.To != 2 || s.Screen == nil || *s.Screen != 3 || !s.Within || s.Left != -60 {
		t.Errorf("%+v", s)
	}
	out, _, code = layoutOutput(t, "--json", "side-by-side")
	if code != exitOK || !strings.Contains(out, `"screen": null`) || !strings.Contains(out, `"sights_without_a_screen": 2`) {
		t.Errorf("exit code %d: %s", code, out)
	}
}

func TestLayoutText(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"face-to-face"}, []string{"face-to-face, 2 seats", "1.40 m    180°", "overlaps: none"}},
		{[]string{"round-table"}, []string{"4 seats", "45r (1)"}},
		{[]string{"side-by-side"}, []string{"90r -", "2 of 2 lines of sight have no screen: side screens"}},
		{[]string{"face-to-face", "--distance", "1"}, []string{"2.00 m    180°"}},
		{[]string{"round-table", "--seats", "1"}, []string{"1 seats"}},
		{[]string{filepath.Join("session", "assembly", "testdata", "lectern.yaml")}, []string{"lectern, 6 seats", "speaker", "item 1: 1.80 x 1.01 m"}},
	} {
		out, errs, code := layoutOutput(t, c.args...)
		for _, want := range c.want {
			if code != exitOK || !strings.Contains(out, want) {
				t.Errorf("%q: exit code %d, %q is not in\n%s%s", c.args, code, want, out, errs)
			}
		}
	}
}

func TestLayoutRefusals(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(folder, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	heap := file("heap.yaml", "version: 1\nseats: [{position: [0, 0, 0]}, {position: [0.5, 0, 0]}]\n")
	later := file("later.yaml", "version: 7\nseats: []\n")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"face-to-face", "--seats", "3"}, exitFailed, "take round-table"},
		{[]string{heap}, exitFailed, "layout heap with 2 seats should not be used: seat 1 and seat 2: their volumes"},
		{[]string{later}, exitFailed, "version 7"},
		{[]string{heap, "--seats", "3"}, exitFailed, "the file has 2"},
		{[]string{"round-table", "--out", filepath.Join(folder, "no", "such.svg")}, exitFailed, "draw layout"},
		{[]string{folder}, exitFailed, "read layout"},
		{[]string{}, exitUsage, "name a layout"},
		{[]string{"pile"}, exitUsage, "none of face-to-face, round-table, side-by-side"},
		{[]string{"round-table", "--seats", "13"}, exitUsage, "1 to 12"},
		{[]string{"round-table", "--screens", "4"}, exitUsage, "1 to 3"},
		{[]string{heap, "--width", "2"}, exitUsage, "a layout file says"},
		{[]string{"round-table", "--width=-2"}, exitUsage, "0.4 to 10"},
	} {
		if _, errs, code := layoutOutput(t, c.args...); code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%q: exit code %d, %q; want %d, %q", c.args, code, errs, c.code, c.want)
		}
	}
}

// TestLayoutFromAbove holds that nothing is mirrored: the first seat is below,
// and who sits on its right is on the right.
func TestLayoutFromAbove(t *testing.T) {
	layout, err := assembly.Named(assembly.RoundTable)
	if err != nil {
		t.Fatal(err)
	}
	a, err := assembly.New(layout, 4)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := newDrawing(a, assembly.DefaultScreens(1))
	x, y := d.at(a.Seats[0].Pose.T)
	rightX, rightY := d.at(a.Seats[1].Pose.T)
	leftX, _ := d.at(a.Seats[3].Pose.T)
	if _, oppositeY := d.at(a.Seats[2].Pose.T); !(leftX < x && x < rightX && oppositeY < rightY && rightY < y) {
		t.Errorf("seat 1 is at %.0f, %.0f, seat 2 at %.0f, %.0f", x, y, rightX, rightY)
	}
}

// TestLayoutDrawing holds that the drawing is XML and that names cannot break
// out of it.
func TestLayoutDrawing(t *testing.T) {
	folder := t.TempDir()
	hostile := filepath.Join(folder, "x.yaml")
	if err := os.WriteFile(hostile, []byte("version: 1\nname: '<script>&\"'\nseats: [{name: '</svg><b>', position: [0, 0, 0]}, {position: [0, 0, 2], yaw: 180}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, layout := range []string{"face-to-face", "round-table", "side-by-side", hostile} {
		picture := filepath.Join(folder, "seats.svg")
		if _, errs, code := layoutOutput(t, layout, "--out", picture); code != exitOK {
			t.Fatalf("exit code %d: %s", code, errs)
		}
		svg := read(t, picture)
		elements := map[string]int{}
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", layout, err)
			}
			if start, ok := token.(xml.StartElement); ok {
				elements[start.Name.Local]++
			}
		}
		if elements["ellipse"] < 2 || elements["script"]+elements["b"] > 0 || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s: elements %v", layout, elements)
		}
	}
}
