package token

import (
	"errors"
	"fmt"
)

// Reason says why a token was refused.
type Reason string

// Reasons.
const (
	Missing     Reason = "missing"      // there is none
	Oversize    Reason = "oversize"     // more than MaxToken bytes
	Malformed   Reason = "malformed"    // no JWT, or claims out of their limits
	Algorithm   Reason = "algorithm"    // signed by an algorithm that is not accepted
	UnknownKey  Reason = "unknown_key"  // signed with a key that the node does not have
	Forged      Reason = "forged"       // the signature is not that of the named key
	Expired     Reason = "expired"      // "exp" is past
	NotYet      Reason = "not_yet"      // "nbf" is to come
	ForeignRoom Reason = "foreign_room" // made for another room
	NotAllowed  Reason = "not_allowed"  // lacks the grant
)

// Error is a refusal. Its text is for people: it says what is wrong and what
// to do, and holds neither token nor secret.
type Error struct {
	Reason Reason
	text   string
}

// Error implements error.
func (e *Error) Error() string { return e.text }

// ReasonOf is the reason of a refusal, empty if err is none.
func ReasonOf(err error) Reason {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal.Reason
	}
	return ""
}

// Refusal is a refusal for want of a grant. Its text says what to ask for.
func Refusal(text string) error { return refuse(NotAllowed, "%s", text) }

func refuse(reason Reason, format string, args ...any) error {
	return &Error{Reason: reason, text: fmt.Sprintf(format, args...)}
}

func malformed(format string, args ...any) error {
	return refuse(Malformed, "the token cannot be used: "+format, args...)
}
