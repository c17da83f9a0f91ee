package token

import "slices"

// Grants are the claim "video", with LiveKit's names and meaning: a permission
// that is not set is granted, but for canUpdateOwnMetadata.
type Grants struct {
	RoomJoin   bool   `json:"roomJoin,omitempty"`
	Room       string `json:"room,omitempty"`
	RoomAdmin  bool   `json:"roomAdmin,omitempty"`
	RoomCreate bool   `json:"roomCreate,omitempty"`
	RoomList   bool   `json:"roomList,omitempty"`
	RoomRecord bool   `json:"roomRecord,omitempty"`

	CanPublish     *bool `json:"canPublish,omitempty"`
	CanSubscribe   *bool `json:"canSubscribe,omitempty"`
	CanPublishData *bool `json:"canPublishData,omitempty"`
	// CanPublishSources narrows canPublish to these sources; empty is all.
	CanPublishSources    []Source `json:"canPublishSources,omitempty"`
	CanUpdateOwnMetadata *bool    `json:"canUpdateOwnMetadata,omitempty"`

	Hidden   bool `json:"hidden,omitempty"`   // others are not shown this participant
	Recorder bool `json:"recorder,omitempty"` // records the room: others are told
	Agent    bool `json:"agent,omitempty"`    // a program
}

// Source is what a track comes from, with LiveKit's names.
type Source string

// Sources.
const (
	Camera           Source = "camera"
	Microphone       Source = "microphone"
	ScreenShare      Source = "screen_share"
	ScreenShareAudio Source = "screen_share_audio"
)

// Publish says whether any track may be published.
func (g Grants) Publish() bool { return unset(g.CanPublish, true) }

// PublishSource says whether tracks of a source may be published.
func (g Grants) PublishSource(s Source) bool {
	return g.Publish() && (len(g.CanPublishSources) == 0 || slices.Contains(g.CanPublishSources, s))
}

// PublishData says whether messages to others may be sent: canPublish decides
// where canPublishData is not set.
func (g Grants) PublishData() bool { return unset(g.CanPublishData, g.Publish()) }

// Subscribe says whether others' tracks may be received.
func (g Grants) Subscribe() bool { return unset(g.CanSubscribe, true) }

// UpdateOwnMetadata says whether the participant may change its own name and
// metadata.
func (g Grants) UpdateOwnMetadata() bool { return unset(g.CanUpdateOwnMetadata, false) }

func unset(permission *bool, otherwise bool) bool {
	if permission == nil {
		return otherwise
	}
	return *permission
}

// Role is what somebody is in a room when they enter. The room's hosts may
// change it, within the grants.
type Role string

// Roles.
const (
	Host     Role = "host"     // may admit, mute, remove, lock and arrange
	Speaker  Role = "speaker"  // has a seat and is heard
	Listener Role = "listener" // sees and hears until a host makes them a speaker
)

// Lobby says whether somebody waits to be admitted.
type Lobby string

// Lobby rules.
const (
	RoomDecides Lobby = ""       // as the room does with people of this kind
	Bypass      Lobby = "bypass" // enters at once
	Wait        Lobby = "wait"   // is admitted by a host, even where the room has no lobby
)
