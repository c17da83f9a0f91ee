package whip

import (
	"errors"
	"strings"
	"testing"

	rooms "github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/session/fanout"
	"github.com/virtualcube/virtualcube/signaling/room"
)

func TestChoice(t *testing.T) {
	relays := make(map[string]*fanout.Relay)
	media := func(what ...string) []room.Medium {
		var all []room.Medium
		for _, w := range what {
			name, speaking := strings.CutSuffix(w, "!")
			if relays[name] == nil {
				relays[name] = new(fanout.Relay)
			}
			person, source, _ := strings.Cut(name, "/")
			long := map[string]rooms.Source{"m": rooms.Microphone, "c": rooms.Camera, "s": rooms.Screen}[source]
			all = append(all, room.Medium{Person: person, Source: long, Relay: relays[name], Speaking: speaking})
		}
		return all
	}
	name := func(m room.Medium) string {
		for n, r := range relays {
			if r == m.Relay {
				return n
			}
		}
		return ""
	}
	type step struct {
		there        string
		audio, video string
	}
	for _, test := range []struct {
		name, person string
		steps        []step
	}{
		{"nobody", "", []step{{"", "", ""}}},
		{"who speaks is followed and stays", "", []step{
			{"a/m a/c b/m b/c", "a/m", "a/c"}, {"a/m a/c b/m! b/c", "b/m", "b/c"}, {"a/m a/c b/m b/c", "b/m", "b/c"},
			{"a/m! a/c b/m! b/c", "b/m", "b/c"}, {"a/m! a/c b/m b/c", "a/m", "a/c"}, {"b/m b/c", "b/m", "b/c"}, {"", "", ""},
		}},
		{"without a webcam the picture stays", "", []step{
			{"a/m! a/c b/m", "a/m", "a/c"}, {"a/m a/c b/m!", "b/m", "a/c"}, {"b/m! c/c", "b/m", "c/c"},
		}},
		{"a screen, for want of a webcam", "", []step{
			{"a/m! a/s b/m b/c", "a/m", "a/s"}, {"a/m! a/s a/c b/m b/c", "a/m", "a/c"}, {"b/s", "", "b/s"},
		}},
		{"one person alone", "b", []step{{"a/m! a/c", "", ""}, {"a/m! a/c b/m b/s", "b/m", "b/s"}, {"a/m! a/c", "", ""}}},
	} {
		c := choice{person: test.person}
		for i, s := range test.steps {
			before := c
			c.choose(media(strings.Fields(s.there)...))
			if name(c.audio) != s.audio || name(c.video) != s.video {
				t.Errorf("%s, step %d, of %s: %s and %s, want %s and %s", test.name, i, s.there, name(c.audio), name(c.video), s.audio, s.video)
			}
			if s.audio == name(before.audio) && c.audio != before.audio {
				t.Errorf("%s, step %d: the same voice counts as another", test.name, i)
			}
		}
	}
}

func TestSections(t *testing.T) {
	sound := sectionOf("audio", "rtpmap:96 opus/48000/2", "sendonly")
	video := sectionOf("video", "rtpmap:96 VP8/90000", "sendonly")
	for _, test := range []struct {
		name, offer string
		want        sections
		err         error
	}{
		{"both", offerOf(sound, video), sections{audio: true, video: true}, nil},
		{"sound", offerOf(sound), sections{audio: true}, nil},
		{"both ways", offerOf(strings.ReplaceAll(video, "sendonly", "sendrecv")), sections{video: true}, nil},
		{"unsaid", offerOf(strings.ReplaceAll(video, "a=sendonly\r\n", "")), sections{video: true}, nil},
		{"of another direction", offerOf(strings.ReplaceAll(video, "sendonly", "recvonly")), sections{}, errNothing},
		{"rejected", offerOf(strings.ReplaceAll(video, "m=video 9", "m=video 0")), sections{}, errNothing},
		{"data alone", offerOf(sectionOf("application", "sctp-port:5000")), sections{}, errNothing},
		{"no codec", offerOf(sound, sectionOf("video", "rtpmap:96 H264/90000", "sendonly")), sections{audio: true}, errNoCodec},
		{"no transport", offerOf(strings.ReplaceAll(sound, "a=ice-pwd", "a=x")), sections{}, errNoTransport},
		{"empty", "", sections{}, errBadOffer},
	} {
		got, err := checkSections(test.offer, func(m *section) bool { return !receives(m) })
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}
