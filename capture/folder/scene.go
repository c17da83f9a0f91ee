package folder

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/virtualcube/virtualcube/capture/space"
)

// sceneCalibration reads camera-intrinsics.txt and the frames' pose files.
func sceneCalibration(dir string, frames []string) (calibration, error) {
	k, err := readMatrix(filepath.Join(dir, "camera-intrinsics.txt"))
	if err != nil {
		return calibration{}, err
	}
	var c calibration
	no := false
	for _, name := range frames {
		path := filepath.Join(dir, "frame-"+name+".pose.txt")
		m, err := readMatrix(path)
		if err != nil {
			return calibration{}, err
		}
		pose, err := m.rigid()
		if err != nil {
			return calibration{}, fmt.Errorf("read %s: %w", path, err)
		}
		l, err := lens(0, 0, k, 0, 0, 0, 0, nil)
		if err != nil {
			return calibration{}, fmt.Errorf("read %s: %w", filepath.Join(dir, "camera-intrinsics.txt"), err)
		}
		c.sensors = append(c.sensors, sensor{
			name: name, posed: true, unit: 1, invalid: 65535, matted: &no,
			colour: space.Camera{Lens: l, Pose: pose},
			depth:  space.Camera{Pose: pose},
		})
	}
	return c, nil
}

func readMatrix(path string) (matrix, error) {
	data, err := readText(path)
	if err != nil {
		return nil, err
	}
	m, err := parseMatrix(string(data))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return m, nil
}

// parseMatrix reads rows of numbers, at most 4 x 4.
func parseMatrix(text string) (matrix, error) {
	var m matrix
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(m) == 4 || len(fields) > 4 {
			return nil, fmt.Errorf("more than 4 rows or columns")
		}
		var row []float64
		for _, f := range fields {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				return nil, fmt.Errorf("row %d: %q is not a number", len(m), f)
			}
			row = append(row, v)
		}
		m = append(m, row)
	}
	return m, nil
}
