package rtc

import (
	"strings"
	"testing"
)

// answers are descriptions of one section, and what is none.
var answers = []string{
	"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 AA\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:mic\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n",
	"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
	"",
	"m=\r\nm=",
	"a=ice-ufrag:\r\na=ice-pwd:",
}

func TestCheckAnswer(t *testing.T) {
	for i, a := range answers {
		if err := checkAnswer(a, 1); (err == nil) != (i == 0) {
			t.Errorf("answer %d: %v", i, err)
		}
	}
}

// FuzzAnswer says that whatever is answered is refused or has what is needed,
// and that replacing its credentials keeps its sections.
func FuzzAnswer(f *testing.F) {
	for _, a := range answers {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, a string) {
		if err := checkAnswer(a, 1); err == nil && (len(a) > MaxAnswer || !strings.Contains(a, "ice-pwd")) {
			t.Error("accepted")
		}
		if got := withCredentials(a, answers[0]); strings.Count(got, "\nm=") != strings.Count(a, "\nm=") {
			t.Errorf("other sections: %q", got)
		}
	})
}
