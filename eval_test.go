package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

// testData finds real recordings, which are no part of the repository.
func testData(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("VIRTUALCUBE_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "shared", "data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%v: real recordings are not here; name their folder with VIRTUALCUBE_TESTDATA", err)
	}
	return path
}

type evalReport struct {
	Views []map[string]any `json:"views"`
	Mean  map[string]any   `json:"mean"`

	Methods map[string]map[string]any `json:"methods"`
	Dropped *struct {
		Costs []struct {
			Missing []string `json:"missing"`
		} `json:"costs"`
	} `json:"dropped"`
}

func evaluate(t *testing.T, args ...string) evalReport {
	t.Helper()
	isolate(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out, errs bytes.Buffer
	if code := execute(ctx, append([]string{"eval", "--json"}, args...), &out, &errs); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	var r evalReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	for _, v := range append(r.Views, r.Mean) {
		for _, key := range []string{"psnr", "psnr_inside", "psnr_halo", "psnr_matched", "ssim", "iou", "ms_per_view"} {
			if n, ok := v[key].(float64); !ok || n <= 0 {
				t.Errorf("%s = %v in %v", key, v[key], v)
			}
		}
	}
	return r
}

func TestEvalSynthetic(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "report")
	r := evaluate(t, "--eyes", "1", "--frames", "1", "--size", "192x192", "--out", folder, smallRig)
	if len(r.Views) != 1 || r.Views[0]["camera"] != "eye01" {
		t.Errorf("views: %v", r.Views)
	}
	// The cameras' gains move by less than a hundredth of a level.
	if flicker, ok := r.Mean["flicker"].(float64); !ok || flicker > 0.02 {
		t.Errorf("flicker is %v, and the rig has no noise", r.Mean["flicker"])
	}
	causes, _ := r.Mean["causes"].(map[string]any)
	sum := 0.0
	for _, key := range []string{"hole", "halo", "depth_edge", "occlusion", "colour", "blur"} {
		share, ok := causes[key].(float64)
		if !ok {
			t.Errorf("causes lack %s: %v", key, causes)
		}
		sum += share
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("the causes add up to %v: %v", sum, causes)
	}
	if iou, _ := r.Mean["iou"].(float64); iou < 0.5 {
		t.Errorf("the silhouette overlaps the truth by %.2f only", iou)
	}
	if _, err := os.Stat(filepath.Join(folder, "index.html")); err != nil {
		t.Error(err)
	}
}

func TestEvalMethodsAndDroppedCameras(t *testing.T) {
	r := evaluate(t, "--eyes", "1", "--frames", "1", "--size", "128x128", "--flicker", "1", "--methods", "--drop", "2", smallRig)
	for _, name := range []string{"nearest", "warp", "lumigraph", "low", "medium", "high", "auto", "ours"} {
		for key := range r.Mean {
			if _, ok := r.Methods[name][key]; !ok {
				t.Errorf("method %s lacks %s, which the mean has", name, key)
			}
		}
	}
	if len(r.Methods) != len(methodNames) {
		t.Errorf("%d methods, want %v", len(r.Methods), methodNames)
	}
	for _, name := range []string{"ours", "auto"} {
		if !maps.Equal(figures(r.Methods[name]), figures(r.Mean)) {
			t.Errorf("%s is %v, the mean of the default level %v", name, r.Methods[name], r.Mean)
		}
	}
	if low, high := r.Methods["low"]["psnr_inside"], r.Methods["high"]["psnr_inside"]; low == high {
		t.Errorf("low and high are both %v", low)
	}
	if r.Dropped == nil || len(r.Dropped.Costs) != 3 || len(r.Dropped.Costs[0].Missing) != 2 {
		t.Errorf("of three cameras there are three pairs: %+v", r.Dropped)
	}
	if r := evaluate(t, "--eyes", "1", "--frames", "1", "--size", "128x128", "--flicker", "0", smallRig); r.Mean["flicker"] != nil || r.Methods != nil || r.Dropped != nil {
		t.Errorf("not asked for: %+v", r)
	}
}

// figures are those that are numbers.
func figures(mean map[string]any) map[string]float64 {
	numbers := map[string]float64{}
	for key, v := range mean {
		if n, ok := v.(float64); ok {
			numbers[key] = n
		}
	}
	return numbers
}

func TestEvalLevels(t *testing.T) {
	for name := range levels {
		if _, ok := optionsOf(name); !ok || !slices.Contains(methodNames, name) {
			t.Errorf("level %q is not compared by --methods", name)
		}
	}
	ours, _ := optionsOf("ours")
	if ours != levels["auto"] {
		t.Errorf("ours is %+v, not auto", ours)
	}
	for _, name := range methodNames {
		if _, ok := optionsOf(name); ok {
			continue
		}
		rig := capture.Rig{}
		if _, err := baseline(name, rig); err != nil && strings.Contains(err.Error(), "unknown") {
			t.Errorf("method %q is neither a level nor a baseline", name)
		}
	}
}

func TestEvalRealPerson(t *testing.T) {
	r := evaluate(t, "--size", "192x256", "folder:"+testData(t, "person5"))
	if len(r.Views) != 5 {
		t.Errorf("%d views, the rig has 5 cameras", len(r.Views))
	}
}
