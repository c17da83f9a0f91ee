// Package learned holds the weights of the learned blend: a small network that
// says what each camera's colours count at a pixel and where the person ends,
// in the spirit of VirtualCube's Lumi-Net (Zhang et al., IEEE VR 2022).
//
// It judges a pixel by what the unstructured lumigraph knows (the cameras'
// colours and how they disagree, weights by facing, angle and visibility, gaps
// between what a camera sees and the surface, the surface's quality and edge)
// and looks at the 3 x 3 pixels round it in each layer. Its outputs are no
// colours, so that it cannot invent a face: what the colours of four cameras at
// the pixel and the eight round it count in a mean, how much luma is sharpened,
// and how the matte is corrected. The package only reads weights; shaders (render) and plain Go (render/reference) run them.
//
// models/train/blend.py trains it, seeded, on the synthetic rig alone.
package learned
