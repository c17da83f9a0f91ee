package session_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virtualcube/virtualcube/session"
)

func TestTexts(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		c := enter(t, r, speaker("s"))
		for _, x := range []struct{ said, read string }{
			{"hello", "hello"}, {" a\n\tb \x00\x1b[0m ", "a\n\tb [0m"}, {strings.Repeat("é", session.MaxText), strings.Repeat("é", session.MaxText)},
			{"", ""}, {" \n\x07", ""}, {"a\xff", ""}, {strings.Repeat("é", session.MaxText+1), ""},
		} {
			said := time.Now().UnixMilli()
			_, err := c.Say(t.Context(), x.said, false)
			if x.read == "" {
				refused(t, err, session.ErrMalformed)
				continue
			}
			must(t, err)
			c.read()
			if got := c.Lines[len(c.Lines)-1]; got.Text != x.read || got.From != c.self.ID || got.Name != "s" || got.At < said || got.At > time.Now().UnixMilli() {
				t.Errorf("%q is read as %+v", x.said, got)
			}
		}
	})
}

func TestChatIsBounded(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{})
		c := enter(t, r, speaker("s"))
		for k := range session.MaxLines + 10 {
			_, err := c.Say(t.Context(), fmt.Sprint(k), false)
			must(t, err)
		}
		if u := c.Whole(t.Context()); len(u.Lines) != session.MaxLines || u.Lines[0].Text != "10" {
			t.Errorf("there are %d lines from %q", len(u.Lines), u.Lines[0].Text)
		}
	})
}

// TestWholeRoomFitsAMessage says that whoever comes can be told the largest
// room at once: in the 128 KiB of signaling/protocol.MaxRoomMessage, with 4 KiB
// for all that is round it.
func TestWholeRoomFitsAMessage(t *testing.T) {
	faked(t, func(t *testing.T) {
		r := open(t, session.Config{Seats: 12, Lobby: true})
		name := strings.Repeat("<", session.MaxName) // 6 bytes each, as JSON
		h := enter(t, r, entry(session.Host, name))
		h.Leave(t.Context())
		e := entry(session.Host, name)
		var all []*client
		for range session.DefaultPeople {
			e.Identity = ""
			all = append(all, enter(t, r, e))
		}
		e.Role = session.Speaker
		for range session.MaxGuests {
			enter(t, r, e)
		}
		path := "/" + strings.Repeat("<", 255)
		for k := range session.MaxItems {
			id, err := all[k].Place(t.Context(), session.Placing{Kind: session.Picture, Picture: path, Title: strings.Repeat("<", session.MaxTitle), Aspect: 1.1})
			must(t, err)
			must(t, all[k].Point(t.Context(), id, 1.0/3, 1.0/7))
			must(t, all[k+16].Point(t.Context(), id, 1.0/3, 1.0/7))
			must(t, all[k+32].Point(t.Context(), id, 1.0/3, 1.0/7))
		}
		for k := range len(all) / 2 {
			_, err := all[2*k].Whisper(t.Context(), all[2*k+1].self.ID)
			must(t, err)
			must(t, all[k].Publish(t.Context(), session.Microphone, true))
			must(t, all[k].Raise(t.Context(), "", true))
		}
		for range session.MaxLines {
			_, err := all[0].Say(t.Context(), strings.Repeat("<", session.MaxText), false)
			must(t, err)
		}
		text, err := json.Marshal(all[0].Whole(t.Context()))
		must(t, err)
		if len(text) > 124<<10 {
			t.Errorf("the whole room is %d KiB", len(text)>>10)
		}
	})
}
