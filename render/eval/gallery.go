package eval

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/virtualcube/virtualcube/render/score"
)

//go:embed gallery.html
var galleryHTML string

// gallery writes the worst frame of every view. It holds no picture.
type gallery struct {
	folder, title string
	page          *template.Template
	cards         []card // in the order in which the views first came
}

// card is one view on the page.
type card struct {
	View
	Name          string // of the files
	Frame         int    // the one shown
	FramePSNR     float64
	Width, Height int
	Pictures      []shot // the truth, the method shown, the others
}

// shot is a picture of a card.
type shot struct {
	Name string // of the method, or the truth
	File string
	PSNR string // against the truth, empty for itself
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

// add writes the pictures of a case that is its view's worst so far.
func (g *gallery) add(c Case, methods []Named, results []drawn, shown int) error {
	psnr := results[shown].metrics.PSNR
	i := slices.IndexFunc(g.cards, func(known card) bool { return known.Camera == c.Camera })
	if i < 0 {
		i = len(g.cards)
		g.cards = append(g.cards, card{View: View{Camera: c.Camera}, Name: fileName(c.Camera), FramePSNR: math.Inf(1)})
	}
	v := &g.cards[i]
	if psnr >= v.FramePSNR {
		return nil
	}
	v.Frame, v.FramePSNR, v.Width, v.Height = c.Frame, psnr, c.Truth.Width, c.Truth.Height
	truth := c.Truth.OverMask(c.Silhouette)
	v.Pictures = []shot{{"truth", v.Name + "-truth.png", ""}, {methods[shown].Name, v.Name + "-result.png", decibels(psnr)}}
	pictures := []score.Picture{truth, results[shown].result}
	for k, m := range methods {
		if k != shown {
			v.Pictures = append(v.Pictures, shot{m.Name, v.Name + "-" + fileName(m.Name) + ".png", decibels(results[k].metrics.PSNR)})
			pictures = append(pictures, results[k].result)
		}
	}
	errs := []error{writePicture(filepath.Join(g.folder, v.Name+"-error.png"), errorMap(results[shown].result, truth))}
	for k, p := range pictures {
		errs = append(errs, writePicture(filepath.Join(g.folder, v.Pictures[k].File), p))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("write pictures to %s: %w", g.folder, err)
	}
	return nil
}

// write writes the page.
func (g *gallery) write(r *Report) error {
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
	if err != nil {
		return fmt.Errorf("write page to %s: %w", g.folder, err)
	}
	return nil
}

func decibels(v float64) string { return fmt.Sprintf("%.2f dB", v) }

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

// writePicture writes a PNG file.
func writePicture(path string, p score.Picture) error {
	rgba := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range p.Width * p.Height {
		copy(rgba.Pix[4*i:], p.RGB[3*i:3*i+3])
		rgba.Pix[4*i+3] = 255
	}
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&file, rgba); err != nil {
		return err
	}
	return os.WriteFile(path, file.Bytes(), 0o644)
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
