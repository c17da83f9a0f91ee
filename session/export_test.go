package session

import "context"

// Whole is all that a member may know, as a newcomer would be told it.
func (m *Member) Whole(ctx context.Context) (u Update) {
	_ = m.act(ctx, func(t *table, p *person) error {
		u = t.since(p, 0)
		return nil
	})
	return u
}

// Pruned is the revision up to which the room forgot what is gone.
func (r *Room) Pruned(ctx context.Context) (revision uint64) {
	_ = r.do(ctx, func(t *table) error {
		revision = t.pruned
		return nil
	})
	return revision
}

// Sizes are how many of everything a room holds.
type Sizes struct{ People, Guests, Items, Asides, Lines, Tombs int }

// Sizes counts what the room holds.
func (r *Room) Sizes(ctx context.Context) (s Sizes) {
	_ = r.do(ctx, func(t *table) error {
		s = Sizes{len(t.people), len(t.guests), len(t.items), len(t.asides), len(t.lines), len(t.tombs)}
		return nil
	})
	return s
}

// The limits that tests go up to.
const (
	MaxGuests = maxGuests
	MaxItems  = maxItems
	MaxLines  = maxLines
	MaxText   = maxText
	MaxTitle  = maxTitle
	MaxName   = maxName
	MaxTombs  = maxTombs
)

// CleanName is what a name becomes.
func CleanName(name string) string { return cleanName(name, maxName) }
