package session

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Say writes a line into the chat: for all, or for those in one's side
// discussion. Beyond 200 lines, or maxChat bytes, the oldest are forgotten.
func (m *Member) Say(ctx context.Context, text string, among bool) (id string, err error) {
	text, err = cleanText(text)
	if err != nil {
		return "", err
	}
	err = m.act(ctx, func(t *table, p *person) error {
		if !p.grants.Write {
			return refuse(ErrForbidden, "Your token does not allow writing.")
		}
		l := line{Line: Line{ID: t.id('c'), From: p.ID, Name: p.Name, Text: text, At: time.Now().UnixMilli()}}
		if among {
			a := t.asides[p.Aside]
			if a == nil {
				return refuse(ErrMalformed, "You are in no side discussion.")
			}
			l.Aside, l.seen = a.ID, slices.Clone(a.Members)
		}
		data, err := json.Marshal(l.Line)
		if err != nil {
			return err // a line is text and a number
		}
		l.at, l.size = t.changed(), len(data)
		t.lines = append(t.lines, l)
		t.forget()
		id = l.ID
		return nil
	})
	return id, err
}

// forget drops the oldest lines beyond the limits.
func (t *table) forget() {
	size := 0
	for k := len(t.lines) - 1; k >= 0; k-- {
		if size += t.lines[k].size; size > maxChat || len(t.lines)-k > maxLines {
			t.lines = slices.Delete(t.lines, 0, k+1)
			return
		}
	}
}

// cleanText refuses what is no text, and takes control characters out.
func cleanText(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", refuse(ErrMalformed, "The text is not UTF-8.")
	}
	if n := utf8.RuneCountInString(text); n > maxText {
		return "", refuse(ErrMalformed, "The text has %d characters, %d are possible. Send it in parts.", n, maxText)
	}
	text = strings.TrimSpace(strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && unicode.IsControl(c) {
			return -1
		}
		return c
	}, text))
	if text == "" {
		return "", refuse(ErrMalformed, "There is no text in it.")
	}
	return text, nil
}

// Raise lifts one's hand or takes one down: one's own, or as a host another's.
func (m *Member) Raise(ctx context.Context, who string, up bool) error {
	return m.act(ctx, func(t *table, p *person) error {
		q, err := t.whom(p, who)
		if err != nil {
			return err
		}
		if up && q != p {
			return refuse(ErrForbidden, "Nobody can raise another's hand.")
		}
		switch {
		case up && q.Hand == 0:
			q.Hand = t.stamp()
		case !up:
			q.Hand = 0
		}
		t.touch(q)
		return nil
	})
}
