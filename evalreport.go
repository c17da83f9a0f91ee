package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/virtualcube/virtualcube/render/eval"
)

// printReport prints the report as tables.
func printReport(w io.Writer, r *eval.Report) {
	printHead(w, "view")
	for _, v := range append(r.Views, r.Mean) {
		name := v.Camera
		if name == "" {
			name = "mean"
		}
		printView(w, name, v)
	}
	if len(r.Methods) > 0 {
		fmt.Fprintln(w)
		printHead(w, "method")
	}
	for _, m := range r.Methods {
		printView(w, m.Name, m.View)
	}
	if c := r.Mean.Causes; c != nil {
		fmt.Fprintf(w, "\nsquared error by cause: hole %.1f %%, halo %.1f %%, depth edge %.1f %%, occlusion %.1f %%, colour %.1f %%, blur %.1f %%\n",
			100*c.Hole, 100*c.Halo, 100*c.DepthEdge, 100*c.Occlusion, 100*c.Colour, 100*c.Blur)
	}
	printDropped(w, r.Dropped)
}

func printDropped(w io.Writer, d *eval.Dropped) {
	if d == nil {
		return
	}
	fmt.Fprintf(w, "\n%-24s %8s\n", "missing", "cost dB")
	for _, c := range d.Costs {
		fmt.Fprintf(w, "%-24s %8.2f\n", strings.Join(c.Missing, " "), c.Cost)
	}
	fmt.Fprintf(w, "%-24s %8.2f\n%-24s %8.2f\n", "mean", d.Mean, "worst", d.Worst)
	fmt.Fprintf(w, "of psnr_inside %.2f with all cameras, %d frames\n", d.PSNRInside, d.Frames)
}

func printHead(w io.Writer, what string) {
	fmt.Fprintf(w, "%-24s %6s %7s %7s %7s %7s %6s %8s %8s\n", what, "psnr", "inside", "halo", "matched", "ssim", "iou", "flicker", "ms/view")
}

func printView(w io.Writer, name string, v eval.View) {
	flicker := "-"
	if v.Flicker != nil {
		flicker = fmt.Sprintf("%.3f", *v.Flicker)
	}
	fmt.Fprintf(w, "%-24s %6.2f %7.2f %7.2f %7.2f %7.4f %6.4f %8s %8.1f\n",
		name, v.PSNR, v.PSNRInside, v.PSNRHalo, v.PSNRMatched, v.SSIM, v.IoU, flicker, v.MSPerView)
}
