package render

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Features is what the learned blend judges a view by: what it is trained on.
type Features struct {
	Width, Height int
	// Planes are those of features.frag in its order, each of Width x Height
	// pixels by rows, of four channels, floats of 16 bits (IEEE 754).
	Planes [fours][]uint16
}

// Features draws the features of what a pinhole camera in the cube would see
// of the person. The options must have a learned blend, whose weights count nothing here.
// It waits for the GPU and allocates its result.
func (r *Renderer) Features(ctx context.Context, set *capture.FrameSet, target space.Camera) (*Features, error) {
	if r.network == nil {
		return nil, errors.New("draw features: the renderer has no learned blend")
	}
	f := &Features{Width: target.Lens.Width, Height: target.Lens.Height}
	_, err := r.still(ctx, set, target, func(c *canvas) {
		for i, t := range c.learned.features {
			f.Planes[i] = make([]uint16, 4*f.Width*f.Height)
			t.Read(unsafe.Pointer(&f.Planes[i][0]), 2*len(f.Planes[i]))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("draw features: %w", err)
	}
	return f, nil
}
