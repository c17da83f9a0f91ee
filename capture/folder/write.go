package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/nv12"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Writer writes a rig's frame sets as a folder that Open reads: cameras.json and
// a sub-folder an instant. It keeps the order of the sets and the rig's rate, not
// their own instants.
type Writer struct {
	dir     string
	rig     capture.Rig
	written int
	left    int
	png     png.Encoder
}

// Create writes the calibration into a folder that exists. The world of what it
// writes is the rig's cube.
func Create(dir string, rig capture.Rig) (*Writer, error) {
	if err := rig.Validate(); err != nil {
		return nil, fmt.Errorf("write rig: %w", err)
	}
	for _, c := range rig.Cameras {
		if strings.ContainsAny(c.Name, `/\`) || c.Name == "" {
			return nil, fmt.Errorf("write rig: the name %q of a camera cannot begin that of a file", c.Name)
		}
	}
	data, err := json.MarshalIndent(described(rig), "", " ")
	if err != nil {
		return nil, fmt.Errorf("write rig: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cameras.json"), data, 0o644); err != nil {
		return nil, fmt.Errorf("write rig: %w", err)
	}
	return &Writer{dir: dir, rig: rig, png: png.Encoder{CompressionLevel: png.BestSpeed}}, nil
}

// described is the calibration as parseCameras reads it.
func described(rig capture.Rig) map[string]any {
	var cameras []map[string]any
	for _, c := range rig.Cameras {
		e := map[string]any{"name": c.Name, "cam_to_world": rows(c.Colour.Pose), "matted": c.Matted}
		describeLens(e, "", c.Colour.Lens)
		if !c.Aligned() {
			describeLens(e, "depth_", c.Depth.Lens)
			e["depth_to_color"] = rows(c.Colour.Pose.Inverse().Mul(c.Depth.Pose))
		}
		cameras = append(cameras, e)
	}
	corner := func(v space.Vec3) []float64 { return []float64{v.X, v.Y, v.Z} }
	return map[string]any{
		"cameras": cameras, "cube": rows(space.Identity()), "rate": rig.Rate,
		"volume": map[string]any{"min": corner(rig.Volume.Min), "max": corner(rig.Volume.Max)},
	}
}

func describeLens(e map[string]any, prefix string, l space.Lens) {
	e[prefix+"width"], e[prefix+"height"] = l.Width, l.Height
	e[prefix+"fx"], e[prefix+"fy"], e[prefix+"cx"], e[prefix+"cy"] = l.Fx, l.Fy, l.Cx, l.Cy
	if !l.Pinhole() {
		e[prefix+"distortion"] = []float64{l.K[0], l.K[1], l.P1, l.P2, l.K[2], l.K[3], l.K[4], l.K[5]}
	}
	if l.MaxRadius > 0 {
		e[prefix+"max_radius"] = l.MaxRadius
	}
}

func rows(r space.Rigid) [][]float64 {
	return [][]float64{
		{r.R[0], r.R[1], r.R[2], r.T.X}, {r.R[3], r.R[4], r.R[5], r.T.Y}, {r.R[6], r.R[7], r.R[8], r.T.Z}, {0, 0, 0, 1},
	}
}

// Write writes a set, which it borrows. A camera that is missing has no files;
// sets before the first that has all cameras are left out, since the folder could
// not be opened with them.
func (w *Writer) Write(set *capture.FrameSet) error {
	if len(set.Frames) != len(w.rig.Cameras) {
		return fmt.Errorf("write rig: a set of %d cameras for a rig of %d", len(set.Frames), len(w.rig.Cameras))
	}
	if w.written == 0 {
		for _, f := range set.Frames {
			if f == nil {
				w.left++
				return nil
			}
		}
	}
	dir := filepath.Join(w.dir, fmt.Sprintf("%06d", w.written))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("write rig: %w", err)
	}
	for i, f := range set.Frames {
		if f == nil {
			continue
		}
		if err := w.frame(filepath.Join(dir, w.rig.Cameras[i].Name), f); err != nil {
			return fmt.Errorf("write camera %s: %w", w.rig.Cameras[i].Name, err)
		}
	}
	w.written++
	return nil
}

func (w *Writer) frame(base string, f *capture.Frame) error {
	colour, err := nv12.ToImage(f.Colour)
	if err == nil {
		err = f.Depth.Validate()
	}
	if err != nil {
		return err
	}
	if f.Matte.Width == f.Colour.Width && f.Matte.Height == f.Colour.Height {
		for i, a := range f.Matte.Coverage {
			colour.Pix[4*i+3] = a
		}
	}
	depth := image.NewGray16(image.Rect(0, 0, f.Depth.Width, f.Depth.Height))
	for i, v := range f.Depth.Millimetres {
		depth.Pix[2*i], depth.Pix[2*i+1] = byte(v>>8), byte(v)
	}
	return errors.Join(w.picture(base+"_color.png", colour), w.picture(base+"_depth.png", depth))
}

func (w *Writer) picture(path string, m image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(w.png.Encode(f, m), f.Close())
}

// Close says whether what was written can be opened.
func (w *Writer) Close() error {
	if w.written == 0 {
		return fmt.Errorf("write rig: none of %d sets had all %d cameras: the folder cannot be opened", w.left, len(w.rig.Cameras))
	}
	return nil
}
