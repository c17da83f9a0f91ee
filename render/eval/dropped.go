package eval

import (
	"context"
	"errors"
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/render/score"
)

// DroppedMost is how many choices of missing cameras are measured at most.
const DroppedMost = 15

// Dropped is what missing cameras cost, in decibels of psnr_inside.
type Dropped struct {
	Cameras    int     `json:"cameras"`     // missing at once
	Frames     int     `json:"frames"`      // cases of the suite, each rendered once a choice
	PSNRInside float64 `json:"psnr_inside"` // with all cameras
	Costs      []Cost  `json:"costs"`
	Mean       float64 `json:"mean_cost"`
	Worst      float64 `json:"worst_cost"`
}

// Cost is that of one choice of missing cameras: the mean over the cases of
// psnr_inside with all cameras less psnr_inside without these.
type Cost struct {
	Missing []string `json:"missing"`
	Frames  int      `json:"frames"`
	Cost    float64  `json:"cost"`
}

// ErrNothingToDrop is returned where no case has a camera to spare.
var ErrNothingToDrop = errors.New("no camera can be dropped: more have to see somebody than are missing at once")

// Drop renders every case of the suite with all its cameras and without each
// choice of n of them, 1 or 2. Of more than DroppedMost choices it measures
// that many, spread evenly. A choice of which a case has not all cameras, or
// no other one, is not measured there. cameras are the rig's names.
func Drop(ctx context.Context, r Renderer, suite Suite, cameras []string, n int, progress func(done, total int)) (*Dropped, error) {
	choices := spreadEvenly(choicesOf(len(cameras), n), DroppedMost)
	d := &Dropped{Cameras: n, Costs: make([]Cost, len(choices))}
	for k, choice := range choices {
		for _, i := range choice {
			d.Costs[k].Missing = append(d.Costs[k].Missing, cameras[i])
		}
	}
	for i := range suite.Len() {
		c, err := suite.Case(i)
		if err != nil {
			return nil, fmt.Errorf("drop cameras: %w", err)
		}
		err = d.add(ctx, r, c, choices)
		c.Set.Release()
		if err != nil && !errors.Is(err, score.ErrNoSilhouette) {
			return nil, fmt.Errorf("drop cameras: view %q, frame %d: %w", c.Camera, c.Frame, err)
		}
		if progress != nil {
			progress(i+1, suite.Len())
		}
	}
	return d, d.sum()
}

// add renders one case with every choice.
func (d *Dropped) add(ctx context.Context, r Renderer, c Case, choices [][]int) error {
	all, err := insideOf(ctx, r, c, c.Set)
	if err != nil {
		return err
	}
	d.Frames++
	d.PSNRInside += all
	for k, choice := range choices {
		set := withoutAll(c.Set, choice)
		if set == nil {
			continue
		}
		left, err := insideOf(ctx, r, c, set)
		set.Release()
		if err != nil {
			return fmt.Errorf("without %q: %w", d.Costs[k].Missing, err)
		}
		d.Costs[k].Frames++
		d.Costs[k].Cost += all - left
	}
	return nil
}

// sum turns sums into means and drops the choices that no case allows.
func (d *Dropped) sum() error {
	measured := d.Costs[:0]
	for _, c := range d.Costs {
		if c.Frames == 0 {
			continue
		}
		c.Cost /= float64(c.Frames)
		measured = append(measured, c)
	}
	d.Costs = measured
	if len(measured) == 0 {
		return ErrNothingToDrop
	}
	d.PSNRInside /= float64(d.Frames)
	d.Worst = measured[0].Cost
	for _, c := range measured {
		d.Mean += c.Cost / float64(len(measured))
		d.Worst = max(d.Worst, c.Cost)
	}
	return nil
}

// insideOf is the case's psnr_inside as rendered from a set.
func insideOf(ctx context.Context, r Renderer, c Case, set *capture.FrameSet) (float64, error) {
	image, err := picture(ctx, r, set, c.Target)
	if err != nil {
		return 0, err
	}
	result := score.Picture{Width: image.Width, Height: image.Height, RGB: image.RGB}
	m, err := score.Compare(result, image.Matte, c.Truth, c.Silhouette)
	return m.PSNRInside, err
}

// choicesOf lists the choices of k of n cameras, for k of 1 and 2.
func choicesOf(n, k int) (list [][]int) {
	for a := range n {
		if k == 1 {
			list = append(list, []int{a})
			continue
		}
		for b := a + 1; b < n; b++ {
			list = append(list, []int{a, b})
		}
	}
	return list
}

// spreadEvenly keeps at most n of the list.
func spreadEvenly[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	kept := make([]T, n)
	for i := range kept {
		kept[i] = list[i*len(list)/n]
	}
	return kept
}

// withoutAll returns a set of its own that lacks the cameras, nil where they
// are not all there or nobody else is.
func withoutAll(set *capture.FrameSet, cameras []int) *capture.FrameSet {
	for _, i := range cameras {
		if i >= len(set.Frames) || set.Frames[i] == nil {
			return nil
		}
	}
	if came(set) <= len(cameras) {
		return nil
	}
	return without(set, cameras...)
}
