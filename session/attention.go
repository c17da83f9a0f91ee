package session

import "time"

func (t *table) attend(time.Time) {}

// ShareLooks says whether the participant's attention is computed and shown.
func (m *Member) ShareLooks(share bool) {}
