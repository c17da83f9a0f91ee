package eval

import "github.com/virtualcube/virtualcube/capture/space"

// Eyes returns the 32 eyes of the synthetic rig, metres in the cube. They are
// what DrawEyes draws with seed 1 for its six colour cameras, written down so
// that figures of different days are of the same views; a test compares.
func Eyes() []space.Vec3 {
	return []space.Vec3{
		{X: -0.306, Y: -0.411, Z: 1.184},
		{X: -0.127, Y: -0.033, Z: 0.703},
		{X: 0.354, Y: -0.107, Z: 0.759},
		{X: 0.063, Y: 0.014, Z: 0.828},
		{X: 0.325, Y: -0.002, Z: 1.026},
		{X: -0.183, Y: -0.181, Z: 1.042},
		{X: 0.27, Y: -0.001, Z: 0.652},
		{X: 0.3, Y: 0.188, Z: 0.665},
		{X: 0.047, Y: -0.067, Z: 0.776},
		{X: 0.139, Y: -0.038, Z: 1.027},
		{X: -0.221, Y: -0.33, Z: 1.332},
		{X: 0.197, Y: -0.34, Z: 0.978},
		{X: 0.054, Y: 0.043, Z: 1.478},
		{X: -0.231, Y: 0.093, Z: 1.108},
		{X: -0.117, Y: -0.056, Z: 0.975},
		{X: -0.684, Y: -0.387, Z: 1.133},
		{X: -0.45, Y: -0.023, Z: 0.705},
		{X: 0.388, Y: -0.55, Z: 1.185},
		{X: -0.378, Y: 0.085, Z: 1.207},
		{X: -0.462, Y: 0.163, Z: 1.029},
		{X: -0.107, Y: 0.165, Z: 1.069},
		{X: -0.143, Y: -0.011, Z: 0.955},
		{X: 0.474, Y: -0.155, Z: 0.949},
		{X: 0.551, Y: 0.1, Z: 0.809},
		{X: -0.135, Y: -0.033, Z: 1.222},
		{X: 0.349, Y: 0.102, Z: 0.749},
		{X: -0.227, Y: -0.491, Z: 1.218},
		{X: -0.183, Y: 0.195, Z: 1.211},
		{X: -0.399, Y: -0.019, Z: 0.652},
		{X: 0.463, Y: 0.29, Z: 1.027},
		{X: -0.043, Y: -0.246, Z: 0.705},
		{X: 0.784, Y: -0.024, Z: 1.156},
	}
}
