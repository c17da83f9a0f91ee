package session_test

import (
	"fmt"
	"testing"

	"github.com/virtualcube/virtualcube/session"
)

// BenchmarkNext is what a change costs that all of 48 people are told, whose
// microphones and cameras are on: an operation is one member's Next. With 10
// changes a second, a room does 480 of them a second.
func BenchmarkNext(b *testing.B) {
	r := open(b, session.Config{Seats: 12})
	var all []*session.Member
	for k := range session.DefaultPeople {
		m, err := r.Enter(b.Context(), host(fmt.Sprint(k)))
		must(b, err)
		must(b, m.Publish(b.Context(), session.Microphone, true))
		must(b, m.Publish(b.Context(), session.Camera, true))
		all = append(all, m)
	}
	for _, m := range all {
		_, err := m.Next(b.Context())
		must(b, err)
	}
	b.ReportAllocs()
	k := 0
	for b.Loop() {
		if k%len(all) == 0 {
			must(b, all[k/len(all)%len(all)].Raise(b.Context(), "", k/len(all)/len(all)%2 == 0))
		}
		_, err := all[k%len(all)].Next(b.Context())
		must(b, err)
		k++
	}
}
