package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/render/eval"
	"github.com/virtualcube/virtualcube/render/score"
)

func TestPrintReport(t *testing.T) {
	flicker := 0.625
	eye := eval.View{Camera: "eye01", Metrics: score.Metrics{PSNR: 21.25}}
	mean := eval.View{Flicker: &flicker, Causes: &score.Causes{Hole: 0.25, Blur: 0.75}}
	cases := []struct {
		name         string
		report       eval.Report
		shows, hides []string
	}{
		{"plain", eval.Report{Views: []eval.View{eye}}, []string{"eye01", "21.25", "mean"}, []string{"method", "missing", "squared"}},
		{"causes of one", eval.Report{Mean: mean}, []string{"mean                       25.0     0.0     0.0     0.0     0.0   75.0\n"}, []string{"method"}},
		{"all", eval.Report{
			Views: []eval.View{eye}, Mean: mean, Methods: eval.Methods{{Name: "warp", View: mean}},
			Dropped: &eval.Dropped{Costs: []eval.Cost{{Missing: []string{"left", "top"}, Cost: 1.375}}, Worst: 2.5},
		}, []string{"0.625", "squared error, %", "warp                       25.0     0.0     0.0     0.0     0.0   75.0\n", "method", "warp", "left top", "1.38", "worst", "2.50"}, nil},
	}
	for _, c := range cases {
		var out bytes.Buffer
		printReport(&out, &c.report)
		for _, want := range c.shows {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: the table lacks %q:\n%s", c.name, want, &out)
			}
		}
		for _, unwanted := range c.hides {
			if strings.Contains(out.String(), unwanted) {
				t.Errorf("%s: the table has %q:\n%s", c.name, unwanted, &out)
			}
		}
	}
}
