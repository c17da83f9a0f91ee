package session

import (
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/virtualcube/virtualcube/models/host"
	"github.com/virtualcube/virtualcube/session/gaze"
)

// Grants are what an access token allows, beside the role.
type Grants struct {
	Microphone, Camera, Screen bool
	Receive                    bool // media of others
	Write                      bool // chat, items
	// Cube is that whose rig is put on the participant's seat; empty: none.
	Cube string
	// Direct means that the lobby is passed by, Wait that the holder waits for a
	// host whether the room has one or not.
	Direct, Wait bool
}

// AllGrants allow everything but a rig.
func AllGrants() Grants {
	return Grants{Microphone: true, Camera: true, Screen: true, Receive: true, Write: true}
}

// Entry is somebody at the door.
type Entry struct {
	Identity string // from the token; empty: a guest, of whom there may be many
	Name     string // shown to others
	Role     Role
	Grants   Grants
	// Program says that it is software, which cannot act: it never leads, and
	// nobody can speak aside with it.
	Program bool
	// Resume is the secret of a participant whose connection was lost, empty
	// for a newcomer, and Revision what that one knows.
	Resume   string
	Revision uint64
}

// person is a participant as the room knows them.
type person struct {
	Person
	at uint64 // revision
	// anew is the revision at which what they may see became another: what they
	// knew before is told again, whole.
	anew     uint64
	identity string
	token    Role // by the token
	given    Role // by the token or, unless it is Host, by a host
	grants   Grants
	// appointed says that another host made them one.
	appointed bool
	rig       bool // nobody: a rig that sits by itself
	resume    string
	member    *Member // the present connection; nil without one
	since     time.Time
	leaves    time.Time // when the seat is given up, while not present
	speech    speech
	attention *gaze.Tracker // nil before the first look
	chains    map[Source][]host.Link
	chainsAt  uint64 // revision
}

// guest waits in the lobby.
type guest struct {
	Guest
	at     uint64
	entry  Entry
	member *Member
}

// secret cannot be guessed: 130 bits.
func secret() string { return rand.Text() }

// resumed finds the participant that a secret belongs to.
func (t *table) resumed(resume string) *person {
	for _, p := range t.people {
		if resume != "" && !p.rig && subtle.ConstantTimeCompare([]byte(p.resume), []byte(resume)) == 1 {
			return p
		}
	}
	return nil
}

// cleanName makes what somebody calls themselves fit to be shown: one line
// without control characters, of limited length.
func cleanName(name string, limit int) string {
	var clean []rune
	space := true
	for _, c := range name {
		switch {
		case len(clean) >= limit:
			return strings.TrimSuffix(string(clean), " ")
		case c == utf8.RuneError:
		case unicode.IsSpace(c):
			if !space {
				clean = append(clean, ' ')
			}
			space = true
		case unicode.IsGraphic(c):
			clean = append(clean, c)
			space = false
		}
	}
	return strings.TrimSuffix(string(clean), " ")
}

// muted is a participant who is not heard from now on.
func (p *person) muted() { p.Speaking, p.speech = false, speech{} }

// touch notes that a participant changed.
func (t *table) touch(p *person) { p.at = t.changed() }
