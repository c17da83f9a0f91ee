package eval

import (
	"context"
	"errors"
	"fmt"
	"math"

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

// dropTogether is how many cases of one frame set Drop holds at a time.
const dropTogether = 8

// Drop renders every case of the suite with all its cameras and without each
// choice of n of them, 1 or 2. Of more than DroppedMost choices it measures
// that many, spread evenly. A choice of which a case has not all cameras, or
// no other one, is not measured there. cameras are the rig's names. Where the
// renderer filters in time it sees each choice as a sequence of its own, from
// which the cameras are missing for half a second already.
func Drop(ctx context.Context, r Renderer, suite Suite, cameras []string, n int, progress func(done, total int)) (*Dropped, error) {
	choices := spreadEvenly(choicesOf(len(cameras), n), DroppedMost)
	d := &dropping{
		Dropped: Dropped{Cameras: n, Costs: make([]Cost, len(choices))}, renderer: r, choices: choices,
		time: onward{sequence: dropSequence, captured: dropBegins},
	}
	for k, choice := range choices {
		for _, i := range choice {
			d.Costs[k].Missing = append(d.Costs[k].Missing, cameras[i])
		}
	}
	for i := range suite.Len() {
		c, err := suite.Case(i)
		if err == nil {
			err = d.add(ctx, c)
		}
		if err == nil && i == suite.Len()-1 {
			err = d.flush(ctx)
		}
		if err != nil {
			d.release()
			return nil, fmt.Errorf("drop cameras: %w", err)
		}
		if progress != nil {
			progress(i+1, suite.Len())
		}
	}
	return &d.Dropped, d.sum()
}

// dropping is one call of Drop.
type dropping struct {
	Dropped
	renderer Renderer
	choices  [][]int
	time     onward
	held     []Case // of one tick, not rendered yet
}

// add renders what is held where the case is of another frame set, or there is
// enough, and holds the case.
func (d *dropping) add(ctx context.Context, c Case) error {
	if n := len(d.held); n > 0 && (d.held[0].Tick != c.Tick || n == dropTogether) {
		if err := d.flush(ctx); err != nil {
			c.Set.Release()
			return err
		}
	}
	d.held = append(d.held, c)
	return nil
}

func (d *dropping) release() {
	for _, c := range d.held {
		c.Set.Release()
	}
	d.held = nil
}

// flush renders the cases held with every choice, and lets them go.
func (d *dropping) flush(ctx context.Context) error {
	if len(d.held) == 0 {
		return nil
	}
	defer d.release()
	all, err := d.sequence(ctx, nil)
	if err != nil {
		return err
	}
	for _, psnr := range all {
		if !math.IsNaN(psnr) {
			d.Frames++
			d.PSNRInside += psnr
		}
	}
	for k, choice := range d.choices {
		if !spare(d.held[0].Set, choice) {
			continue
		}
		left, err := d.sequence(ctx, choice)
		if err != nil {
			return fmt.Errorf("without %q: %w", d.Costs[k].Missing, err)
		}
		for i, psnr := range left {
			if !math.IsNaN(psnr) {
				d.Costs[k].Frames++
				d.Costs[k].Cost += all[i] - psnr
			}
		}
	}
	return nil
}

// sequence renders the cases held without some cameras and returns
// psnr_inside, NaN where the truth shows nobody.
func (d *dropping) sequence(ctx context.Context, missing []int) ([]float64, error) {
	d.time.begin()
	first := d.held[0]
	if o, ok := d.renderer.(Observer); ok && first.Before != nil {
		err := first.Before(Preceding, func(set *capture.FrameSet) error {
			set = d.time.next(set, missing...)
			defer set.Release()
			return observe(ctx, []Observer{o}, set)
		})
		if err != nil {
			return nil, err
		}
	}
	set := d.time.next(first.Set, missing...)
	defer set.Release()
	var list []float64
	for _, c := range d.held {
		inside, err := insideOf(ctx, d.renderer, c, set)
		if err != nil {
			return nil, fmt.Errorf("view %q, frame %d: %w", c.Camera, c.Frame, err)
		}
		list = append(list, inside)
	}
	return list, nil
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

// insideOf is the case's psnr_inside as rendered from a set, NaN where the
// truth shows nobody.
func insideOf(ctx context.Context, r Renderer, c Case, set *capture.FrameSet) (float64, error) {
	image, err := picture(ctx, r, set, c.Target)
	if err != nil {
		return 0, err
	}
	result := score.Picture{Width: image.Width, Height: image.Height, RGB: image.RGB}
	m, err := score.Compare(result, image.Matte, c.Truth, c.Silhouette)
	if errors.Is(err, score.ErrNoSilhouette) {
		return math.NaN(), nil
	}
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

// spare says whether the cameras are all there and somebody else is.
func spare(set *capture.FrameSet, cameras []int) bool {
	for _, i := range cameras {
		if i >= len(set.Frames) || set.Frames[i] == nil {
			return false
		}
	}
	return came(set) > len(cameras)
}
