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
	printCauses(w, r)
	printDropped(w, r.Dropped)
}

// printCauses prints the shares of the squared error, of the mean or of every
// method, where they are known.
func printCauses(w io.Writer, r *eval.Report) {
	if r.Mean.Causes == nil {
		return
	}
	rows := r.Methods
	if len(rows) == 0 {
		rows = eval.Methods{{Name: "mean", View: r.Mean}}
	}
	fmt.Fprintf(w, "\n%-24s %6s %7s %7s %7s %7s %6s\n", "squared error, %", "hole", "halo", "edge", "occl.", "colour", "blur")
	for _, m := range rows {
		if c := m.Causes; c != nil {
			fmt.Fprintf(w, "%-24s %6.1f %7.1f %7.1f %7.1f %7.1f %6.1f\n",
				m.Name, 100*c.Hole, 100*c.Halo, 100*c.DepthEdge, 100*c.Occlusion, 100*c.Colour, 100*c.Blur)
		}
	}
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
