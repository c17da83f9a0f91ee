package process

import (
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/virtualcube/virtualcube/capture"
)

// shared is the slots as the child sees them. The parent alone says which there
// are and what they are for.
type shared struct {
	slots map[int][]byte

	mu     sync.Mutex
	inputs map[*capture.Frame]int // slots of those that are held
	back   []int                  // slots of those that no longer are, not yet told
}

func newShared() *shared {
	return &shared{slots: make(map[int][]byte), inputs: make(map[*capture.Frame]int)}
}

// add maps the file that came with a message.
func (s *shared) add(number, size int, rights []byte) error {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return fmt.Errorf("slot %d comes with %d files: %w", number, len(messages), err)
	}
	files, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(files) != 1 {
		return fmt.Errorf("slot %d comes with %d files: %w", number, len(files), err)
	}
	data, err := unix.Mmap(files[0], 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err = errors.Join(err, unix.Close(files[0])); err != nil {
		return fmt.Errorf("map slot %d of %d bytes: %w", number, size, err)
	}
	s.slots[number] = data
	return nil
}

// drop unmaps a slot, in which no frame is.
func (s *shared) drop(number int) error {
	data := s.slots[number]
	delete(s.slots, number)
	if err := unix.Munmap(data); err != nil {
		return fmt.Errorf("unmap slot %d: %w", number, err)
	}
	return nil
}

// close unmaps everything. The process ends: the filter is closed.
func (s *shared) close() {
	for number := range s.slots {
		_ = s.drop(number)
	}
}

// input makes the frame that a slot holds, which goes back at its last release.
func (s *shared) input(h header) (*capture.Frame, error) {
	l := h.shape.layout()
	data := s.slots[h.slot]
	if l.size > len(data) {
		return nil, fmt.Errorf("a frame of %d bytes is in slot %d of %d", l.size, h.slot, len(data))
	}
	f := capture.NewFrame(func(f *capture.Frame) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.inputs, f)
		s.back = append(s.back, h.slot)
	})
	f.Camera, f.Sequence, f.Captured, f.Emitted = h.camera, h.sequence, h.captured, h.emitted
	l.show(data, h.shape, f)
	s.mu.Lock()
	s.inputs[f] = h.slot
	s.mu.Unlock()
	return f, nil
}

// of returns the slot of a frame that came from the parent.
func (s *shared) of(f *capture.Frame) (number int, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number, is = s.inputs[f]
	return number, is
}

// released returns the slots of inputs that were released since it last did.
func (s *shared) released() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	back := s.back
	s.back = nil
	return back
}

// output writes a frame into a slot that was offered, and says what is there.
func (s *shared) output(f *capture.Frame, number int) (header, error) {
	h := headerOf(f)
	h.slot = number
	l, data := h.shape.layout(), s.slots[number]
	if l.size > len(data) {
		return h, fmt.Errorf("a frame of %d bytes is for slot %d of %d", l.size, number, len(data))
	}
	l.write(data, f)
	return h, nil
}

// fits says whether slots are as large as the sizes that are needed.
func (s *shared) fits(offered, sizes []int) bool {
	for i, size := range sizes {
		if i >= len(offered) || len(s.slots[offered[i]]) < size {
			return false
		}
	}
	return true
}
