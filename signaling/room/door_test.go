package room_test

import (
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/virtualcube/virtualcube/session"
	"github.com/virtualcube/virtualcube/signaling/protocol"
	"github.com/virtualcube/virtualcube/signaling/room"
	"github.com/virtualcube/virtualcube/signaling/room/roomclient"
	"github.com/virtualcube/virtualcube/signaling/token"
)

const secret = "0123456789abcdef0123456789abcdef"

// keyed starts a node that wants tokens, and returns what signs them.
func keyed(t *testing.T, change func(*room.Config)) (*node, func(token.Token) string) {
	t.Helper()
	key, err := token.ParseKey("house:" + secret)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := token.NewVerifier(token.Config{Keys: []token.Key{key}, Log: silent})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := token.NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	n := serve(t, func(c *room.Config) {
		c.Admit = room.Keyed(verifier)
		c.Rooms[0].Open = false
		if change != nil {
			change(c)
		}
	})
	return n, func(made token.Token) string {
		t.Helper()
		if made.Grants.Room == "" {
			made.Grants.RoomJoin, made.Grants.Room = true, "demo"
		}
		raw, err := signer.Sign(&made, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
}

// byHand makes a token as other software does.
func byHand(t *testing.T, secret string, expires time.Time) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": "house", "sub": "ada", "exp": expires.Unix(), "video": map[string]any{"roomJoin": true, "room": "demo"},
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTokens(t *testing.T) {
	n, sign := keyed(t, nil)
	hour := time.Now().Add(time.Hour)
	for _, test := range []struct{ name, token, want, says string }{
		{"none", "", protocol.ErrorToken, "token"},
		{"no token", "abc", protocol.ErrorToken, ""},
		{"expired", byHand(t, secret, time.Now().Add(-time.Minute)), protocol.ErrorExpired, "expired"},
		{"forged", byHand(t, strings.ToUpper(secret), hour), protocol.ErrorToken, ""},
		{"of another room", sign(token.Token{Identity: "ada", Grants: token.Grants{RoomJoin: true, Room: "other"}}), protocol.ErrorToken, "other"},
		{"without roomJoin", sign(token.Token{Identity: "ada", Grants: token.Grants{Room: "demo"}}), protocol.ErrorToken, "roomJoin"},
		{"oversized", strings.Repeat("x", token.MaxToken+1), protocol.ErrorToken, ""},
	} {
		end := n.refused(roomclient.Config{Token: test.token})
		if end.Error != test.want || end.Retry || end.Message == "" || !strings.Contains(end.Message, test.says) || strings.Contains(end.Message, secret) {
			t.Errorf("token %s: %+v, want %s", test.name, end, test.want)
		}
	}
	g := n.enters(roomclient.Config{Token: byHand(t, secret, hour), Name: "Ada"})
	if p := g.View().State.People[g.id()]; p.Name != "Ada" || p.Role != session.Speaker {
		t.Errorf("who came with a good token is %+v", p)
	}
	if got := n.endpoint.Snapshot(); got.Entered != 1 || got.Refused[protocol.ErrorToken] != 6 || got.Refused[protocol.ErrorExpired] != 1 {
		t.Errorf("counts %+v", got)
	}
}

func TestGrants(t *testing.T) {
	n, sign := keyed(t, nil)
	no := false
	mute := n.enters(roomclient.Config{Token: sign(token.Token{Identity: "mute", Grants: token.Grants{RoomJoin: true, Room: "demo", CanPublish: &no}})})
	if p := mute.View().State.People[mute.id()]; p.Role != session.Listener || p.Seat != -1 {
		t.Errorf("who may not publish is %+v", p)
	}
	if got := mute.fails(publish("microphone")); got != protocol.ErrorForbidden {
		t.Errorf("their microphone: %s", got)
	}
	deaf := n.enters(roomclient.Config{Token: sign(token.Token{Identity: "deaf", Grants: token.Grants{RoomJoin: true, Room: "demo", CanSubscribe: &no}})})
	ada := n.enters(roomclient.Config{Token: sign(token.Token{Identity: "ada", Grants: token.Grants{RoomJoin: true, Room: "demo", CanPublishSources: []token.Source{token.Microphone}}})})
	ada.speak()
	if got := ada.fails(publish("camera")); got != protocol.ErrorForbidden {
		t.Errorf("a camera that the token does not allow: %s", got)
	}
	mute.gets(ada.id()+"/microphone", 20)
	if got := deaf.Received(); len(got) != 0 {
		t.Errorf("who may not subscribe got %v", got)
	}
}

func publish(source string) func(int) any {
	return func(req int) any { return protocol.Publish{Type: "publish", Req: req, Source: source, On: true} }
}

func TestFirstMessage(t *testing.T) {
	n := serve(t, func(c *room.Config) { c.Timeouts.Enter = 300 * time.Millisecond })
	for _, test := range []struct{ name, text, want string }{
		{"another one", `{"type":"say","req":1,"text":"hello"}`, protocol.ErrorMalformed},
		{"a ping", `{"type":"ping","t0":1}`, protocol.ErrorMalformed},
		{"no JSON", `hello`, protocol.ErrorMalformed},
		{"unknown", `{"type":"knock"}`, protocol.ErrorMalformed},
		{"another version", `{"type":"enter","protocol":99,"room":"demo"}`, protocol.ErrorVersion},
		{"no version", `{"type":"enter","room":"demo"}`, protocol.ErrorVersion},
		{"a bad name of a room", `{"type":"enter","protocol":1,"room":"../demo"}`, protocol.ErrorUnknown},
		{"a room that is not there", `{"type":"enter","protocol":1,"room":"cellar"}`, protocol.ErrorUnknown},
		{"nothing", "", protocol.ErrorMalformed},
	} {
		p := n.page()
		if test.text != "" {
			p.say(test.text)
		}
		if end := p.end(); end.Error != test.want || end.Message == "" || end.Retry {
			t.Errorf("first message %s: %+v, want %s", test.name, end, test.want)
		}
	}
	if got := n.endpoint.Snapshot(); got.Entered != 0 || got.Refused[protocol.ErrorMalformed] != 5 {
		t.Errorf("counts %+v", got)
	}
}

func TestOversizedMessage(t *testing.T) {
	n := serve(t, nil)
	ada := n.enter("Ada")
	p := n.page()
	p.enter()
	var w protocol.Welcome
	p.await("welcome", &w)
	p.say(`{"type":"say","req":1,"text":"` + strings.Repeat("x", protocol.MaxRoomMessage) + `"}`)
	for {
		if _, _, err := p.socket.Read(p.ctx); err != nil {
			if got := websocket.CloseStatus(err); got != websocket.StatusMessageTooBig {
				t.Errorf("closed with %v: %v", got, err)
			}
			break
		}
	}
	ada.until("the page lost", func(v roomclient.View) bool {
		q, there := v.State.People[w.You]
		return there && !q.Present // it may come back
	})
	if got := ada.View().State.Lines; len(got) != 0 {
		t.Errorf("it was said: %v", got)
	}
}

func TestSenselessMessages(t *testing.T) {
	n := serve(t, nil)
	p := n.page()
	p.enter()
	var w protocol.Welcome
	p.await("welcome", &w)
	for _, text := range []string{
		`{`, `[]`, `{"type":7}`, `{"type":"dance"}`, `{"type":"say","req":"one"}`, "\xff\xfe", `{"type":"answer","id":77,"sdp":"v=0"}`,
		`{"type":"candidate","candidate":"candidate:nonsense","mid":"a0"}`, `{"type":"enter","protocol":1,"room":"demo"}`, `{"type":"point","item":"i9","x":1e99,"y":-1}`,
	} {
		p.say(text)
	}
	if err := p.socket.Write(p.ctx, websocket.MessageBinary, []byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	for i, test := range []struct{ text, want string }{
		{`{"type":"say","req":1,"text":"` + strings.Repeat("x", 2001) + `"}`, protocol.ErrorMalformed},
		{`{"type":"sit","req":2,"seat":99}`, protocol.ErrorUnknown},
		{`{"type":"move","req":3,"item":"i1"}`, protocol.ErrorMalformed},
		{`{"type":"publish","req":4,"source":"thoughts","on":true}`, protocol.ErrorMalformed},
		{`{"type":"arrange","req":5,"layout":"no such layout","seats":-4}`, protocol.ErrorMalformed},
		{`{"type":"place","req":6,"kind":"picture","picture":"/etc/passwd","aspect":1}`, protocol.ErrorUnknown},
		{`{"type":"publish","req":7,"source":"camera","on":true,"encrypted":true}`, protocol.ErrorEncrypted},
	} {
		p.say(test.text)
		var f protocol.Failed
		if p.await("failed", &f); f.Re != i+1 || f.Error != test.want || f.Message == "" {
			t.Errorf("%.60s: %+v, want %s", test.text, f, test.want)
		}
	}
	p.say(`{"type":"say","req":8,"text":"still here"}`)
	var d protocol.Done
	if p.await("done", &d); d.Re != 8 {
		t.Errorf("after nonsense: %+v", d)
	}
	if got := n.endpoint.Snapshot().Ignored; got["unknown-type"] < 1 || got["invalid"] < 6 {
		t.Errorf("ignored %v", got)
	}
}

func TestTooFast(t *testing.T) {
	n := serve(t, nil)
	ada := n.enter("Ada")
	p := n.page()
	p.enter()
	var w protocol.Welcome
	p.await("welcome", &w)
	for i := range 400 {
		p.send(protocol.Raise{Type: "raise", Req: i + 1, Up: i%2 == 0})
	}
	var f protocol.Failed
	if p.await("failed", &f); f.Error != protocol.ErrorRate || f.Re < 200 || f.Message == "" {
		t.Errorf("too fast: %+v", f)
	}
	ada.ask(func(req int) any { return protocol.Say{Type: "say", Req: req, Text: "the others go on"} })
	for range 1400 {
		p.say(`{"type":"dance"}`)
	}
	if end := p.end(); end.Error != protocol.ErrorMalformed || end.Retry {
		t.Errorf("who does not stop: %+v", end)
	}
	ada.ask(func(req int) any { return protocol.Say{Type: "say", Req: req, Text: "and on"} })
}

func TestLobbyAndLock(t *testing.T) {
	n, sign := keyed(t, func(c *room.Config) { c.Rooms[0].Lobby = true })
	host := n.enters(roomclient.Config{Token: sign(token.Token{Identity: "host", Role: token.Host})})
	invitation := sign(token.Token{})
	ada, bob := n.dial(roomclient.Config{Name: "Ada", Token: invitation}), n.dial(roomclient.Config{Name: "Bob", Token: invitation})
	ada.until("Ada waits", func(v roomclient.View) bool { return v.Waiting })
	if v := ada.View(); len(v.State.People) != 0 || v.Welcome.You != "" {
		t.Errorf("who waits was told %+v", v)
	}
	host.until("two guests", func(v roomclient.View) bool { return len(v.State.Guests) == 2 })
	for id, g := range host.View().State.Guests {
		host.ask(func(req int) any { return protocol.Admit{Type: "admit", Req: req, Guest: id, In: g.Name == "Ada"} })
	}
	ada.until("Ada is in", inside)
	if end := bob.end(); end.Error != protocol.ErrorDenied || end.Retry {
		t.Errorf("who is sent away: %+v", end)
	}
	ada.speak()
	host.gets(ada.id()+"/microphone", 5)

	if got := ada.fails(func(req int) any { return protocol.Rule{Type: "rule", Req: req, Locked: true} }); got != protocol.ErrorForbidden {
		t.Errorf("who is no host locks the room: %s", got)
	}
	host.ask(func(req int) any { return protocol.Rule{Type: "rule", Req: req, Locked: true} })
	if end := n.refused(roomclient.Config{Name: "Eve", Token: invitation}); end.Error != protocol.ErrorLocked || end.Retry {
		t.Errorf("a locked room: %+v", end)
	}
	host.ask(func(req int) any { return protocol.Remove{Type: "remove", Req: req, Person: ada.id()} })
	if end := ada.end(); end.Error != protocol.ErrorRemoved || end.Retry {
		t.Errorf("who was removed: %+v", end)
	}
}

func TestTwoOfOneIdentity(t *testing.T) {
	n, sign := keyed(t, nil)
	pass := sign(token.Token{Identity: "ada", Name: "Ada"})
	eve := n.enters(roomclient.Config{Token: sign(token.Token{Identity: "eve", Role: token.Host})})
	first := n.enters(roomclient.Config{Token: pass})
	seat := first.View().State.People[first.id()].Seat
	second := n.enters(roomclient.Config{Token: pass})
	if end := first.end(); end.Error != protocol.ErrorReplaced || end.Retry {
		t.Errorf("the older one: %+v", end)
	}
	eve.until("one of them", func(v roomclient.View) bool {
		_, old := v.State.People[first.id()]
		p := v.State.People[second.id()]
		return !old && p.Present && p.Seat == seat && len(v.State.People) == 2
	})
	second.speak()
	eve.gets(second.id()+"/microphone", 10)
}
