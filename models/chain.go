package models

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Link is one filter of a chain as it was written: its name, and the parameters
// that differ from their defaults.
type Link struct {
	Filter     string
	Parameters map[string]string
}

// MaxLinks bounds a chain.
const MaxLinks = 8

// ErrChain is wrapped by every error of ParseChain.
var ErrChain = errors.New("invalid chain")

const maxChain = 4096 // bytes

// ParseChain reads a chain: filters in their order, as in
//
//	denoise(strength=0.8),matte(mode=blur,radius=12)
//
// A value that holds one of , ( ) or = stands between double quotes, within
// which "" is a double quote. An empty text is a chain of none.
func ParseChain(text string) ([]Link, error) {
	if len(text) > maxChain {
		return nil, fmt.Errorf("%w: it has %d bytes, at most %d are possible", ErrChain, len(text), maxChain)
	}
	r := chainReader{text: text}
	var links []Link
	for !r.end() || len(links) > 0 {
		link, err := r.link()
		if err != nil {
			return nil, fmt.Errorf("%w: at byte %d: %w", ErrChain, r.at, err)
		}
		if links = append(links, link); len(links) > MaxLinks {
			return nil, fmt.Errorf("%w: there are more than %d filters", ErrChain, MaxLinks)
		}
		if r.end() {
			break
		}
		if !r.take(',') {
			return nil, fmt.Errorf("%w: at byte %d: a comma is expected between filters", ErrChain, r.at)
		}
	}
	return links, nil
}

// FormatChain writes a chain so that ParseChain reads it.
func FormatChain(links []Link) string {
	var b strings.Builder
	for i, l := range links {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.Filter)
		for j, name := range slices.Sorted(maps.Keys(l.Parameters)) {
			b.WriteByte("(,"[min(j, 1)])
			b.WriteString(name + "=" + quoted(l.Parameters[name]))
		}
		if len(l.Parameters) > 0 {
			b.WriteByte(')')
		}
	}
	return b.String()
}

func quoted(value string) string {
	if value == "" || strings.ContainsAny(value, `,()="`+" ") {
		return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	}
	return value
}

// chainReader reads a chain from left to right. Spaces between its parts do not
// matter.
type chainReader struct {
	text string
	at   int
}

func (r *chainReader) spaces() {
	for r.at < len(r.text) && r.text[r.at] == ' ' {
		r.at++
	}
}

func (r *chainReader) end() bool {
	r.spaces()
	return r.at == len(r.text)
}

func (r *chainReader) take(c byte) bool {
	r.spaces()
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

// word reads up to a space or a sign of the syntax.
func (r *chainReader) word() string {
	r.spaces()
	begin := r.at
	for r.at < len(r.text) && !strings.ContainsRune(`,()=" `, rune(r.text[r.at])) {
		r.at++
	}
	return r.text[begin:r.at]
}

func (r *chainReader) link() (Link, error) {
	l := Link{Filter: r.word()}
	if l.Filter == "" {
		return l, errors.New("the name of a filter is expected")
	}
	if !r.take('(') || r.take(')') {
		return l, nil
	}
	l.Parameters = make(map[string]string)
	for {
		name := r.word()
		if name == "" || !r.take('=') {
			return l, fmt.Errorf("%s: a parameter is expected, as in name=value", l.Filter)
		}
		if _, twice := l.Parameters[name]; twice {
			return l, fmt.Errorf("%s: %s is given twice", l.Filter, name)
		}
		value, err := r.value()
		if err != nil {
			return l, fmt.Errorf("%s: %s: %w", l.Filter, name, err)
		}
		l.Parameters[name] = value
		if r.take(')') {
			return l, nil
		}
		if !r.take(',') {
			return l, fmt.Errorf("%s: a comma or a closing parenthesis is expected after %s", l.Filter, name)
		}
	}
}

func (r *chainReader) value() (string, error) {
	if !r.take('"') {
		if w := r.word(); w != "" {
			return w, nil
		}
		return "", errors.New("a value is expected")
	}
	var b strings.Builder
	for r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		if c == '"' {
			if r.at == len(r.text) || r.text[r.at] != '"' {
				return b.String(), nil
			}
			r.at++
		}
		b.WriteByte(c)
	}
	return "", errors.New("a double quote is missing at the end")
}
