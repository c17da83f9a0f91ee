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
	errNoCodec     = errors.New("no common video codec")
	errNoTransport = errors.New("the offer lacks ICE credentials or a DTLS fingerprint")
)

// checkOffer says whether an offer can be answered, before anything is made
// for it.
func checkOffer(offer string) error {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		return fmt.Errorf("%w: %w", errBadOffer, err)
	}
	if d.Origin.Username == "" { // the parser takes an empty text for SDP
		return fmt.Errorf("%w: it is empty", errBadOffer)
	}
	if len(d.MediaDescriptions) > maxSections {
		return fmt.Errorf("%w: %d media sections, %d are possible", errBadOffer, len(d.MediaDescriptions), maxSections)
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
	list := strings.Join(slices.Compact(offered), ", ")
	if len(list) > maxCodec {
		list = list[:maxCodec] + "…"
	}
	return fmt.Errorf("%w: this node sends VP8, the offer has %q", errNoCodec, list)
}

// bundled says that port 0 means "bundled", not "rejected" (RFC 8843
// section 6).
func bundled(m *sdp.MediaDescription) bool {
	_, only := m.Attribute("bundle-only")
	return only
}

func sends(m *sdp.MediaDescription) bool {
	_, sendOnly := m.Attribute("sendonly")
	_, inactive := m.Attribute("inactive")
	return sendOnly || inactive
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
