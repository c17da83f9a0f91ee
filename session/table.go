package session

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/virtualcube/virtualcube/capture/space"
	"github.com/virtualcube/virtualcube/session/assembly"
)

// table is the state of a room. It belongs to the goroutine of Room.Run.
type table struct {
	config   Config
	log      *slog.Logger
	began    time.Time
	revision uint64 // of the newest change
	last     map[byte]int
	came     int  // participants, since the beginning
	led      bool // there was a host

	assembly assembly.Assembly
	gallery  space.Rigid // cube to world of those without a seat
	info     Info
	infoAt   uint64 // revision
	people   map[string]*person
	guests   map[string]*guest
	items    map[string]*item
	asides   map[string]*aside
	lines    []line
	tombs    []tomb
	pruned   uint64 // revision up to which tombs are forgotten
}

// tomb remembers what is gone.
type tomb struct {
	id string
	at uint64
}

// guest says that it was one in the lobby, of which hosts alone are told.
func (g tomb) guest() bool { return g.id[0] == 'g' }

// line is one of the chat, with those who see it.
type line struct {
	Line
	at   uint64
	size int      // bytes of JSON
	seen []string // participants; nil: all
}

func newTable(config Config) (*table, error) {
	t := &table{
		config: config, log: config.Log.With("room", config.Name), began: time.Now(), last: make(map[byte]int),
		people: make(map[string]*person), guests: make(map[string]*guest), items: make(map[string]*item), asides: make(map[string]*aside),
		info: Info{Name: config.Name, Lobby: config.Lobby},
	}
	if err := t.arrange(config.Layout, config.Seats); err != nil {
		return nil, err
	}
	for _, rig := range config.Rigs {
		seat := t.vacant()
		if seat < 0 {
			return nil, fmt.Errorf("put the rig of %s into the room: all %d seats are taken", rig.Cube, config.Seats)
		}
		t.settle(rig, seat, nil)
	}
	return t, nil
}

// id makes one that was never used.
func (t *table) id(letter byte) string {
	t.last[letter]++
	return fmt.Sprintf("%c%d", letter, t.last[letter])
}

// changed gives the next revision to whatever changed.
func (t *table) changed() uint64 {
	t.revision++
	return t.revision
}

// bury remembers that an id is gone.
func (t *table) bury(id string) {
	t.tombs = append(t.tombs, tomb{id: id, at: t.changed()})
	if n := len(t.tombs) - maxTombs; n > 0 {
		t.pruned = t.tombs[n-1].at
		t.tombs = slices.Delete(t.tombs, 0, n)
	}
}

// stamp is the time since the room began, in milliseconds, at least 1.
func (t *table) stamp() int64 { return max(1, time.Since(t.began).Milliseconds()) }

// since is what a participant is told that knows everything up to a revision.
func (t *table) since(p *person, revision uint64) Update {
	u := Update{Revision: t.revision}
	if revision == 0 || revision < t.pruned || revision < p.anew || revision > t.revision {
		u.Full, revision = true, 0
	}
	if t.infoAt > revision || u.Full {
		info := t.info
		u.Room = &info
	}
	for _, q := range t.sorted() {
		if q.at > revision {
			u.People = append(u.People, q.Person)
		}
	}
	for _, i := range values(t.items) {
		if i.at > revision {
			shown := i.Item
			shown.Pointers = slices.Clone(i.Pointers)
			u.Items = append(u.Items, shown)
		}
	}
	for _, a := range values(t.asides) {
		if a.at > revision {
			u.Asides = append(u.Asides, Aside{ID: a.ID, Members: slices.Clone(a.Members)})
		}
	}
	for _, l := range t.lines {
		if l.at > revision && (l.seen == nil || slices.Contains(l.seen, p.ID)) {
			u.Lines = append(u.Lines, l.Line)
		}
	}
	if p.Role == Host {
		for _, g := range values(t.guests) {
			if g.at > revision {
				u.Guests = append(u.Guests, g.Guest)
			}
		}
	}
	for _, g := range t.tombs {
		if g.at > revision && !u.Full && (p.Role == Host || !g.guest()) {
			u.Gone = append(u.Gone, g.id)
		}
	}
	return u
}

// values are those of a map in the order of their ids' numbers.
func values[V any](m map[string]V) []V {
	keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.SortFunc(keys, compareIDs)
	list := make([]V, len(keys))
	for i, k := range keys {
		list[i] = m[k]
	}
	return list
}

// compareIDs sorts ids of one letter by their numbers.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// sorted are the participants, longest first.
func (t *table) sorted() []*person { return values(t.people) }

// wake signals everybody who may have something to be told.
func (t *table) wake() {
	for _, p := range t.people {
		if p.member != nil && p.member.told < t.revision {
			signal(p.member.woken)
		}
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// end ends everybody, with a reason.
func (t *table) end(reason error) {
	for _, p := range t.people {
		if p.member != nil {
			p.member.end(reason)
		}
	}
	for _, g := range t.guests {
		g.member.end(reason)
	}
}

// pass looks at the time.
func (t *table) pass() {
	now := time.Now()
	for _, p := range t.sorted() {
		if !p.Present && now.After(p.leaves) {
			t.dismiss(p, "the connection did not come back")
		}
	}
	t.fare()
	t.attend(now)
	t.listen(now)
}
