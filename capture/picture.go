package capture

import "fmt"

// Format says how the planes of a Picture are laid out.
type Format uint8

// Formats. Subsampled chroma is sited at the centre of its 2 x 2 luma pixels.
const (
	NV12 Format = iota + 1 // 2 planes: Y, then U and V interleaved at half size
	I420                   // 3 planes: Y, U and V at half size
	RGBA                   // 1 plane, 4 bytes a pixel, alpha not premultiplied
)

func (f Format) String() string {
	switch f {
	case NV12:
		return "NV12"
	case I420:
		return "I420"
	case RGBA:
		return "RGBA"
	}
	return fmt.Sprintf("Format(%d)", uint8(f))
}

// Range says which luma codes are black and white. The matrix is always
// BT.601, the one of JPEG and of VP8.
type Range uint8

// Ranges.
const (
	Limited Range = iota // Y 16 to 235, U and V 16 to 240: video
	Full                 // 0 to 255: JPEG
)

// Picture is an immutable 8-bit picture. Row 0 is the top.
type Picture struct {
	Format        Format
	Range         Range // ignored for RGBA
	Width, Height int   // pixels; even for NV12 and I420
	Planes        [3][]byte
	Strides       [3]int // bytes from row to row, a plane
}

// Empty says whether there is no picture.
func (p Picture) Empty() bool { return p.Width == 0 }

// Validate checks that the planes hold what the format says.
func (p Picture) Validate() error {
	if p.Width <= 0 || p.Height <= 0 {
		return fmt.Errorf("picture size %dx%d", p.Width, p.Height)
	}
	type plane struct{ row, rows int }
	var want []plane
	switch p.Format {
	case NV12:
		want = []plane{{p.Width, p.Height}, {p.Width, p.Height / 2}}
	case I420:
		want = []plane{{p.Width, p.Height}, {p.Width / 2, p.Height / 2}, {p.Width / 2, p.Height / 2}}
	case RGBA:
		want = []plane{{4 * p.Width, p.Height}}
	default:
		return fmt.Errorf("picture format %v is unknown", p.Format)
	}
	if p.Format != RGBA && (p.Width%2 != 0 || p.Height%2 != 0) {
		return fmt.Errorf("%v picture has odd size %dx%d", p.Format, p.Width, p.Height)
	}
	for i, w := range want {
		if p.Strides[i] < w.row || len(p.Planes[i]) < p.Strides[i]*(w.rows-1)+w.row {
			return fmt.Errorf("plane %d of %v %dx%d: %d bytes at stride %d are too few", i, p.Format, p.Width, p.Height, len(p.Planes[i]), p.Strides[i])
		}
	}
	return nil
}

// DepthPicture is an immutable depth picture: distance along the optical axis
// in millimetres, 0 where the sensor saw nothing. Rows are contiguous.
type DepthPicture struct {
	Width, Height int
	Millimetres   []uint16 // Width*Height
}

// Empty says whether there is no picture.
func (p DepthPicture) Empty() bool { return p.Width == 0 }

// Validate checks the number of pixels.
func (p DepthPicture) Validate() error {
	if p.Width <= 0 || p.Height <= 0 || len(p.Millimetres) != p.Width*p.Height {
		return fmt.Errorf("depth picture %dx%d has %d pixels", p.Width, p.Height, len(p.Millimetres))
	}
	return nil
}

// Matte is an immutable picture of how much of each pixel is the person, of the
// colour picture's size. Rows are contiguous.
type Matte struct {
	Width, Height int
	Coverage      []byte // Width*Height; 0 background, 255 person
}

// Empty says whether there is none.
func (m Matte) Empty() bool { return m.Width == 0 }

// Validate checks the number of pixels.
func (m Matte) Validate() error {
	if m.Width <= 0 || m.Height <= 0 || len(m.Coverage) != m.Width*m.Height {
		return fmt.Errorf("matte %dx%d has %d pixels", m.Width, m.Height, len(m.Coverage))
	}
	return nil
}
