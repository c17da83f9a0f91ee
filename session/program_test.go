package session_test

import (
	"testing"

	"github.com/virtualcube/virtualcube/session"
)

func TestProgramNeverLeads(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Open: true})
		program := speaker("camera")
		program.Program = true
		p := enter(t, r, program)
		p.roleIs(session.Speaker, "alone in an open room")
		a, b := enter(t, r, speaker("a")), enter(t, r, speaker("b"))
		a.roleIs(session.Host, "the first person")
		if _, err := b.Whisper(t.Context(), p.self.ID); err == nil {
			t.Error("somebody speaks aside with a program")
		}
		if err := a.Appoint(t.Context(), p.self.ID, session.Host); err == nil {
			t.Error("a program was made a host")
		}
		must(t, a.Appoint(t.Context(), p.self.ID, session.Listener))
		must(t, a.Appoint(t.Context(), p.self.ID, session.Speaker))
		a.Leave(t.Context())
		b.roleIs(session.Host, "after the first person left")
		p.roleIs(session.Speaker, "still")
	})
}
