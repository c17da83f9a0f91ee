package session

import (
	"context"
	"time"
)

func (t *table) attend(time.Time) {}

// ShareLooks says whether the participant's attention is computed and shown.
func (m *Member) ShareLooks(ctx context.Context, share bool) error {
	return m.act(ctx, func(t *table, p *person) error {
		p.Looks = Looks{Shared: share}
		t.touch(p)
		return nil
	})
}
