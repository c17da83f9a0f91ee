package session

import (
	"cmp"
	"slices"
)

// settle puts a rig that nobody is at on a seat, -1 if none is free. before, which
// may be nil, was at it.
func (t *table) settle(rig Rig, seat int, before *person) {
	p := t.newPerson(Entry{Name: cmp.Or(cleanName(rig.Name, maxName), rig.Cube), Role: Speaker})
	p.rig, p.Unattended, p.Seat, p.Cube = true, true, seat, rig.Cube
	if rig.Level != nil {
		p.Microphone = On
	}
	p.Looks.Shared = rig.Look != nil
	t.equip(p)
	t.inherit(p, before, View)
	t.came--
}

// release gives the rig of who is gone to who is there with a grant for it, or puts
// it on a seat by itself: the given one, another if that is negative.
func (t *table) release(before *person, seat int) {
	cube := before.Cube
	k := slices.IndexFunc(t.config.Rigs, func(r Rig) bool { return r.Cube == cube })
	if cube == "" || k < 0 {
		return
	}
	for _, p := range t.sorted() {
		if p.grants.Cube == cube && p.Role != Listener {
			p.Cube = cube
			t.inherit(p, before, View)
			t.touch(p)
			return
		}
	}
	if seat < 0 {
		seat = t.vacant()
	}
	t.settle(t.config.Rigs[k], seat, before)
}

// standIn is the rig of a cube that sits by itself.
func (t *table) standIn(cube string) *person {
	for _, p := range t.people {
		if p.rig && cube != "" && p.Cube == cube {
			return p
		}
	}
	return nil
}

// rigs counts those who are nobody.
func (t *table) rigs() (n int) {
	for _, p := range t.people {
		if p.rig {
			n++
		}
	}
	return n
}

// rig is that of a cube.
func (t *table) rig(cube string) Rig {
	for _, r := range t.config.Rigs {
		if r.Cube == cube {
			return r
		}
	}
	return Rig{}
}
