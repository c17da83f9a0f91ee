package token

import (
	"fmt"
	"net/url"
)

// Link is the address that opens a room of a node's page with a token, which is
// in the fragment. The base is https://node[/path/], or http:// on this machine.
func Link(base, room, raw string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("make link: %.100q is not the address of a node, such as https://node.example", base)
	}
	if !trusted(u) {
		return "", fmt.Errorf("make link: %.100q must be https, since browsers give camera and microphone only to secure pages", base)
	}
	if !RoomName(room) {
		return "", fmt.Errorf("make link: %.64q is no name for a room", room)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	// A JWT has no character that a fragment would escape.
	return u.String() + "#room=" + room + "&token=" + raw, nil
}
