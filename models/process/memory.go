package process

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
)

// memory is the slots that one stage shares with its child. It belongs to that
// child alone: where the child dies, no other is ever given a slot of it.
type memory struct {
	limit int // bytes

	mu     sync.Mutex
	areas  []*area // by number; nil: there is none
	bytes  int
	closed bool
}

// area is one slot: memory that both processes see. It is unmapped when nobody
// here holds it and it is dropped or its child is gone.
type area struct {
	number int
	data   []byte
	// input is the frame that the child was sent in it.
	input header

	holders int  // frames here, and the call under way
	lent    bool // the child holds a frame in it
}

func (a *area) free() bool { return a.holders == 0 && !a.lent }

// granularity of a slot's size, so that small changes need no other slot.
const granularity = 64 << 10

// errFull says that frames are held that should long be released.
var errFull = errors.New("no memory is left to share with the filter's process")

// changes are what the child must be told after take.
type changes struct {
	dropped []int
	made    *os.File // of the area that take returned, to be closed; nil: it is known
}

// take returns an area of at least size bytes, held once: a free one, or a new
// one, in whose favour free ones that are too small are dropped.
func (m *memory) take(size int) (*area, changes, error) {
	size = max(granularity, (size+granularity-1)/granularity*granularity)
	a, dropped, err := m.reserve(size)
	defer func() {
		for _, old := range dropped {
			unmap(old)
		}
	}()
	var c changes
	for _, old := range dropped {
		c.dropped = append(c.dropped, old.number)
	}
	if err != nil || a.data != nil {
		return a, c, err
	}
	if a.data, c.made, err = share(size); err != nil {
		m.mu.Lock()
		m.areas[a.number] = nil
		m.bytes -= size
		m.mu.Unlock()
		return nil, c, err
	}
	return a, c, nil
}

// reserve finds an area, or the number and the bytes of one to be made.
func (m *memory) reserve(size int) (found *area, dropped []*area, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, nil, os.ErrClosed
	}
	for _, a := range m.areas {
		if a != nil && a.free() && len(a.data) >= size && (found == nil || len(a.data) < len(found.data)) {
			found = a
		}
	}
	if found != nil {
		found.holders++
		return found, nil, nil
	}
	held := 0
	for i, a := range m.areas {
		switch {
		case a != nil && a.free():
			dropped = append(dropped, a)
			m.areas[i] = nil
			m.bytes -= len(a.data)
		case a != nil:
			held++
		}
	}
	if held >= maxSlots || m.bytes+size > m.limit {
		return nil, dropped, fmt.Errorf("%w: %d frames with %d MiB are held, %d frames and %d MiB are possible", errFull, held, m.bytes>>20, maxSlots, m.limit>>20)
	}
	i := slices.Index(m.areas, nil)
	if i < 0 {
		i = len(m.areas)
		m.areas = append(m.areas, nil)
	}
	m.areas[i] = &area{number: i, holders: 1}
	m.bytes += size
	return m.areas[i], dropped, nil
}

// share makes memory that neither side can take from under the other: the file
// is sealed, and its pages are there.
func share(size int) ([]byte, *os.File, error) {
	fd, err := unix.MemfdCreate("filter", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, nil, fmt.Errorf("make shared memory: %w", err)
	}
	file := os.NewFile(uintptr(fd), "filter")
	err = unix.Fallocate(fd, 0, 0, int64(size))
	if err == nil {
		// A child that shortened it would raise SIGBUS here.
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	var data []byte
	if err == nil {
		data, err = unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make %d MiB of shared memory: %w", size>>20, err), file.Close())
	}
	return data, file, nil
}

func unmap(a *area) {
	if err := unix.Munmap(a.data); err != nil {
		panic(fmt.Sprintf("process: unmap slot %d: %v", a.number, err)) // its bounds are those of the mapping
	}
}

// lend says that the child holds what is in an area from now on.
func (m *memory) lend(a *area, h header) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a.input, a.lent = h, true
}

// lent returns an area in which the child holds a frame, or nil.
func (m *memory) lent(number int) *area {
	m.mu.Lock()
	defer m.mu.Unlock()
	if number < len(m.areas) && m.areas[number] != nil && m.areas[number].lent {
		return m.areas[number]
	}
	return nil
}

// returned says that the child no longer holds what is in an area.
func (m *memory) returned(a *area) { m.settle(a, func() { a.lent = false }) }

// frame makes a frame whose planes are an area's, until its last release.
func (m *memory) frame(a *area, h header) *capture.Frame {
	m.mu.Lock()
	a.holders++
	m.mu.Unlock()
	f := capture.NewFrame(func(*capture.Frame) { m.release(a) })
	f.Camera, f.Sequence, f.Captured, f.Emitted = h.camera, h.sequence, h.captured, h.emitted
	h.shape.layout().show(a.data, h.shape, f)
	return f
}

// release gives up what take or frame held.
func (m *memory) release(a *area) { m.settle(a, func() { a.holders-- }) }

// settle makes a change, and does what is due when nobody holds an area then.
func (m *memory) settle(a *area, change func()) {
	m.mu.Lock()
	change()
	gone := m.closed && a.holders == 0 && m.forget(a)
	if !m.closed && a.free() {
		capture.Poison(a.data)
	}
	m.mu.Unlock()
	if gone {
		unmap(a)
	}
}

// forget takes an area off the list, and says whether it was there. m.mu is
// held.
func (m *memory) forget(a *area) bool {
	if m.areas[a.number] != a {
		return false
	}
	m.areas[a.number] = nil
	m.bytes -= len(a.data)
	return true
}

// close unmaps what nobody here holds, and whatever is held when it no longer
// is. The child must be gone.
func (m *memory) close() {
	m.mu.Lock()
	m.closed = true
	areas := slices.Clone(m.areas)
	m.mu.Unlock()
	for _, a := range areas {
		if a != nil {
			m.settle(a, func() {})
		}
	}
}
