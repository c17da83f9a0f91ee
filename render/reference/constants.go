package reference

// Choosing: choose.go.
const (
	beyondLast  = 1.25 // of the last camera's angle, where no camera is left out
	leastWidest = 0.05 // radians
	faded       = 0.35 // of the first left out's 1 - cos: cameras that much nearer count whole
	leastShare  = 1e-3 // so that cameras in a tie still count
)

// The surface: surface.go. Depths are millimetres.
const (
	nearestDepth = 200  // that a sensor sees
	farDepth     = 8000 //
	flyingShare  = 0.03 // of the depth: neighbours this near belong to one surface
	support      = 3    // neighbours of its own surface that a pixel needs
	surrounded   = 5    // neighbours that fill a pixel without an echo
	minPerson    = 32   // pixels; fewer are no person
)

// The mesh: mesh.go, vertex.go. Depths are millimetres.
const (
	cell             = 4   // depth pixels along a coarse cell
	wide             = 8   // along one of even ground
	noiseStep        = 12  // of spread that noise alone may make
	steepest         = 3.0 // tangent of the steepest surface that is still one
	sameSurface      = 18  // times the square of metres, and
	sameSurfaceFloor = 8   // more, that depths of one surface lie apart at most
	steepestTilt     = 8.0 // tangent that a vertex can state
)

// Warp and fuse: warp.go, fuse.go.
const (
	nearest     = 0.15 // metres, where pictures begin
	grazed      = 0.08 // facing of a surface that hangs between others
	seen        = 0.25 // facing from which it is one
	slantBack   = 0.006
	grazedBack  = 0.03 // metres that a slant, and that grazing sets a surface back
	erosion     = 0.56 // share of the person below which a pixel is not
	edgeQuality = 0.1  // that is left at the edge
	leastFacing = 0.3
	mostFacing  = 1.4
	leastWeight = 1.5 / 255
	solid       = 0.2     // quality from which the matte is 1
	oneSurface  = 0.02006 // metres between neighbouring depth pixels of one surface
	reach       = 0.02    // metres from the surface that was found, where a look counts nothing
	itself      = 0.02    // weight of the surface that was found
	leastLook   = 0.05    // facing of a look
	leastSlant  = 0.1     // of the surface to the view's ray
)

// Colour: shadow.go, weigh.go, colour.go.
const (
	shadowStride    = 2         // depth pixels between the points of a shadow
	shadowSpread    = 1.5       // of their distance: a texel of the shadow
	leastTexel      = 4         // colour pixels
	hides           = 0.035     // metres between a point and what the camera sees there
	rim             = 0.06      // facing below which a colour is the rim's
	widestAngle     = 0.1       // cosine that an angle between rays counts at least
	feather         = 0.03      // of the picture: weight fades towards its border
	slight          = 0.15      // of the best weight by facing and angle: less is nothing
	none            = 1e-4      // of a weight: what is left where another surface is seen
	unseen          = 0.02      // of the best weight: where no camera counts more, slight ones do
	together        = 0.02      // metres between neighbouring pixels of the view that are one surface
	sharpening      = 17. / 256 // of its difference from each of four neighbours that a pixel gains
	cubicSharpening = 6.0 / 256 // where the learned blend samples by a cubic
)

// Filling and packing: fill.go, pack.go.
const (
	closed        = 0.72 // coverage at 1/4 size above which a gap is a crack
	closedBy      = 0.15 // more, and the gap is full
	enough        = 0.12 // coverage that still gives a colour
	fillLevels    = 4    // 1/2 to 1/16
	pyramidLevels = 6    // 1/2 to 1/64
	greyY         = 126.0 / 255
	greyChroma    = 128.0 / 255
	black         = 16.0 / 255 // of luma, limited range
)

// The learned blend: grow.go, judge.go.
const (
	growth        = 6    // pixels that the surface grows
	offScale      = 6    // of what colours are off from the lumigraph's
	leastVariance = 1e-6 // of luma
	leastShown    = 1e-3 // of a weight whose logarithm counts
	aside         = -4   // of the logarithm, for taps beside the pixel
	nobody        = 1e-4 // what a tap counts where nothing is known
)
