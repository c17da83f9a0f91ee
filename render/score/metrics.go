package score

import (
	"errors"
	"fmt"
)

// Radii of the regions, in pixels.
const (
	insideErosion = 2
	haloRadius    = 8
)

// Metrics are the figures of one view. See the package comment.
type Metrics struct {
	PSNR        float64 `json:"psnr"` // decibels, as all PSNRs
	PSNRInside  float64 `json:"psnr_inside"`
	PSNRHalo    float64 `json:"psnr_halo"`
	PSNRMatched float64 `json:"psnr_matched"`
	SSIM        float64 `json:"ssim"` // -1 to 1
	IoU         float64 `json:"iou"`  // 0 to 1
}

// ErrNoSilhouette is returned where the truth shows nobody.
var ErrNoSilhouette = errors.New("the true silhouette has no pixel left after erosion by 2 px")

// Compare measures a rendered picture against the truth. matte is the
// result's alpha, one byte a pixel; silhouette is the truth's.
func Compare(result Picture, matte []uint8, truth Picture, silhouette Mask) (Metrics, error) {
	for _, p := range []Picture{result, truth} {
		if err := p.validate(); err != nil {
			return Metrics{}, fmt.Errorf("compare views: %w", err)
		}
	}
	if result.Width != truth.Width || result.Height != truth.Height || len(matte) != result.Width*result.Height {
		return Metrics{}, fmt.Errorf("compare views: %w: result %dx%d with a matte of %d pixels, truth %dx%d",
			ErrPicture, result.Width, result.Height, len(matte), truth.Width, truth.Height)
	}
	if err := silhouette.validate(truth.Width, truth.Height); err != nil {
		return Metrics{}, fmt.Errorf("compare views: %w: %w", ErrPicture, err)
	}
	inside := silhouette.Erode(insideErosion)
	if inside.Count() == 0 {
		return Metrics{}, fmt.Errorf("compare views: %w", ErrNoSilhouette)
	}
	around := silhouette.Dilate(haloRadius)
	halo := around.Minus(silhouette.Erode(haloRadius))
	a, b := result.Over(matte), truth.OverMask(silhouette)
	return Metrics{
		PSNR:        PSNR(a, b, silhouette),
		PSNRInside:  PSNR(a, b, inside),
		PSNRHalo:    PSNR(a, b, halo),
		PSNRMatched: PSNRMatched(a, b, inside),
		SSIM:        SSIM(a, b, around),
		IoU:         IoU(MaskAbove(result.Width, result.Height, matte, 127), silhouette),
	}, nil
}

// Mean returns the mean of every figure, zeros for none.
func Mean(all []Metrics) Metrics {
	var m Metrics
	if len(all) == 0 {
		return m
	}
	for _, v := range all {
		m.PSNR += v.PSNR
		m.PSNRInside += v.PSNRInside
		m.PSNRHalo += v.PSNRHalo
		m.PSNRMatched += v.PSNRMatched
		m.SSIM += v.SSIM
		m.IoU += v.IoU
	}
	n := float64(len(all))
	return Metrics{m.PSNR / n, m.PSNRInside / n, m.PSNRHalo / n, m.PSNRMatched / n, m.SSIM / n, m.IoU / n}
}
