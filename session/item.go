package session

import (
	"context"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/virtualcube/virtualcube/capture/space"
)

// Bounds of a work item, metres.
const (
	minWidth = 0.1
	maxWidth = 6
	maxReach = 20 // from the world's origin
)

// item is a work item.
type item struct {
	Item
	at uint64
}

// Placing is a work item to be.
type Placing struct {
	Kind    Kind
	Title   string
	Picture string  // path on the node, at most 256 bytes; of kind Picture
	Aspect  float64 // width over height, 0.1 to 10
}

// Place puts a work item where the layout has room for it. A participant has
// one shared screen at most; it goes when they stop sharing, or go themselves.
func (m *Member) Place(ctx context.Context, n Placing) (id string, err error) {
	n.Title = cleanName(n.Title, maxTitle)
	if n.Kind == SharedScreen {
		n.Picture = ""
	}
	if !(n.Aspect >= 0.1 && n.Aspect <= 10) {
		return "", refuse(ErrMalformed, "A work item's width is 0.1 to 10 times its height.")
	}
	err = m.act(ctx, func(t *table, p *person) error {
		switch {
		case !p.grants.Write || p.Role == Listener:
			return refuse(ErrForbidden, "You may not put things into this room. Ask a host to become a speaker.")
		case len(t.items) >= maxItems:
			return refuse(ErrFull, "There are %d things in the room, more do not fit. Take one away before.", maxItems)
		case n.Kind == SharedScreen && !p.grants.Screen:
			return refuse(ErrForbidden, "Your token does not allow sharing a screen.")
		case n.Kind == SharedScreen && p.Screen == Blocked:
			return refuse(ErrForbidden, "A host switched your screen off. Raise your hand to show it.")
		case n.Kind == Picture && !onNode(n.Picture):
			return refuse(ErrMalformed, "A picture has to be uploaded before.")
		case n.Kind != Picture && n.Kind != SharedScreen:
			return refuse(ErrMalformed, "There are no work items of kind %.20q.", n.Kind)
		}
		for _, i := range t.items {
			if i.Kind == SharedScreen && n.Kind == SharedScreen && i.Owner == p.ID {
				id = i.ID
				t.shape(i, n.Aspect)
				return nil
			}
		}
		i := &item{Item: Item{ID: t.id('i'), Kind: n.Kind, Owner: p.ID, Title: n.Title, Picture: n.Picture, Pointers: []Pointer{}}}
		spot := spotOf(t.assembly.Item(t.freeBoard()))
		i.Pose, i.Sides = spot.Pose, spot.Sides
		// It fits into the spot, whatever its shape.
		i.Width = min(spot.Width, spot.Height*n.Aspect)
		i.Height = i.Width / n.Aspect
		t.items[i.ID] = i
		i.at = t.changed()
		id = i.ID
		return nil
	})
	return id, err
}

// onNode says whether a picture is fetched from the node, not from elsewhere,
// which would learn who is here.
func onNode(path string) bool {
	return len(path) <= maxPath && utf8.ValidString(path) && len(path) > 1 && path[0] == '/' && path[1] != '/' && path[1] != '\\'
}

// shape gives an item another shape of the same area, within bounds.
func (t *table) shape(i *item, aspect float64) {
	area := i.Width * i.Height
	i.Width = min(math.Sqrt(area*aspect), maxWidth, maxWidth*aspect)
	i.Height = i.Width / aspect
	i.at = t.changed()
}

// freeBoard is the first place of the layout that no item is at.
func (t *table) freeBoard() int {
	for k := range maxItems {
		at := t.assembly.Item(k).Center
		taken := false
		for _, i := range t.items {
			taken = taken || i.Pose.Position.vec3().Sub(at).Norm() < 0.05
		}
		if !taken {
			return k
		}
	}
	return 0
}

// mine finds an item that a participant may change: their own, or as a host.
func (t *table) mine(p *person, id string) (*item, error) {
	i := t.items[id]
	switch {
	case i == nil:
		return nil, refuse(ErrUnknown, "This thing is not in the room any more.")
	case i.Owner != p.ID && p.Role != Host:
		return nil, refuse(ErrForbidden, "Only who put it there and hosts may change it.")
	}
	return i, nil
}

// Move poses a work item; its height follows its width and has the same upper
// bound.
func (m *Member) Move(ctx context.Context, id string, pose Pose, width float64) error {
	r, ok := pose.rigid()
	if !ok || r.T.Norm() > maxReach || !(width >= minWidth && width <= maxWidth) {
		return refuse(ErrMalformed, "A work item is %g to %g m wide and at most %d m away.", minWidth, float64(maxWidth), maxReach)
	}
	return m.act(ctx, func(t *table, p *person) error {
		i, err := t.mine(p, id)
		if err != nil {
			return err
		}
		height := i.Height * width / i.Width
		if height > maxWidth {
			return refuse(ErrMalformed, "This thing would be %.1f m high, %d m are possible. Make it narrower.", height, maxWidth)
		}
		i.Height = height
		i.Pose, i.Width = poseOf(r), width
		i.at = t.changed()
		return nil
	})
}

// Clear takes a work item away.
func (m *Member) Clear(ctx context.Context, id string) error {
	return m.act(ctx, func(t *table, p *person) error {
		i, err := t.mine(p, id)
		if err != nil {
			return err
		}
		t.clear(i)
		return nil
	})
}

func (t *table) clear(i *item) {
	delete(t.items, i.ID)
	t.bury(i.ID)
}

// Point shows where one points on an item, 0 to 1 from its upper left corner;
// an empty item: nowhere. Listeners do not point.
func (m *Member) Point(ctx context.Context, id string, x, y float64) error {
	if !(x >= 0 && x <= 1 && y >= 0 && y <= 1) {
		return refuse(ErrMalformed, "A pointer is 0 to 1 from the item's corner.")
	}
	return m.act(ctx, func(t *table, p *person) error {
		i := t.items[id]
		if i == nil {
			t.unpoint(p.ID)
			return nil
		}
		if p.Role == Listener {
			return refuse(ErrForbidden, "Listeners do not point. Ask a host to become a speaker.")
		}
		if k := slices.IndexFunc(i.Pointers, func(q Pointer) bool { return q.Person == p.ID }); k >= 0 {
			i.Pointers[k].X, i.Pointers[k].Y = x, y
		} else {
			t.unpoint(p.ID)
			i.Pointers = append(i.Pointers, Pointer{Person: p.ID, X: x, Y: y})
		}
		i.at = t.changed()
		return nil
	})
}

// unpoint takes somebody's pointer off.
func (t *table) unpoint(person string) {
	for _, i := range t.items {
		n := len(i.Pointers)
		i.Pointers = slices.DeleteFunc(i.Pointers, func(q Pointer) bool { return q.Person == person })
		if len(i.Pointers) != n {
			i.at = t.changed()
		}
	}
}

// quad is an item as one looks at it from a point of the world.
func (i *item) quad(from space.Vec3) (centre, right, up space.Vec3) {
	r, _ := i.Pose.rigid()
	switch to := from.Sub(r.T); {
	case i.Sides == EachViewer:
		r.R = space.RotationAbout(space.Vec3{Y: 1}, math.Atan2(to.X, to.Z))
	case i.Sides == BothSides && to.Dot(r.R.Column(2)) < 0:
		r.R = r.R.Mul(space.RotationAbout(space.Vec3{Y: 1}, math.Pi))
	}
	return r.T, r.R.Column(0), r.R.Column(1)
}

// Pictures are the paths that work items show.
func (r *Room) Pictures(ctx context.Context) (map[string]bool, error) {
	shown := make(map[string]bool)
	err := r.do(ctx, func(t *table) error {
		for _, i := range t.items {
			if i.Kind == Picture {
				shown[i.Picture] = true
			}
		}
		return nil
	})
	return shown, err
}
