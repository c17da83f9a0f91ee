package whip

import (
	"errors"
	"fmt"
	"strings"
)

// maxCandidates bounds a fragment.
const maxCandidates = 64

var errBadFragment = errors.New("the body is no trickle-ice-sdpfrag")

// fragment is an application/trickle-ice-sdpfrag body (RFC 8840 section 9).
type fragment struct {
	ufrag, password string // empty where not stated
	candidates      []candidate
}

type candidate struct {
	mid  string
	line string // "candidate:..."
}

// parseFragment reads a fragment. Attributes that ICE does not need are
// skipped.
func parseFragment(body string) (fragment, error) {
	var f fragment
	if len(body) > maxFragment {
		return f, fmt.Errorf("%w: %d bytes, %d are possible", errBadFragment, len(body), maxFragment)
	}
	mid := ""
	n := 0
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		n++
		if line == "" {
			continue
		}
		kind, value, ok := strings.Cut(line, "=")
		if !ok || len(kind) != 1 {
			return f, fmt.Errorf("%w: line %d is no x=value", errBadFragment, n)
		}
		if kind != "a" {
			continue
		}
		if err := f.attribute(value, &mid); err != nil {
			return f, fmt.Errorf("%w: line %d: %w", errBadFragment, n, err)
		}
	}
	if (f.ufrag == "") != (f.password == "") {
		return f, fmt.Errorf("%w: ice-ufrag and ice-pwd come together", errBadFragment)
	}
	return f, nil
}

func (f *fragment) attribute(value string, mid *string) error {
	key, rest, _ := strings.Cut(value, ":")
	switch key {
	case "mid":
		*mid = rest
	case "ice-ufrag":
		return setOnce(&f.ufrag, rest, 4)
	case "ice-pwd":
		return setOnce(&f.password, rest, 22)
	case "candidate":
		if len(f.candidates) == maxCandidates {
			return fmt.Errorf("more than %d candidates", maxCandidates)
		}
		f.candidates = append(f.candidates, candidate{mid: *mid, line: value})
	}
	return nil
}

// setOnce stores ICE credentials: RFC 8839 section 5.4 bounds them to 256
// characters of letters, digits, + and /. They may be repeated, not changed.
func setOnce(field *string, value string, least int) error {
	for _, c := range value {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/' {
			return fmt.Errorf("%q is no ICE character", c)
		}
	}
	if len(value) < least || len(value) > 256 {
		return fmt.Errorf("ICE credential of %d characters, %d to 256 are possible", len(value), least)
	}
	if *field != "" && *field != value {
		return errors.New("two different ICE credentials")
	}
	*field = value
	return nil
}

// formatFragment writes the ICE part of a description: what answers an ICE
// restart.
func formatFragment(description string) string {
	var b strings.Builder
	seen := make(map[string]bool)
	for line := range strings.Lines(description) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "a=ice-lite"), strings.HasPrefix(line, "a=ice-ufrag:"), strings.HasPrefix(line, "a=ice-pwd:"),
			strings.HasPrefix(line, "a=candidate:"), line == "a=end-of-candidates":
		case strings.HasPrefix(line, "m="), strings.HasPrefix(line, "a=mid:"):
			// Everything is bundled: the first section speaks for all.
			key, _, _ := strings.Cut(line, "=")
			if key == "a" {
				key = "mid"
			}
			if seen[key] {
				continue
			}
			seen[key] = true
			b.WriteString(line + "\r\n")
			continue
		default:
			continue
		}
		if !seen[line] {
			seen[line] = true
			b.WriteString(line + "\r\n")
		}
	}
	return b.String()
}

// restarted is an offer as it is after an ICE restart: the same but for its
// credentials and candidates.
func restarted(offer string, f fragment) string {
	var b strings.Builder
	for line := range strings.Lines(offer) {
		switch {
		case strings.HasPrefix(line, "a=ice-ufrag:"):
			line = "a=ice-ufrag:" + f.ufrag + "\r\n"
		case strings.HasPrefix(line, "a=ice-pwd:"):
			line = "a=ice-pwd:" + f.password + "\r\n"
		case strings.HasPrefix(line, "a=candidate:"), strings.HasPrefix(line, "a=end-of-candidates"):
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}
