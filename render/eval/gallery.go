package eval

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/virtualcube/virtualcube/render/score"
)

//go:embed gallery.html
var galleryHTML string

// gallery writes the worst frame of every view.
type gallery struct {
	folder, title string
	page          *template.Template
	cards         []card
	worst         *shot // of the view that is being added
	errs          []error
}

type shot struct {
	camera  string
	frame   int
	drawn   drawn
	truth   score.Picture // composited on grey
	metrics score.Metrics
}

// card is one view on the page; the pictures are data addresses.
type card struct {
	View
	Name                 string // of the files
	Frame                int    // the one shown
	FramePSNR            float64
	Width, Height        int
	Result, Truth, Error template.URL
}

func newGallery(folder, title string) (*gallery, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make folder for pictures: %w", err)
	}
	page, err := template.New("gallery").Funcs(template.FuncMap{"levels": levels, "percent": percent, "fileName": fileName}).Parse(galleryHTML)
	if err != nil {
		return nil, fmt.Errorf("parse page template: %w", err)
	}
	return &gallery{folder: folder, title: title, page: page}, nil
}

func (g *gallery) add(c Case, d drawn) {
	if g.worst != nil && g.worst.camera != c.Camera {
		g.flush()
	}
	if g.worst == nil || d.metrics.PSNR < g.worst.metrics.PSNR {
		g.worst = &shot{camera: c.Camera, frame: c.Frame, drawn: d, truth: c.Truth.OverMask(c.Silhouette), metrics: d.metrics}
	}
}

// flush writes the pictures of the view that has been added.
func (g *gallery) flush() {
	s := g.worst
	g.worst = nil
	c := card{
		Name: fileName(s.camera), Frame: s.frame, FramePSNR: s.metrics.PSNR,
		Width: s.truth.Width, Height: s.truth.Height,
	}
	for _, p := range []struct {
		kind    string
		picture score.Picture
		address *template.URL
	}{
		{"result", s.drawn.result, &c.Result},
		{"truth", s.truth, &c.Truth},
		{"error", errorMap(s.drawn.result, s.truth), &c.Error},
	} {
		var err error
		*p.address, err = writePicture(filepath.Join(g.folder, c.Name+"-"+p.kind+".png"), p.picture)
		g.errs = append(g.errs, err)
	}
	g.cards = append(g.cards, c)
}

// write finishes the pictures and writes the page.
func (g *gallery) write(r *Report) error {
	if g.worst != nil {
		g.flush()
	}
	for i := range g.cards {
		g.cards[i].View = r.Views[i]
	}
	var page bytes.Buffer
	err := g.page.Execute(&page, struct {
		Title string
		*Report
		Cards []card
	}{g.title, r, g.cards})
	if err == nil {
		err = os.WriteFile(filepath.Join(g.folder, "index.html"), page.Bytes(), 0o644)
	}
	if err := errors.Join(append(g.errs, err)...); err != nil {
		return fmt.Errorf("write pictures and page to %s: %w", g.folder, err)
	}
	return nil
}

// levels prints a figure that not every view has.
func levels(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%.3f", *v)
}

func percent(share float64) string { return fmt.Sprintf("%.1f", 100*share) }

// fileName keeps what is safe in a file's name.
func fileName(camera string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, camera)
}

// pageQuality is that of the page's JPEGs; the PNG files are exact.
const pageQuality = 92

// writePicture writes a PNG file and returns the picture as a data address.
func writePicture(path string, p score.Picture) (template.URL, error) {
	rgba := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range p.Width * p.Height {
		copy(rgba.Pix[4*i:], p.RGB[3*i:3*i+3])
		rgba.Pix[4*i+3] = 255
	}
	var file, inline bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&file, rgba); err != nil {
		return "", err
	}
	if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
		return "", err
	}
	if err := jpeg.Encode(&inline, rgba, &jpeg.Options{Quality: pageQuality}); err != nil {
		return "", err
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(inline.Bytes())), nil
}

// errorFull is the difference, in levels, that the error map shows as white.
const errorFull = 96

// heat are the error map's colours, evenly spaced.
var heat = [...][3]float64{{0, 0, 0}, {60, 15, 110}, {190, 50, 70}, {250, 160, 30}, {255, 255, 220}}

// errorMap shows the largest difference of the three channels as heat.
func errorMap(a, b score.Picture) score.Picture {
	out := score.NewPicture(a.Width, a.Height)
	for i := range a.Width * a.Height {
		worst := 0
		for c := 3 * i; c < 3*i+3; c++ {
			d := int(a.RGB[c]) - int(b.RGB[c])
			worst = max(worst, d, -d)
		}
		at := min(float64(worst)/errorFull, 1) * float64(len(heat)-1)
		k := min(int(at), len(heat)-2)
		for c := range 3 {
			out.RGB[3*i+c] = uint8(heat[k][c] + (at-float64(k))*(heat[k+1][c]-heat[k][c]))
		}
	}
	return out
}
