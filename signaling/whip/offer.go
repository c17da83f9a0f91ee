package whip

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// Limits of what a viewer may send, in bytes and lines.
const (
	maxOffer    = 64 << 10
	maxFragment = 16 << 10
	maxSections = 16 // m= lines
	maxCodec    = 80 // bytes of codec names that an error repeats
)

// Errors of checkOffer.
var (
	errBadOffer    = errors.New("the offer is not valid SDP")
	errNoVideo     = errors.New("the offer has no video to receive: add one recvonly video transceiver")
	errNothing     = errors.New("the offer has neither audio nor video for this direction")
	errNoCodec     = errors.New("no common codec")
	errNoTransport = errors.New("the offer lacks ICE credentials or a DTLS fingerprint")
)

// parseOffer reads an offer within its limits.
func parseOffer(offer string) (sdp.SessionDescription, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		return d, fmt.Errorf("%w: %w", errBadOffer, err)
	}
	if d.Origin.Username == "" { // the parser takes an empty text for SDP
		return d, fmt.Errorf("%w: it is empty", errBadOffer)
	}
	if len(d.MediaDescriptions) > maxSections {
		return d, fmt.Errorf("%w: %d media sections, %d are possible", errBadOffer, len(d.MediaDescriptions), maxSections)
	}
	return d, nil
}

// section is one m= part of a description.
type section = sdp.MediaDescription

// sections are what an offer has for one direction.
type sections struct{ audio, video bool }

// checkSections says whether the sections of an offer that the caller wants can
// be answered, each with this node's codec, and which there are.
func checkSections(offer string, wanted func(*section) bool) (s sections, err error) {
	d, err := parseOffer(offer)
	if err != nil {
		return s, err
	}
	for _, m := range d.MediaDescriptions {
		codec, there := "Opus", &s.audio
		switch m.MediaName.Media {
		case "audio":
		case "video":
			codec, there = "VP8", &s.video
		default:
			continue
		}
		if m.MediaName.Port.Value == 0 && !bundled(m) || !wanted(m) {
			continue
		}
		if !slices.ContainsFunc(codecs(m), func(n string) bool { return strings.EqualFold(n, codec) }) {
			return s, noCodec(m.MediaName.Media, codec, codecs(m))
		}
		if err := checkTransport(d, m); err != nil {
			return s, err
		}
		*there = true
	}
	if s == (sections{}) {
		return s, errNothing
	}
	return s, nil
}

// checkOffer says whether an offer can be answered, before anything is made
// for it.
func checkOffer(offer string) error {
	d, err := parseOffer(offer)
	if err != nil {
		return err
	}
	var offered []string
	video := false
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Media != "video" || m.MediaName.Port.Value == 0 && !bundled(m) || sends(m) {
			continue
		}
		video = true
		names := codecs(m)
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, "VP8") }) {
			return checkTransport(d, m)
		}
		offered = append(offered, names...)
	}
	if !video {
		return errNoVideo
	}
	return noCodec("video", "VP8", offered)
}

func noCodec(kind, codec string, offered []string) error {
	list := strings.Join(slices.Compact(offered), ", ")
	if len(list) > maxCodec {
		list = list[:maxCodec] + "…"
	}
	return fmt.Errorf("%w: this node's %s is %s, the offer has %q", errNoCodec, kind, codec, list)
}

// bundled says that port 0 means "bundled", not "rejected" (RFC 8843
// section 6).
func bundled(m *sdp.MediaDescription) bool {
	_, only := m.Attribute("bundle-only")
	return only
}

// sends says that a section does nothing but send, or nothing at all.
func sends(m *sdp.MediaDescription) bool {
	_, sendOnly := m.Attribute("sendonly")
	_, inactive := m.Attribute("inactive")
	return sendOnly || inactive
}

// receives says that a section does nothing but receive, or nothing at all.
func receives(m *sdp.MediaDescription) bool {
	_, receiveOnly := m.Attribute("recvonly")
	_, inactive := m.Attribute("inactive")
	return receiveOnly || inactive
}

// codecs names the codecs of a section in the offer's order.
func codecs(m *sdp.MediaDescription) []string {
	var names []string
	for _, a := range m.Attributes {
		if a.Key != "rtpmap" {
			continue
		}
		_, codec, _ := strings.Cut(a.Value, " ")
		name, _, _ := strings.Cut(codec, "/")
		switch strings.ToLower(name) {
		case "", "rtx", "red", "ulpfec", "flexfec-03":
		default:
			names = append(names, name)
		}
	}
	return names
}

func checkTransport(d sdp.SessionDescription, m *sdp.MediaDescription) error {
	for _, key := range []string{"ice-ufrag", "ice-pwd", "fingerprint"} {
		_, inMedia := m.Attribute(key)
		_, inSession := d.Attribute(key)
		if !inMedia && !inSession {
			return fmt.Errorf("%w: a=%s is missing", errNoTransport, key)
		}
	}
	return nil
}
