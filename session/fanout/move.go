package fanout

// Move lets the subscriber go over to another rung: to the same view in
// another size, or to another view. Frames of the rung that it is at go on
// until the next key frame of the new one, which is asked for; from that frame
// on it gets the new one's. arrived, which may be nil, is then called by Run;
// by Move itself where the subscriber is there already; and not at all where a
// later Move or the end comes first. Of several moves the last wins. It returns
// an error that wraps ErrFull where the new rung is full; it then stays where it is.
func (s *Subscriber) Move(to *Rung, arrived func()) error {
	s.moving.Lock()
	there, err := s.move(to, arrived)
	s.moving.Unlock()
	if there && arrived != nil {
		arrived()
	}
	return err
}

func (s *Subscriber) move(to *Rung, arrived func()) (there bool, err error) {
	s.mu.Lock()
	if !s.joined {
		s.rung = to
	}
	there = to == s.rung
	before := s.next
	s.next, s.arrived = to, arrived
	if there {
		s.next, s.arrived = nil, nil
	}
	s.mu.Unlock()
	if !there && before != to {
		if err = to.join(s); err != nil {
			s.mu.Lock()
			s.next, s.arrived = nil, nil
			s.mu.Unlock()
		}
	}
	if before != nil && before != to {
		s.quit(before)
	}
	return there, err
}

// change switches to r, if that is where the subscriber moves and the frame is
// a key frame. The caller holds mu.
func (s *Subscriber) change(r *Rung, key bool) bool {
	if r != s.next || !key {
		return false
	}
	s.left = append(s.left, s.rung)
	s.rung, s.next = r, nil
	select {
	case s.switched <- struct{}{}:
	default: // Run has not yet seen the last one
	}
	return true
}

// now is the rung that the subscriber is at.
func (s *Subscriber) now() *Rung {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rung
}

// quit leaves a rung unless the subscriber is there, or on its way back. The
// caller holds moving.
func (s *Subscriber) quit(r *Rung) {
	s.mu.Lock()
	stays := r == s.rung || r == s.next
	s.mu.Unlock()
	if !stays {
		r.leave(s)
	}
}

// arrive ends moves that came to their key frame.
func (s *Subscriber) arrive() {
	s.moving.Lock()
	s.mu.Lock()
	left, arrived := s.left, s.arrived
	s.left = nil
	if s.next == nil {
		s.arrived = nil
	} else {
		arrived = nil // it is on its way elsewhere already
	}
	s.mu.Unlock()
	for _, r := range left {
		s.quit(r)
	}
	s.moving.Unlock()
	if arrived != nil {
		arrived()
	}
}

// enter joins the first rung.
func (s *Subscriber) enter() error {
	s.moving.Lock()
	defer s.moving.Unlock()
	s.mu.Lock()
	r := s.rung
	s.waiting = true
	s.mu.Unlock()
	if err := r.join(s); err != nil {
		return err
	}
	s.joined = true
	return nil
}

// leave leaves all rungs and frees what waited.
func (s *Subscriber) leave() {
	s.moving.Lock()
	defer s.moving.Unlock()
	s.joined = false
	s.mu.Lock()
	rungs := append(s.left, s.rung)
	if s.next != nil {
		rungs = append(rungs, s.next)
	}
	s.left, s.next, s.arrived = nil, nil, nil
	s.mu.Unlock()
	for _, r := range rungs {
		r.leave(s)
	}
	s.drain()
}
