package whip

import (
	"errors"
	"strings"
	"testing"
)

// section is the m= part of an offer.
func sectionOf(kind string, lines ...string) string {
	s := "m=" + kind + " 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 " +
		strings.TrimSuffix(strings.Repeat("AA:", 32), ":") + "\r\n"
	for _, l := range lines {
		s += "a=" + l + "\r\n"
	}
	return s
}

func offerOf(sections ...string) string {
	return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + strings.Join(sections, "")
}

var offers = []struct {
	name, offer string
	want        error
	text        string // the error must contain
}{
	{"good", offerOf(sectionOf("video", "recvonly", "rtpmap:96 VP8/90000")), nil, ""},
	{"lower case", offerOf(sectionOf("video", "recvonly", "rtpmap:96 vp8/90000")), nil, ""},
	{"both ways", offerOf(sectionOf("video", "sendrecv", "rtpmap:96 VP8/90000")), nil, ""},
	{"audio first", offerOf(sectionOf("audio", "recvonly", "rtpmap:96 opus/48000/2"), sectionOf("video", "recvonly", "rtpmap:96 VP8/90000")), nil, ""},
	{"second video", offerOf(sectionOf("video", "recvonly", "rtpmap:96 H264/90000"), sectionOf("video", "recvonly", "rtpmap:96 VP8/90000")), nil, ""},
	{"empty", "", errBadOffer, ""},
	{"no SDP", "hello", errBadOffer, ""},
	{"truncated", "v=0\r\no=- 1 2 IN", errBadOffer, ""},
	{"many sections", offerOf(strings.Repeat(sectionOf("video", "recvonly", "rtpmap:96 VP8/90000"), 17)), errBadOffer, "17 media sections"},
	{"audio alone", offerOf(sectionOf("audio", "recvonly", "rtpmap:96 opus/48000/2")), errNoVideo, "recvonly"},
	{"sending video", offerOf(sectionOf("video", "sendonly", "rtpmap:96 VP8/90000")), errNoVideo, ""},
	{"other codecs", offerOf(sectionOf("video", "recvonly", "rtpmap:96 H264/90000", "rtpmap:97 rtx/90000", "rtpmap:98 AV1/90000")), errNoCodec, "H264, AV1"},
	{"endless codec", offerOf(sectionOf("video", "recvonly", "rtpmap:96 "+strings.Repeat("x", 9999)+"/90000")), errNoCodec, "…"},
	{"no credentials", strings.ReplaceAll(offerOf(sectionOf("video", "recvonly", "rtpmap:96 VP8/90000")), "a=ice-pwd", "a=other"), errNoTransport, "ice-pwd"},
	{"no fingerprint", strings.ReplaceAll(offerOf(sectionOf("video", "recvonly", "rtpmap:96 VP8/90000")), "a=fingerprint", "a=other"), errNoTransport, "fingerprint"},
}

func TestCheckOffer(t *testing.T) {
	for _, test := range offers {
		err := checkOffer(test.offer)
		if !errors.Is(err, test.want) || err != nil && !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func FuzzOffer(f *testing.F) {
	for _, test := range offers {
		f.Add(test.offer)
	}
	f.Fuzz(func(t *testing.T, offer string) {
		if err := checkOffer(offer); err == nil && !strings.Contains(strings.ToUpper(offer), "VP8") {
			t.Error("accepted without VP8")
		}
		if s, err := checkSections(offer, func(m *section) bool { return !sends(m) }); err == nil && s == (sections{}) {
			t.Error("accepted without a section")
		}
	})
}

var fragments = []struct {
	name, body string
	want       fragment
	bad        bool
}{
	{"candidates", "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=video 9 X 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=candidate:2 1 udp 1 192.0.2.2 9 typ host\r\na=end-of-candidates\r\n",
		fragment{ufrag: "abcd", password: "0123456789012345678901", candidates: []candidate{{"0", "candidate:1 1 udp 1 192.0.2.1 9 typ host"}, {"0", "candidate:2 1 udp 1 192.0.2.2 9 typ host"}}}, false},
	{"bare newlines", "a=candidate:x\n\na=other", fragment{candidates: []candidate{{"", "candidate:x"}}}, false},
	{"empty", "", fragment{}, false},
	{"repeated credentials", "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=ice-ufrag:abcd", fragment{ufrag: "abcd", password: "0123456789012345678901"}, false},
	{"two credentials", "a=ice-ufrag:abcd\na=ice-ufrag:abce", fragment{}, true},
	{"half of the credentials", "a=ice-ufrag:abcd", fragment{}, true},
	{"short password", "a=ice-ufrag:abcd\na=ice-pwd:short", fragment{}, true},
	{"a line break smuggled in", "a=ice-ufrag:ab\rcd\na=ice-pwd:0123456789012345678901", fragment{}, true},
	{"no lines of SDP", "hello", fragment{}, true},
	{"too many candidates", strings.Repeat("a=candidate:1\n", maxCandidates+1), fragment{}, true},
	{"too long", "a=" + strings.Repeat("x", maxFragment), fragment{}, true},
}

func TestParseFragment(t *testing.T) {
	for _, test := range fragments {
		got, err := parseFragment(test.body)
		if (err != nil) != test.bad || err != nil && !errors.Is(err, errBadFragment) {
			t.Errorf("%s: %v", test.name, err)
		}
		if err == nil && (got.ufrag != test.want.ufrag || got.password != test.want.password || len(got.candidates) != len(test.want.candidates)) {
			t.Errorf("%s: %+v", test.name, got)
		}
		for i, c := range test.want.candidates {
			if err == nil && got.candidates[i] != c {
				t.Errorf("%s: candidate %d is %+v", test.name, i, got.candidates[i])
			}
		}
	}
}

// FuzzFragment says that what is accepted can replace the credentials of an
// offer without changing anything else.
func FuzzFragment(f *testing.F) {
	for _, test := range fragments {
		f.Add(test.body)
	}
	offer := offers[0].offer
	f.Fuzz(func(t *testing.T, body string) {
		got, err := parseFragment(body)
		if err != nil || got.ufrag == "" {
			return
		}
		again := restarted(offer, got)
		if strings.Count(again, "\n") != strings.Count(offer, "\n") || checkOffer(again) != nil {
			t.Errorf("%q spoils the offer: %q", body, again)
		}
	})
}

func TestFormatFragment(t *testing.T) {
	answer := "v=0\r\na=ice-lite\r\nm=video 9 UDP 96\r\na=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1\r\na=sendonly\r\na=end-of-candidates\r\n" +
		"m=application 9 UDP webrtc\r\na=mid:1\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n"
	want := "a=ice-lite\r\nm=video 9 UDP 96\r\na=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1\r\na=end-of-candidates\r\n"
	if got := formatFragment(answer); got != want {
		t.Errorf("%q", got)
	}
}
