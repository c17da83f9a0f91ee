package folder

import (
	"testing"

	"github.com/virtualcube/virtualcube/capture"
)

func FuzzParseCameras(f *testing.F) {
	f.Add(asJSON(f, []any{entry(nil)}))
	f.Add(asJSON(f, map[string]any{"cameras": []any{entry(map[string]any{"depth_fx": 3.0, "distortion": []float64{1, 2, 3, 4}})}, "cube": [][]float64{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}}))
	f.Add([]byte(`[{"name":"a","K":[[1],[2]]}]`))
	f.Add([]byte(`{"volume":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseCameras(data)
		if err != nil {
			return
		}
		if n := len(c.sensors); n == 0 || n > capture.MaxCameras {
			t.Fatalf("%d cameras", n)
		}
		for _, s := range c.sensors {
			if err := s.colour.Pose.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(`{"camera":[{"serial":"1","trafo":[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}]}`))
	f.Add([]byte(`{"camera":[{"serial":"1","trafo":[[1,0,0,0]]},{"disabled":true}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		poses, err := parseConfig(data)
		for _, p := range poses {
			if e := p.Validate(); err == nil && e != nil {
				t.Fatal(e)
			}
		}
	})
}

func FuzzParseMatrix(f *testing.F) {
	f.Add("1 0 0\n0 1 0\n0 0 1\n")
	f.Add("1e400 x\n")
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := parseMatrix(text); err == nil {
			if len(m) > 4 {
				t.Fatalf("%d rows", len(m))
			}
			_, _ = m.rigid()
			_, _ = m.three()
		}
	})
}
