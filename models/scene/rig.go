package scene

import (
	"fmt"

	"github.com/virtualcube/virtualcube/capture"
	"github.com/virtualcube/virtualcube/capture/space"
)

// Rig is two cameras that look at a head.
func Rig() capture.Rig {
	rig := capture.Rig{Name: "scene", Volume: capture.DefaultVolume(), Rate: 30}
	for i, x := range []float64{-0.3, 0.3} {
		pose := space.LookAt(space.Vec3{X: x, Z: 1.2}, space.Vec3{}, space.Vec3{Y: 1})
		lens := space.Lens{Width: 320, Height: 180, Fx: 200, Fy: 200, Cx: 159.5, Cy: 89.5}
		camera := space.Camera{Lens: lens, Pose: pose}
		rig.Cameras = append(rig.Cameras, capture.Camera{Name: fmt.Sprint("camera", i), Colour: camera, Depth: camera})
	}
	return rig
}

// Camera is the n-th frame of a rig's i-th camera: the webcam's person, at 1.2 m
// before 2 m.
func Camera(rig capture.Rig, i, n int) *capture.Frame {
	colour, depth := rig.Cameras[i].Colour.Lens, rig.Cameras[i].Depth.Lens
	painted := Picture(n+7*i, colour.Width, colour.Height)
	defer painted.Release()
	f := Blank(n, colour.Width, colour.Height, capture.NV12)
	f.Camera = i
	copy(f.Colour.Planes[0], painted.Colour.Planes[0])
	for j := range painted.Colour.Planes[1] {
		f.Colour.Planes[1][2*j], f.Colour.Planes[1][2*j+1] = painted.Colour.Planes[1][j], painted.Colour.Planes[2][j]
	}
	f.Depth = capture.DepthPicture{Width: depth.Width, Height: depth.Height, Millimetres: make([]uint16, depth.Width*depth.Height)}
	for y := range depth.Height {
		for x := range depth.Width {
			chroma := painted.Colour.Planes[2][y*colour.Height/depth.Height/2*(colour.Width/2)+x*colour.Width/depth.Width/2]
			mm := uint16(2000)
			if chroma != 118 {
				mm = 1200
			}
			f.Depth.Millimetres[y*depth.Width+x] = mm
		}
	}
	return f
}

// Set is the n-th frame set of a rig.
func Set(rig capture.Rig, n int) *capture.FrameSet {
	list := make([]*capture.Frame, len(rig.Cameras))
	for i := range list {
		list[i] = Camera(rig, i, n)
	}
	return capture.NewFrameSet(uint64(n), list[0].Captured, list)
}
