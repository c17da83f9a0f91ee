package synthetic

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
)

// generator is the version of what the pictures show: raise it with every
// change to a pixel, so that old caches are not played.
const generator = 4

// The cache file: one page of header, then the frame sets, each page-aligned,
// each the colour and depth planes of all cameras in the machine's byte order.
// The header is, little-endian but for the mark,
//
//	0  magic, 8 bytes    8  byte-order mark, native    12 format version
//	16 SHA-256 of options and generator                48 frames, cameras, colour w h, depth w h
//	72 CRC-32 of 0..71   80 sets filled, 8 bytes       1024 CRC-32 of every set
//
// The right to fill it is an exclusive flock on the file itself, which a dead
// process loses; a flock on NAME.lock guards creating it.
const (
	storeMagic   = "VCUBELP\n"
	storeFormat  = 1
	storeMark    = 0x01020304
	page         = 4096
	filledOffset = 80
	sumsOffset   = 1024
	maxStores    = 4 // loops kept in the folder
)

// store is a mapped cache file. The map goes when the last reference does:
// Open's and one a frame handed out.
type store struct {
	path       string
	file       *os.File
	data       []byte // the whole file, read-only
	frames     int
	cameras    int
	colour     [2]int // width, height
	depth      [2]int
	references atomic.Int32
	free       func(*capture.Frame) // releases
}

func (s *store) shotBytes() int { return s.colourBytes() + 2*s.depth[0]*s.depth[1] }

func (s *store) colourBytes() int { return s.colour[0] * s.colour[1] * 3 / 2 }

func (s *store) setBytes() int { return (s.cameras*s.shotBytes() + page - 1) / page * page }

func (s *store) size() int64 { return page + int64(s.frames)*int64(s.setBytes()) }

// header is the immutable part.
func (s *store) header(o Options) []byte {
	h := make([]byte, 72, 76)
	copy(h, storeMagic)
	binary.NativeEndian.PutUint32(h[8:], storeMark)
	binary.LittleEndian.PutUint32(h[12:], storeFormat)
	sum := o.hash()
	copy(h[16:], sum[:])
	for i, n := range [6]int{s.frames, s.cameras, s.colour[0], s.colour[1], s.depth[0], s.depth[1]} {
		binary.LittleEndian.PutUint32(h[48+4*i:], uint32(n))
	}
	return binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(h))
}

// hash names what the pictures depend on.
func (o Options) hash() [32]byte {
	o.CacheDir, o.Clock, o.Progress, o.Sound = "", nil, nil, SoundWithFlash
	gaze := "free"
	if o.Gaze != nil {
		gaze = fmt.Sprint(*o.Gaze)
		o.Gaze = nil
	}
	return sha256.Sum256(fmt.Appendf(nil, "%d %+v %s", generator, o, gaze))
}

// openStore maps the loop's file in a folder, and makes it first where it is
// missing, truncated or something else.
func openStore(dir string, o Options, r capture.Rig) (s *store, err error) {
	c := r.Cameras[0]
	sum := o.hash()
	s = &store{
		path:   filepath.Join(dir, "loop-"+hex.EncodeToString(sum[:8])+".bin"),
		frames: o.Frames, cameras: len(r.Cameras),
		colour: [2]int{c.Colour.Lens.Width, c.Colour.Lens.Height}, depth: [2]int{c.Depth.Lens.Width, c.Depth.Lens.Height},
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("open cache of the synthetic rig: %w (choose another folder for the cache)", err)
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(s.path+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := flock(lock, unix.LOCK_EX); err != nil {
		return nil, fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	if err := s.openFile(dir, o); err != nil {
		return nil, err
	}
	s.data, err = unix.Mmap(int(s.file.Fd()), 0, int(s.size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("map %s: %w", s.path, err), s.file.Close())
	}
	s.references.Store(1)
	// An error of unmapping has nobody to go to here; the address space is lost.
	s.free = func(*capture.Frame) { _ = s.release() }
	return s, nil
}

// openFile opens a whole file of this loop or replaces what lies there. A
// replaced file is unlinked, never truncated: others may have it mapped.
func (s *store) openFile(dir string, o Options) error {
	want := s.header(o)
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err == nil {
		have := make([]byte, len(want))
		info, statErr := f.Stat()
		if _, readErr := f.ReadAt(have, 0); statErr == nil && readErr == nil && info.Size() == s.size() && bytes.Equal(have, want) {
			s.file = f
			return nil
		}
		if err := f.Close(); err != nil {
			return err
		}
		if err := os.Remove(s.path); err != nil {
			return err
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	prune(dir)
	if f, err = os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644); err != nil {
		return err
	}
	if err := f.Truncate(s.size()); err != nil {
		return errors.Join(err, f.Close())
	}
	if _, err := f.WriteAt(want, 0); err != nil {
		return errors.Join(err, f.Close())
	}
	s.file = f
	return nil
}

// prune removes the oldest loops that nobody fills, so that with a new one
// maxStores remain. What cannot be removed stays: the cache is then larger.
func prune(dir string) {
	paths, _ := filepath.Glob(filepath.Join(dir, "loop-*.bin"))
	age := func(p string) int64 {
		if info, err := os.Stat(p); err == nil {
			return info.ModTime().UnixNano()
		}
		return 0
	}
	slices.SortFunc(paths, func(a, b string) int { return int(age(b)/1e6 - age(a)/1e6) })
	for i, p := range paths {
		if i < maxStores-1 {
			continue
		}
		f, err := os.Open(p)
		if err != nil {
			continue
		}
		if flock(f, unix.LOCK_EX|unix.LOCK_NB) == nil {
			_ = os.Remove(p)
		}
		_ = f.Close()
	}
}

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// tryFill takes the right to fill the file; false means that another process
// has it.
func (s *store) tryFill() (bool, error) {
	err := flock(s.file, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("lock %s: %w", s.path, err)
	}
	return true, nil
}

func (s *store) endFill() error { return flock(s.file, unix.LOCK_UN) }

// filled is how many sets from the start are written, by whichever process.
func (s *store) filled() int {
	n := atomic.LoadUint64((*uint64)(unsafe.Pointer(&s.data[filledOffset])))
	return int(min(n, uint64(s.frames)))
}

func (s *store) setFilled(n int) error {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], uint64(n))
	_, err := s.file.WriteAt(b[:], filledOffset)
	return err
}

// set returns the bytes of a frame set in the map.
func (s *store) set(i int) []byte { return s.data[page+i*s.setBytes():][:s.setBytes()] }

// write puts a set and its checksum into the file.
func (s *store) write(i int, set []byte) error {
	if _, err := s.file.WriteAt(set, page+int64(i)*int64(s.setBytes())); err != nil {
		return err
	}
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], crc32.ChecksumIEEE(set))
	_, err := s.file.WriteAt(b[:], sumsOffset+4*int64(i))
	return err
}

// sound says whether a set's checksum holds.
func (s *store) sound(i int) bool {
	return crc32.ChecksumIEEE(s.set(i)) == binary.LittleEndian.Uint32(s.data[sumsOffset+4*i:])
}

// planes returns the planes of one camera within the bytes of a set.
func (s *store) planes(set []byte, camera int) (capture.Picture, capture.DepthPicture) {
	b := set[camera*s.shotBytes():][:s.shotBytes()]
	luma, all := s.colour[0]*s.colour[1], s.colourBytes()
	colour := capture.Picture{
		Format: capture.NV12, Range: capture.Full, Width: s.colour[0], Height: s.colour[1],
		Planes:  [3][]byte{b[:luma:luma], b[luma:all:all]},
		Strides: [3]int{s.colour[0], s.colour[0]},
	}
	// Sides are even, so that depth begins at an even address.
	n := s.depth[0] * s.depth[1]
	mm := unsafe.Slice((*uint16)(unsafe.Pointer(&b[all])), n)
	return colour, capture.DepthPicture{Width: s.depth[0], Height: s.depth[1], Millimetres: mm}
}

// release gives a reference to the map up.
func (s *store) release() error {
	if s.references.Add(-1) > 0 {
		return nil
	}
	err := unix.Munmap(s.data)
	s.data = nil
	return errors.Join(err, s.file.Close())
}

// frame wraps one camera's planes of a set: nothing is copied.
func (s *store) frame(set, camera int) *capture.Frame {
	s.references.Add(1)
	f := capture.NewFrame(s.free)
	f.Camera = camera
	f.Colour, f.Depth = s.planes(s.set(set), camera)
	return f
}
