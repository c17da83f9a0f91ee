package face

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/models"
)

// The views that a Mesh looks at.
const (
	MeshSide = 192 // pixels
	// MeshSpan is how much of a view's side the face fills.
	MeshSpan = 1 / 1.5
)

// Points is how many a mesh has.
const Points = 468

// The outputs of the mesh.
const (
	meshFlag   = "output_faceflag"
	meshPoints = "output_mesh"
)

// Some points, by MediaPipe's numbers.
const (
	RightOuter = 33 // corners of the eyes
	RightInner = 133
	LeftInner  = 362
	LeftOuter  = 263
	RightMouth = 61 // corners of the mouth
	LeftMouth  = 291
	Brow       = 9 // of the middle line: between the brows,
	Bridge     = 8 // the bridge of the nose,
	Nose       = 2 // where the nose begins above the lip,
	Lip        = 164
)

// Mesh are the points of a face in a view.
type Mesh struct {
	Score float64 // 0 to 1: whether it is a face
	// At are pixels; Depth is farther than the face's middle by pixels, as the
	// network thinks.
	At    [Points]Point
	Depth [Points]float64
}

// Mesher is the face mesh. It belongs to one goroutine at a time.
type Mesher struct {
	net     *net
	sampler Sampler
}

// OpenMesher loads the network.
func OpenMesher(e models.Environment) (*Mesher, error) {
	n, err := open(e, MeshWeights, MeshSide, map[string]int{meshFlag: 1, meshPoints: 3 * Points})
	if err != nil {
		return nil, err
	}
	return &Mesher{net: n}, nil
}

// Find fills m with the face that fills the middle of a view of MeshSide.
func (f *Mesher) Find(m *Mesh, p capture.Picture, camera space.Camera, v View) error {
	if err := f.sampler.Sample(f.net.in, p, camera, v, false, Scale{1, 0}); err != nil {
		return err
	}
	if err := f.net.session.Run(); err != nil {
		return fmt.Errorf("find points of the face: %w", err)
	}
	m.Score = float64(f.net.out[meshFlag][0])
	for i := range m.At {
		q := f.net.out[meshPoints][3*i:][:3]
		// The network counts from the corner of the first pixel.
		m.At[i], m.Depth[i] = Point{float64(q[0]) - 0.5, float64(q[1]) - 0.5}, float64(q[2])
	}
	return nil
}

// Close unloads the network; twice is fine.
func (f *Mesher) Close() error { return f.net.close() }
