package session_test

import (
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
)

// hears is how a client hears another: "voice", "murmur" or nothing.
func (c *client) hears(q *client) string {
	c.t.Helper()
	c.read()
	for _, s := range c.streams {
		switch {
		case s.Person != q.self.ID || s.Source != session.Microphone:
		case s.Murmur:
			return "murmur"
		default:
			return "voice"
		}
	}
	return ""
}

// talk is a room of n people whose microphones are on; the first is a host.
func talk(t *testing.T, n int) (all []*client) {
	t.Helper()
	r := open(t, session.Config{Kept: 20 * time.Second})
	for k := range n {
		e := speaker(string(rune('a' + k)))
		if k == 0 {
			e.Role = session.Host
		}
		c := enter(t, r, e)
		must(t, c.Publish(t.Context(), session.Microphone, true))
		all = append(all, c)
	}
	return all
}

// heard checks who hears whom: a line a listener, a column a speaker; v, m or
// - for a voice, a murmur and nothing.
func heard(t *testing.T, all []*client, when string, want ...string) {
	t.Helper()
	names := map[string]byte{"voice": 'v', "murmur": 'm', "": '-'}
	for k, c := range all {
		var got []byte
		for _, q := range all {
			got = append(got, names[c.hears(q)])
		}
		if string(got) != want[k] {
			t.Errorf("%s: %c hears %s, not %s", when, 'a'+k, got, want[k])
		}
	}
}

func TestSideDiscussion(t *testing.T) {
	faked(t, func(t *testing.T) {
		all := talk(t, 4)
		a, b, c, d := all[0], all[1], all[2], all[3]
		heard(t, all, "at first", "-vvv", "v-vv", "vv-v", "vvv-")
		id, err := b.Whisper(t.Context(), c.self.ID)
		must(t, err)
		heard(t, all, "b and c", "---v", "v-vv", "vv-v", "v---")
		must(t, a.Rule(t.Context(), session.Rules{Murmur: true}))
		heard(t, all, "murmuring", "-mmv", "v-vv", "vv-v", "vmm-")
		must(t, a.Rule(t.Context(), session.Rules{}))
		again, err := b.Whisper(t.Context(), c.self.ID)
		must(t, err)
		third, err := d.Whisper(t.Context(), c.self.ID)
		must(t, err)
		if again != id || third != id || b.me().Aside != id || len(b.Asides[id].Members) != 3 {
			t.Errorf("side discussions %s, %s, %s: %v", id, again, third, b.Asides)
		}
		heard(t, all, "b, c and d", "----", "v-vv", "vv-v", "vvv-")
		_, err = c.Whisper(t.Context(), "")
		must(t, err)
		heard(t, all, "c left", "--v-", "v-vv", "v---", "vvv-")
		// To turn to somebody else is to leave: the last of two is in none.
		_, err = d.Whisper(t.Context(), a.self.ID)
		must(t, err)
		heard(t, all, "d turned to a", "-vvv", "--v-", "-v--", "vvv-")
		if b.me().Aside != "" || len(b.Asides) != 1 {
			t.Errorf("b is in %q of %v", b.me().Aside, b.Asides)
		}
		must(t, a.Appoint(t.Context(), d.self.ID, session.Listener))
		heard(t, all, "d listens", "-vv-", "v-v-", "vv--", "vvv-")
		_, err = a.Whisper(t.Context(), a.self.ID)
		refused(t, err, session.ErrMalformed)
		_, err = a.Whisper(t.Context(), "p77")
		refused(t, err, session.ErrUnknown)
		_, err = a.Whisper(t.Context(), d.self.ID)
		refused(t, err, session.ErrForbidden)
	})
}

// TestAsideOfLost says that who is cut off comes back into their side
// discussion, and that it is over with them.
func TestAsideOfLost(t *testing.T) {
	faked(t, func(t *testing.T) {
		all := talk(t, 3)
		a, b, c := all[0], all[1], all[2]
		id, err := b.Whisper(t.Context(), c.self.ID)
		must(t, err)
		c.Lose(t.Context())
		wait(t, 10*time.Second)
		if a.hears(b) != "" || b.me().Aside != id {
			t.Error("b is overheard as soon as c is cut off")
		}
		_, err = a.Whisper(t.Context(), c.self.ID)
		refused(t, err, session.ErrUnknown)
		c.back()
		heard(t, all, "c is back", "---", "v-v", "vv-")
		c.Lose(t.Context())
		wait(t, 21*time.Second)
		if a.hears(b) != "voice" || b.me().Aside != "" || len(a.Asides) != 0 {
			t.Errorf("c is gone: b is in %q of %v", b.me().Aside, a.Asides)
		}
	})
}

func TestLinesOfAside(t *testing.T) {
	faked(t, func(t *testing.T) {
		all := talk(t, 4)
		a, b, c, d := all[0], all[1], all[2], all[3]
		say := func(p *client, text string, among bool) {
			t.Helper()
			_, err := p.Say(t.Context(), text, among)
			must(t, err)
		}
		_, err := b.Say(t.Context(), "to whom?", true)
		refused(t, err, session.ErrMalformed)
		_, err = b.Whisper(t.Context(), c.self.ID)
		must(t, err)
		say(a, "1", false)
		say(b, "secret", true)
		say(c, "2", false)
		_, err = d.Whisper(t.Context(), c.self.ID)
		must(t, err)
		say(d, "of three", true)
		_, err = b.Whisper(t.Context(), "")
		must(t, err)
		say(c, "of two", true)
		check := func(when string) {
			t.Helper()
			for k, want := range []string{"1|2", "1|secret|2|of three", "1|secret|2|of three|of two", "1|2|of three|of two"} {
				if all[k].read(); all[k].texts() != want {
					t.Errorf("%s: %c reads %q, not %q", when, 'a'+k, all[k].texts(), want)
				}
			}
		}
		check("as it comes")
		for _, p := range all {
			p.Lose(t.Context())
			p.backAt(0)
		}
		check("told anew")
		must(t, a.Appoint(t.Context(), b.self.ID, session.Host))
		check("with another host")
	})
}
